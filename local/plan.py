"""Plan the whole system on one machine: its servers, their ports and their environments."""

import json
import os
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from include.settings import Settings
from local.airflow import USER, Airflow, airflow_services
from local.api import api_service
from local.ports import free_port
from local.postgres import PostgresServer, postgres_service
from local.s3 import S3Server, s3_server, s3_services
from local.seed import prepare_storage
from local.services import Service
from local.sites import sites_service
from local.state_files import load_or_create_secret
from local.workers import Valkey, valkey_service, worker_services

PROJECT = Path(__file__).parent.parent
_SAMPLE_SITES_RATE = 500
"""The maximum number of requests per second to the sample sites.

It may be high because these sites are our own. At the default rate, the demo would be slow.
"""


@dataclass(frozen=True)
class Plan:
    """The configuration of a stack. It is computed from the settings before the stack starts."""

    settings: Settings

    @cached_property
    def home(self) -> Path:
        return self.settings.home.resolve()

    @cached_property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def sites_address(self) -> str:
        return f"127.0.0.1:{self.settings.demo_sites_port}"

    @property
    def sites_url(self) -> str:
        return f"http://{self.sites_address}"

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.api_port}"

    @property
    def public_url(self) -> str:
        """The URL at which browsers reach the API and its page, without a trailing slash."""
        return str(self.settings.public_url or self.api_url).rstrip("/")

    @property
    def airflow_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.airflow_port}"

    @property
    def ports(self) -> dict[str, int]:
        """The ports that users can set, by the name of the setting."""
        settings = self.settings
        return {
            "JOBHUNT_API_PORT": settings.api_port,
            "JOBHUNT_AIRFLOW_PORT": settings.airflow_port,
            "JOBHUNT_POSTGRES_PORT": settings.postgres_port,
            "JOBHUNT_S3_PORT": settings.s3_port,
            "JOBHUNT_DEMO_SITES_PORT": settings.demo_sites_port,
        }

    @cached_property
    def jwt_secret(self) -> str:
        """The secret that signs tokens.

        It is the secret in the settings, or else the one that is kept in the home.
        """
        return self.settings.jwt_secret.get_secret_value() or load_or_create_secret(
            self.home / "secrets" / "jwt-secret"
        )

    @cached_property
    def postgres(self) -> PostgresServer:
        return PostgresServer(
            directory=self.home / "postgres",
            port=self.settings.postgres_port,
            databases=("jobhunt", "airflow"),
        )

    @cached_property
    def s3(self) -> S3Server:
        return s3_server(
            self.home / "s3", port=self.settings.s3_port, bucket=self.settings.s3_bucket
        )

    @cached_property
    def airflow(self) -> Airflow:
        return Airflow(
            directory=self.home / "airflow",
            project=PROJECT,
            secrets=self.home / "secrets",
            logs=self.logs,
            port=self.settings.airflow_port,
            postgres=self.postgres,
            env=self.environment | self.connections,
            broker_url=self.valkey.url if self.settings.workers else "",
        )

    @cached_property
    def valkey(self) -> Valkey:
        return Valkey(
            directory=self.home / "valkey", port=free_port(), log=self.logs / "valkey.log"
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the API and of Airflow's tasks.

        They replace variables of the same name in the user's environment.
        """
        settings = self.settings
        variables = {
            "HOME": str(self.home),
            "DATABASE_URL": self.postgres.url("jobhunt"),
            "S3_ENDPOINT": self.s3.endpoint,
            "S3_BUCKET": self.s3.bucket,
            "S3_ACCESS_KEY": self.s3.access_key,
            "S3_SECRET_KEY": self.s3.secret_key,
            "S3_REGION": self.s3.region,
            "AIRFLOW_URL": self.airflow_url,
            "AIRFLOW_USER": USER,
            "AIRFLOW_PASSWORD": load_or_create_secret(self.home / "secrets" / "airflow-password"),
            "PUBLIC_URL": self.public_url,
            "AIRFLOW_PUBLIC_URL": str(settings.airflow_public_url or self.airflow_url),
            "JWT_SECRET": self.jwt_secret,
            # The value is passed on, because the demo does not take it from the environment.
            "REREAD_AFTER": f"{settings.reread_after.total_seconds():g}",
            "ALLOWED_PRIVATE_HOSTS": ",".join(
                (*settings.allowed_private_hosts, self.sites_address)
            ),
        }
        if "host_rate" not in settings.model_fields_set:
            rate = f"{settings.host_rate.default:g},{self.sites_address}={_SAMPLE_SITES_RATE}"
            variables["HOST_RATE"] = rate
        jobhunt = {f"JOBHUNT_{name}": value for name, value in variables.items()}
        return jobhunt | self.python_environment

    @property
    def python_environment(self) -> dict[str, str]:
        """The environment variables of all Python processes of the stack."""
        hosts_without_proxy = [os.environ.get("NO_PROXY", ""), "127.0.0.1", "localhost"]
        variables = {
            "NO_PROXY": ",".join(filter(None, hosts_without_proxy)),
            "PYTHONUNBUFFERED": "1",
        }
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            # Bytecode is written to the home, because without bytecode each start takes 3 s longer.
            variables |= {
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": str(self.home / "pycache"),
            }
        return variables

    @property
    def connections(self) -> dict[str, str]:
        """The Airflow Connections, as environment variables.

        Airflow looks up a Connection in an environment variable in 0.2 ms. A look-up in Airflow's
        database would take 12–17 ms.
        """
        postgres = {
            "conn_type": "postgres",
            "host": "127.0.0.1",
            "port": self.postgres.port,
            "login": self.postgres.user,
            "password": self.postgres.password,
            "schema": "jobhunt",
        }
        s3 = {
            "conn_type": "aws",
            "login": self.s3.access_key,
            "password": self.s3.secret_key,
            "extra": {
                "endpoint_url": self.s3.endpoint,
                "region_name": self.s3.region,
                "service_config": {"s3": {"bucket_name": self.s3.bucket}},
            },
        }
        return {
            "AIRFLOW_CONN_JOBHUNT_DB": json.dumps(postgres),
            "AIRFLOW_CONN_JOBHUNT_S3": json.dumps(s3),
        }

    def _workers(self) -> tuple[Service, ...]:
        if not self.settings.workers:
            return ()
        return (
            valkey_service(self.valkey),
            *worker_services(self.airflow, self.settings.workers),
        )

    def services(self) -> tuple[Service, ...]:
        """Return all services of the stack."""
        prepare = partial(
            prepare_storage,
            database_url=self.postgres.url("jobhunt"),
            s3=self.s3,
            sites_url=self.sites_url,
        )
        return (
            postgres_service(self.postgres),
            *s3_services(self.s3),
            sites_service(
                port=self.settings.demo_sites_port,
                state=self.home / "sites" / "state.json",
                env=self.python_environment,
                project=PROJECT,
                log=self.logs / "demo-sites.log",
            ),
            *airflow_services(self.airflow),
            *self._workers(),
            api_service(
                port=self.settings.api_port,
                env=self.environment,
                prepare=prepare,
                project=PROJECT,
                log=self.logs / "api.log",
            ),
        )
