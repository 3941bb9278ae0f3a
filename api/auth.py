"""Authenticate callers by a JWT (RFC 7519).

A token has the claims ``sub``, ``exp``, ``iat``, ``iss`` and ``aud``. If a token has the claim
``only_run``, it allows only reading the run whose id this claim states.

The settings decide which algorithms are accepted, and the token cannot change that. With a shared
secret, the algorithm is HS256. With the keys at a JWKS URL (RFC 7517), the algorithms are RS256 and
ES256.
"""

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
import jwt
from pydantic import BaseModel

from api.problems import unauthorized
from include.errors import SettingError
from include.settings import Settings

_log = logging.getLogger(__name__)
_MIN_SECRET_BYTES = 32
_MAX_USER_ID_LENGTH = 128
_JWKS_TTL = 300.0
"""The time in seconds for which fetched keys are used before they are fetched again."""
_JWKS_PAUSE = 10.0
"""The minimum number of seconds between two requests for the keys.

Without this pause, tokens that name made-up key ids would make us flood the server with requests.
"""
_JWKS_SECONDS = 5.0
"""The maximum time in seconds for a request for the keys, up to the last byte of the response."""
_MAX_JWKS_BYTES = 256 * 1024
_PARSE_ERRORS = (
    jwt.PyJWTError,
    ArithmeticError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""The errors that PyJWT raises for a token or a key set that it cannot read.

A correctly signed token can also cause these errors, because its claims can have any type.
"""


@dataclass(frozen=True, kw_only=True)
class Caller:
    user_id: str
    expires_at: datetime
    """The time at which the caller's token expires."""
    only_run: int | None = None
    """The id of the only run that the token lets the caller read; None if the token allows
    everything."""


class Keys(Protocol):
    """The keys that the signatures of tokens are verified with."""

    @property
    def algorithms(self) -> tuple[str, ...]: ...

    async def find(self, token: str) -> jwt.PyJWK | bytes:
        """Return the key that ``token`` must be signed with.

        Raises:
            jwt.PyJWTError: the token cannot be read, or there is no such key.
        """
        ...


class SharedSecret:
    """A secret that the API shares with the issuer of the tokens.

    Tokens that are signed with the ``previous`` secret are accepted, too. Therefore tokens that are
    in use stay valid when the secret is replaced.
    """

    algorithms = ("HS256",)

    def __init__(self, secret: str, *, previous: str = ""):
        self._secret = _encode_secret("JOBHUNT_JWT_SECRET", secret)
        self._previous = (
            _encode_secret("JOBHUNT_JWT_PREVIOUS_SECRET", previous) if previous else None
        )

    async def find(self, token: str) -> bytes:
        if self._previous is not None and self._is_signed_with(self._previous, token):
            return self._previous
        return self._secret

    def _is_signed_with(self, secret: bytes, token: str) -> bool:
        try:
            jwt.PyJWS().decode(token, secret, algorithms=self.algorithms)
        except jwt.InvalidTokenError:
            return False
        return True


def _encode_secret(setting: str, secret: str) -> bytes:
    """Return the secret as bytes. If it is too short, raise SettingError for ``setting``."""
    if len(secret.encode()) < _MIN_SECRET_BYTES:
        raise SettingError(setting, f"must be at least {_MIN_SECRET_BYTES} bytes long")
    return secret.encode()


class ServedKeys:
    """The keys at a JWKS URL.

    ``find`` fetches the keys again if they are older than ``_JWKS_TTL``, or if a token names a key
    that is not among them. A caller whose key is known never waits for this request. At most one
    request is in progress. If it fails, the current keys are kept.
    """

    algorithms = ("RS256", "ES256")

    def __init__(self, url: str, http: httpx.AsyncClient):
        self._url = url
        self._http = http
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._requested_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, token: str) -> jwt.PyJWK:
        key_id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(key_id, str):
            raise jwt.InvalidTokenError("the token names no key")
        now = time.monotonic()
        must_fetch = key_id not in self._keys or now - self._fetched_at > _JWKS_TTL
        if must_fetch and self._fetching is None and now - self._requested_at >= _JWKS_PAUSE:
            self._requested_at = now
            self._fetching = asyncio.create_task(self._fetch())
        if key_id not in self._keys and self._fetching is not None:
            await asyncio.wait({self._fetching})
        if key_id not in self._keys:
            raise jwt.InvalidTokenError("the token names an unknown key")
        return self._keys[key_id]

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(_JWKS_SECONDS):
                body = await self._download()
            fetched_keys = jwt.PyJWKSet.from_dict(json.loads(body)).keys
        except (httpx.HTTPError, TimeoutError, AttributeError, *_PARSE_ERRORS) as error:
            _log.warning("jwks_unavailable", extra={"reason": type(error).__name__})
        else:
            self._keys = {key.key_id: key for key in fetched_keys if key.key_id}
            self._fetched_at = self._requested_at
        finally:
            self._fetching = None

    async def _download(self) -> bytes:
        """Return the response's body. Raise ValueError if it has more than ``_MAX_JWKS_BYTES``."""
        async with self._http.stream("GET", self._url) as response:
            response.raise_for_status()
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MAX_JWKS_BYTES:
                    raise ValueError("the response is too large")
        return bytes(body)


class _Claims(BaseModel):
    """The claims of a verified token that the API reads."""

    sub: str
    exp: float
    only_run: int | None = None


class Authenticator:
    def __init__(self, keys: Keys, *, issuer: str, audience: str):
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    async def verify(self, token: str) -> Caller:
        """Return the caller that the token names.

        Raises:
            ApiError: 401 if the token cannot be accepted.
        """
        try:
            decoded: dict[str, Any] = jwt.decode(
                token,
                await self._keys.find(token),
                algorithms=self._keys.algorithms,
                issuer=self._issuer,
                audience=self._audience,
                options={
                    "require": ["exp", "iat", "iss", "aud", "sub"],
                    "enforce_minimum_key_length": True,
                },
            )
            claims = _Claims.model_validate(decoded, strict=True)
            expires_at = datetime.fromtimestamp(claims.exp, UTC)
        except jwt.ExpiredSignatureError:
            raise unauthorized("the token has expired") from None
        except _PARSE_ERRORS:
            raise unauthorized("the token can't be accepted") from None
        if not (0 < len(claims.sub) <= _MAX_USER_ID_LENGTH and claims.sub.isprintable()):
            raise unauthorized(f"sub must be 1 to {_MAX_USER_ID_LENGTH} printable characters")
        return Caller(user_id=claims.sub, expires_at=expires_at, only_run=claims.only_run)


def make_authenticator(settings: Settings, http: httpx.AsyncClient) -> Authenticator:
    """Return the authenticator that the settings describe.

    Raises:
        SettingError: there is neither a JWKS URL nor a secret, or a secret is too short.
    """
    keys: Keys
    if settings.jwt_jwks is not None:
        keys = ServedKeys(str(settings.jwt_jwks), http)
    else:
        keys = SharedSecret(
            settings.jwt_secret.get_secret_value(),
            previous=settings.jwt_previous_secret.get_secret_value(),
        )
    return Authenticator(keys, issuer=settings.jwt_issuer, audience=settings.jwt_audience)
