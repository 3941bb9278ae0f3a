"""Store raw pages in S3 for a week, as they were fetched.

Keys are made only of ids, and never of text from other people's servers.
"""

import zlib
from dataclasses import dataclass
from datetime import timedelta
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
PAGE_LIFETIME = timedelta(days=7)
"""The time for which a page is kept in the store."""
_DAYS_KEPT = {_PREFIX: PAGE_LIFETIME.days, "airflow-logs/": 30}
"""The number of days for which objects are kept, by the prefix of their key.

``airflow-logs/`` holds the task logs of Airflow, if its workers and its API server run on different
machines.
"""
_DEFAULT_REGION = "us-east-1"
"""The default region of S3. S3 refuses it as a location constraint, so a bucket in this region is
created without one."""
_ANSWER_WITHIN = timedelta(seconds=10)
"""The time after which an unanswered call is repeated."""
_RETRY_FOR = timedelta(seconds=15)
"""The time for which a failed call is repeated."""
_GZIP_LEVEL = 1
"""The compression level of isal. This level compresses better than level 1 of zlib, and takes a
third of the time."""


@dataclass(frozen=True, kw_only=True)
class S3Location:
    """A bucket, and the keys that give access to it.

    If there are no keys, the role of the machine gives access.
    """

    bucket: str
    endpoint: str | None = None
    """The URL of the S3 server; None for AWS."""
    region: str = _DEFAULT_REGION
    access_key: str | None = None
    secret_key: str | None = None
    session_token: str | None = None


def open_store(
    location: S3Location,
    *,
    answer_within: timedelta = _ANSWER_WITHIN,
    retry_for: timedelta = _RETRY_FOR,
) -> S3Store:
    """Return a client of the bucket."""
    config: S3Config = {"region": location.region}
    if location.endpoint:
        config["endpoint"] = location.endpoint
    if location.access_key and location.secret_key:
        config["access_key_id"] = location.access_key
        config["secret_access_key"] = location.secret_key
    if location.session_token:
        config["session_token"] = location.session_token
    return S3Store(
        location.bucket,
        config=config,
        client_options={"allow_http": True, "timeout": answer_within},
        retry_config={"retry_timeout": retry_for},
    )


class RawPages:
    """The store of raw pages.

    The client repeats a call that is refused, or not answered within ``answer_within``, until
    ``retry_for`` is over. ``retry_for`` must be the longer time, because otherwise a call that
    hangs would never be repeated.
    """

    def __init__(
        self,
        location: S3Location,
        *,
        answer_within: timedelta = _ANSWER_WITHIN,
        retry_for: timedelta = _RETRY_FOR,
    ) -> None:
        self._store = open_store(location, answer_within=answer_within, retry_for=retry_for)

    async def put(self, sweep_id: int, job_id: int, page: Page) -> str:
        """Store ``page`` in compressed form. A page that an earlier attempt stored is replaced.

        Returns:
            The key of the page: ``raw/{sweep_id}/{job_id}.html`` (or ``.json``, ``.xml``).

        Raises:
            StorageError: the store refused the call or could not be reached.
        """
        declared_type = page.content_type or ""
        # Replace a content type that is not printable ASCII, because S3 would accept it but could
        # not return it later.
        is_storable = declared_type.isascii() and declared_type.isprintable()
        content_type = (declared_type if is_storable else "") or "text/html"
        key = f"{_PREFIX}{sweep_id}/{job_id}{_suffix(content_type)}"
        attributes = {
            "Content-Type": content_type,
            "Content-Encoding": "gzip",
        }
        body = igzip.compress(  # pyright: ignore[reportUnknownMemberType] # argument is untyped
            page.body, compresslevel=_GZIP_LEVEL, mtime=0
        )
        try:
            await self._store.put_async(key, body, attributes=attributes, use_multipart=False)
        except (BaseError, OSError) as error:
            raise StorageError(f"could not store {key}: {_first_line(error)}") from error
        return key

    async def get(self, key: str, *, url: str) -> Page:
        """Return the page stored under ``key``, which was fetched from ``url``.

        Raises:
            StorageError: the store refused the call or could not be reached. The code is
                ``page_aged_out`` if the page is no longer stored.
        """
        try:
            response = await self._store.get_async(key)
            body = _decompressed(await response.bytes_async())
        except FileNotFoundError as error:
            raise StorageError(
                f"{key} is no longer there", code=FailureCode.PAGE_AGED_OUT
            ) from error
        except (BaseError, OSError, EOFError, zlib.error) as error:
            raise StorageError(f"could not read {key}: {_first_line(error)}") from error
        return Page(url=url, body=body, content_type=response.attributes.get("Content-Type"))


def prepare_bucket(location: S3Location) -> None:
    """Create the bucket, and set the rules by which S3 deletes old objects.

    S3 deletes pages after 7 days, and task logs after 30 days. An existing bucket gets the rules,
    too.

    Raises:
        StorageError: the store refused the call or could not be reached.
    """
    # The import of boto3 takes half a second, and only this function needs it.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client: S3Client = boto3.client(  # pyright: ignore[reportUnknownMemberType] # only S3 has stubs
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
                    for prefix, days in _DAYS_KEPT.items()
                ]
            },
        )
    except (BotoCoreError, ClientError) as error:
        raise StorageError(f"could not prepare bucket {location.bucket}: {error}") from error


def _create_bucket(client: "S3Client", location: S3Location) -> None:
    if location.region == _DEFAULT_REGION:
        client.create_bucket(Bucket=location.bucket)
        return
    client.create_bucket(
        Bucket=location.bucket,
        CreateBucketConfiguration={
            "LocationConstraint": cast("BucketLocationConstraintType", location.region)
        },
    )


def _decompressed(compressed: "Bytes") -> bytes:
    """Return the page that ``put`` compressed. Raise EOFError if the end of the data is missing.

    The stored bytes are a single gzip member. ``zlib`` decompresses such a member in a third of the
    time that ``gzip`` takes.
    """
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: the data is in gzip format
    body = decompressor.decompress(compressed)
    if not decompressor.eof:
        raise EOFError("the compressed page is incomplete")
    return body


def _suffix(content_type: str) -> str:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.endswith("json"):
        return ".json"
    if media_type in ("application/xml", "text/xml"):
        return ".xml"
    return ".html"


def _first_line(error: Exception) -> str:
    """Return the message of obstore without the debugging dump that follows it."""
    return str(error).partition("\n")[0]
