#!/bin/bash
# Run once, when the server's directory is made: Airflow's own database, and a role that owns it
# and sees nothing of ours.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set password="$AIRFLOW_DB_PASSWORD" <<'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'password';
CREATE DATABASE airflow OWNER airflow;
REVOKE CONNECT ON DATABASE jobhunt FROM PUBLIC;
SQL
