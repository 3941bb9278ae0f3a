# This file builds two images, `api` and `airflow`. Both run as user 50000 of group 0, under
# dumb-init. As in Airflow's official image, `airflow` starts with /entrypoint, and AIRFLOW_HOME is
# /opt/airflow (ADR 11). Containers write only to /opt/airflow and /tmp. All other directories may be
# read-only.
#
#   docker build --target api -t jobhunt-api .
#   docker build --target airflow -t jobhunt-airflow .
#
# `deploy/pin-images` writes the digests of the base images into this file, and renews them.
ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d
ARG NODE_IMAGE=node:24.11.1-bookworm-slim@sha256:48abc13a19400ca3985071e287bd405a1d99306770eb81d61202fb6b65cf0b57


FROM ${NODE_IMAGE} AS web
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build


# This stage installs packages with uv, as `make setup` does. The images do not contain uv.
FROM ${PYTHON_IMAGE} AS builder
ENV UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 UV_LINK_MODE=copy
WORKDIR /opt/jobhunt
COPY requirements-uv.txt ./
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && python -m venv --without-pip /opt/venv


FROM builder AS api-venv
COPY requirements-api.txt ./
RUN /opt/uv/bin/uv pip install --python /opt/venv --require-hashes --compile-bytecode \
    -r requirements-api.txt


FROM builder AS airflow-venv
COPY requirements.txt ./
RUN /opt/uv/bin/uv pip install --python /opt/venv --require-hashes --compile-bytecode \
    -r requirements.txt


# The code is compiled here, because a container cannot write bytecode beside the code.
FROM builder AS library
COPY include/ include/
COPY cli/ cli/
COPY local/ local/
RUN python -m compileall -q .

FROM library AS api-code
COPY api/ api/
RUN python -m compileall -q api
COPY --from=web /web/dist/ web/dist/

FROM library AS airflow-code
COPY dags/ dags/
COPY plugins/ plugins/
RUN python -m compileall -q dags plugins


FROM ${PYTHON_IMAGE} AS runtime
# No version is pinned, because Debian keeps only the newest version of a package.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends dumb-init \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 50000 --gid 0 --no-log-init --create-home --home-dir /home/airflow airflow \
    && install -d -o 50000 -g 0 -m 775 /opt/airflow
COPY --chown=0:0 deploy/image/jobhunt /usr/local/bin/
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/jobhunt \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    JOBHUNT_HOME=/tmp/jobhunt
WORKDIR /opt/jobhunt


FROM runtime AS api
COPY --from=api-venv /opt/venv /opt/venv
COPY --from=api-code /opt/jobhunt /opt/jobhunt
USER 50000:0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=15s --start-period=60s --retries=3 CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready', timeout=10)"]
ENTRYPOINT ["dumb-init", "--"]
# Streams end by themselves when the server stops. The timeout closes the connections of clients that
# have stopped reading.
CMD ["uvicorn", "api.app:create_app", "--factory", \
    "--http", "api.http_protocol:LimitedProtocol", "--ws", "none", "--host", "0.0.0.0", "--port", "8000", \
    "--timeout-graceful-shutdown", "5", "--no-server-header", "--no-access-log"]


FROM runtime AS airflow
COPY --chown=0:0 deploy/image/entrypoint deploy/image/healthcheck /
COPY --from=airflow-venv /opt/venv /opt/venv
COPY --from=airflow-code /opt/jobhunt /opt/jobhunt
ENV AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/jobhunt/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/jobhunt/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False
USER 50000:0
EXPOSE 8080
# JOBHUNT_COMPONENT names the component that a container runs. Without it the check always succeeds.
HEALTHCHECK --interval=15s --timeout=30s --start-period=240s --retries=4 CMD ["/healthcheck"]
ENTRYPOINT ["dumb-init", "--", "/entrypoint"]
CMD ["airflow", "version"]
