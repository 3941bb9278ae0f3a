"""Raw pages in S3: what was fetched, as it was, for a week. Keys are made of ids alone, never of
anything a stranger wrote.
"""

import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from isal import igzip
from obstore.exceptions import BaseError
from obstore.store import S3Store

from include.core.models import Page
from include.errors import StorageError
from include.failure_codes import FailureCode

if TYPE_CHECKING:
    from obstore import Bytes
    from obstore.store import S3Config
    from types_boto3_s3 import S3Client
    from types_boto3_s3.literals import BucketLocationConstraintType

_PREFIX = "raw/"
KEPT = timedelta(days=7)
"""How long a page stays in the store."""
_KEPT_DAYS = {_PREFIX: KEPT.days, "airflow-logs/": 30}
"""By prefix. The logs are Airflow's, where its workers are other machines than its API server."""
_NAMELESS_REGION = "us-east-1"
_FAST = 1
"""isal's level of gzip: smaller than zlib's first, in a third of its time."""


@dataclass(frozen=True, kw_only=True)
class S3Location:
    """Where the bucket is and who we are there. Without keys the machine's own role is used."""

    bucket: str
    endpoint: str | None = None
    """None for AWS."""
    region: str = _NAMELESS_REGION
    access_key: str | None = None
    secret_key: str | None = None
    session_token: str | None = None


class RawPages:
    """The store. A call that is refused, or not answered within ``answer_within``, is made again
    by the client until ``retry_for`` is over. That must be the longer one: a call that hangs would
    be the only one."""

    def __init__(
        self,
        location: S3Location,
        *,
        answer_within: timedelta = timedelta(seconds=10),
        retry_for: timedelta = timedelta(seconds=15),
    ) -> None:
        config: S3Config = {"region": location.region}
        if location.endpoint:
            config["endpoint"] = location.endpoint
        if location.access_key and location.secret_key:
            config["access_key_id"] = location.access_key
            config["secret_access_key"] = location.secret_key
        if location.session_token:
            config["session_token"] = location.session_token
        self._store = S3Store(
            location.bucket,
            config=config,
            client_options={"allow_http": True, "timeout": answer_within},
            retry_config={"retry_timeout": retry_for},
        )

    async def put(self, run_id: int, job_id: int, page: Page) -> str:
        """Keeps ``page``, compressed; replaces what an earlier try put there.

        Returns:
            Its key, ``raw/{run_id}/{job_id}.html`` (``.json``, ``.xml``).

        Raises:
            StorageError: the store refused or could not be reached.
        """
        declared = page.content_type or ""
        # S3 takes others and then can't give them back
        content_type = declared if declared.isascii() and declared.isprintable() else ""
        content_type = content_type or "text/html"
        key = f"{_PREFIX}{run_id}/{job_id}{_suffix(content_type)}"
        attributes = {
            "Content-Type": content_type,
            "Content-Encoding": "gzip",
        }
        body = igzip.compress(  # pyright: ignore[reportUnknownMemberType] # takes what is untyped
            page.body, compresslevel=_FAST, mtime=0
        )
        try:
            await self._store.put_async(key, body, attributes=attributes, use_multipart=False)
        except (BaseError, OSError) as error:
            raise StorageError(f"could not store {key}: {_first_line(error)}") from error
        return key

    async def copy(self, key: str, run_id: int, job_id: int) -> str:
        """Keeps the page stored under ``key`` for this job, too; its own key.

        Raises:
            StorageError: as ``get``.
        """
        own = f"{_PREFIX}{run_id}/{job_id}{PurePosixPath(key).suffix}"
        try:
            await self._store.copy_async(key, own)
        except FileNotFoundError as error:
            raise StorageError(
                f"{key} is no longer there", code=FailureCode.PAGE_AGED_OUT
            ) from error
        except (BaseError, OSError) as error:
            raise StorageError(f"could not copy {key}: {_first_line(error)}") from error
        return own

    async def get(self, key: str, *, url: str) -> Page:
        """The page stored under ``key``, which was fetched from ``url``.

        Raises:
            StorageError: as ``put``; ``page_aged_out`` when it is no longer there.
        """
        try:
            answer = await self._store.get_async(key)
            body = _unpacked(await answer.bytes_async())
        except FileNotFoundError as error:
            raise StorageError(
                f"{key} is no longer there", code=FailureCode.PAGE_AGED_OUT
            ) from error
        except (BaseError, OSError, EOFError, zlib.error) as error:
            raise StorageError(f"could not read {key}: {_first_line(error)}") from error
        return Page(url=url, body=body, content_type=answer.attributes.get("Content-Type"))


def prepare_bucket(location: S3Location) -> None:
    """Creates the bucket and its rules: pages are deleted after a week, task logs after a month.

    Raises:
        StorageError: the store refused or could not be reached.
    """
    # boto3 takes half a second to import, and only set-up needs it
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client: S3Client = boto3.client(  # pyright: ignore[reportUnknownMemberType] # one stub of 300
        "s3",
        endpoint_url=location.endpoint,
        region_name=location.region,
        aws_access_key_id=location.access_key,
        aws_secret_access_key=location.secret_key,
        aws_session_token=location.session_token,
    )
    try:
        if location.bucket not in {b.get("Name") for b in client.list_buckets()["Buckets"]}:
            _create_bucket(client, location)
        client.put_bucket_lifecycle_configuration(
            Bucket=location.bucket,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": prefix.strip("/"),
                        "Status": "Enabled",
                        "Filter": {"Prefix": prefix},
                        "Expiration": {"Days": days},
                    }
                    for prefix, days in _KEPT_DAYS.items()
                ]
            },
        )
    except (BotoCoreError, ClientError) as error:
        raise StorageError(f"could not prepare bucket {location.bucket}: {error}") from error


def _create_bucket(client: "S3Client", location: S3Location) -> None:
    if location.region == _NAMELESS_REGION:  # it refuses to be named
        client.create_bucket(Bucket=location.bucket)
        return
    client.create_bucket(
        Bucket=location.bucket,
        CreateBucketConfiguration={
            "LocationConstraint": cast("BucketLocationConstraintType", location.region)
        },
    )


def _unpacked(stored: "Bytes") -> bytes:
    """As ``put`` packed it: one member, which zlib alone undoes in a third of gzip's time."""
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    body = stream.decompress(stored)
    if not stream.eof:
        raise EOFError("it is cut short")
    return body


def _suffix(content_type: str) -> str:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.endswith("json"):
        return ".json"
    if media_type in ("application/xml", "text/xml"):
        return ".xml"
    return ".html"


def _first_line(error: Exception) -> str:
    """obstore's messages go on with a debugging dump."""
    return str(error).partition("\n")[0]
