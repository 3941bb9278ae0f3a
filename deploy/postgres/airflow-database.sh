#!/bin/bash
# Create Airflow's database, and a role that owns it. The role cannot connect to the database
# jobhunt. Postgres runs this script once, when it creates its data directory.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set password="$AIRFLOW_DB_PASSWORD" <<'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'password';
CREATE DATABASE airflow OWNER airflow;
REVOKE CONNECT ON DATABASE jobhunt FROM PUBLIC;
SQL
