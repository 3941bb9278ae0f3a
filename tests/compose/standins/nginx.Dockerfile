# nginx:…, as Debian packages it.
FROM jobhunt-standin/debian
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl nginx-light \
    && rm -rf /var/lib/apt/lists/*
CMD ["nginx", "-g", "daemon off;"]
