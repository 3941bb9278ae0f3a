"""Tests of which callers are accepted and which are refused."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import SecretStr

from api.auth import Authenticator, ServedKeys, SharedSecret, make_authenticator
from api.problems import ApiError
from include.errors import SettingError
from include.settings import Settings
from tests.api.conftest import SECRET, make_token


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator(SharedSecret(SECRET), issuer="jobhunt", audience="jobhunt")


async def test_a_token_names_its_user(authenticator: Authenticator) -> None:
    caller = await authenticator.verify(make_token("ada"))
    assert caller.user_id == "ada"
    assert caller.expires_at.timestamp() > time.time()


REFUSED = {
    "no exp": {"exp": None},
    "no iat": {"iat": None},
    "no iss": {"iss": None},
    "no aud": {"aud": None},
    "no sub": {"sub": None},
    "expired": {"exp": 1},
    "other issuer": {"iss": "someone"},
    "other audience": {"aud": "something"},
    "issued in the future": {"iat": time.time() + 1000},
    "empty sub": {"sub": ""},
    "long sub": {"sub": "x" * 129},
    "sub with NUL": {"sub": "a\x00b"},
    "other secret": {"secret": "another secret of more than thirty-two bytes"},
    "exp in milliseconds": {"exp": 10**12 + time.time() * 1000},
    "exp as text": {"exp": "99999999999"},
    "exp of 400 digits": {"exp": 10**400},
    "exp without end": {"exp": float("inf")},
    "exp as no number": {"exp": float("nan")},
    "exp as a truth value": {"exp": True},
    "exp as a list": {"exp": [time.time() + 600]},
    "iat without end": {"iat": float("inf")},
    "iat as an object": {"iat": {}},
    "nbf of 400 digits": {"nbf": 10**400},
    "nbf as text": {"nbf": "soon"},
    "sub as a number": {"sub": 7},
    "sub as a list": {"sub": ["ada"]},
    "sub with a lone surrogate": {"sub": "a\ud800"},
    "aud as an object": {"aud": {"jobhunt": 1}},
    "only_run as text": {"only_run": "7"},
    "only_run as a truth value": {"only_run": True},
}


@pytest.mark.parametrize("claims", REFUSED.values(), ids=REFUSED.keys())
async def test_a_token_with_a_fault_is_refused(
    authenticator: Authenticator, claims: dict[str, object]
) -> None:
    with pytest.raises(ApiError) as refusal:
        await authenticator.verify(make_token(**claims))
    assert refusal.value.status == 401
    assert refusal.value.headers is not None
    assert refusal.value.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "payload", ["[]", "7", "null", "[" * 20_000, '{"exp":' + "9" * 5000 + "}", "{", "\ud800"]
)
async def test_a_signed_token_that_holds_no_claims_is_refused(
    authenticator: Authenticator, payload: str
) -> None:
    token = jwt.PyJWS().encode(payload.encode("utf-8", "surrogatepass"), SECRET)
    with pytest.raises(ApiError) as refusal:
        await authenticator.verify(token)
    assert refusal.value.status == 401


async def test_the_longest_user_id_is_accepted(authenticator: Authenticator) -> None:
    assert (await authenticator.verify(make_token("x" * 128))).user_id == "x" * 128


async def test_an_unsigned_token_is_refused(authenticator: Authenticator) -> None:
    claims = jwt.decode(make_token(), options={"verify_signature": False})
    for token in (jwt.encode(claims, None, algorithm="none"), "not a token", ""):
        with pytest.raises(ApiError):
            await authenticator.verify(token)


async def test_a_secret_of_31_bytes_stops_the_start() -> None:
    async with httpx.AsyncClient() as http:
        for secret in ("", "x" * 31):
            with pytest.raises(SettingError, match="JOBHUNT_JWT_SECRET"):
                make_authenticator(Settings(jwt_secret=SecretStr(secret)), http)
        make_authenticator(Settings(jwt_secret=SecretStr("x" * 32)), http)


NEW_SECRET = "the secret after it, of more than thirty-two bytes"


async def test_tokens_of_the_previous_secret_are_accepted_until_it_is_dropped() -> None:
    def authenticator(secret: str, previous: str = "") -> Authenticator:
        keys = SharedSecret(secret, previous=previous)
        return Authenticator(keys, issuer="jobhunt", audience="jobhunt")

    old, new = make_token("ada"), make_token("ada", secret=NEW_SECRET)
    changing = authenticator(NEW_SECRET, previous=SECRET)
    for token in (old, new):
        assert (await changing.verify(token)).user_id == "ada"
    with pytest.raises(ApiError):
        await changing.verify(make_token("ada", secret="a third secret of thirty-two bytes or so"))
    with pytest.raises(ApiError):
        await changing.verify(make_token("ada", exp=1))
    changed = authenticator(NEW_SECRET)
    assert (await changed.verify(new)).user_id == "ada"
    with pytest.raises(ApiError):
        await changed.verify(old)


def test_a_previous_secret_of_31_bytes_stops_the_start() -> None:
    with pytest.raises(SettingError, match="JOBHUNT_JWT_PREVIOUS_SECRET"):
        SharedSecret(SECRET, previous="x" * 31)


class KeyServer:
    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.asked = 0
        self.url = ""
        self.drips = False

    async def keys(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if self.drips:
            return await self._drip(request)
        rsa_key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.rsa.public_key()))
        ec_key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.ec.public_key()))
        return web.json_response(
            {
                "keys": [
                    rsa_key | {"kid": "r", "alg": "RS256", "use": "sig"},
                    ec_key | {"kid": "e", "alg": "ES256", "use": "sig"},
                ]
            }
        )

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while self.drips:
            await response.write(b" ")
            await asyncio.sleep(0.01)
        return response


@asynccontextmanager
async def running_key_server() -> AsyncIterator[KeyServer]:
    keys = KeyServer()
    app = web.Application()
    app.router.add_get("/jwks", keys.keys)
    async with TestServer(app) as server:
        keys.url = str(server.make_url("/jwks"))
        yield keys
        keys.drips = False


@pytest_asyncio.fixture
async def key_server() -> AsyncIterator[KeyServer]:
    async with running_key_server() as keys:
        yield keys


@pytest_asyncio.fixture
async def by_served_keys(key_server: KeyServer) -> AsyncIterator[Authenticator]:
    async with httpx.AsyncClient(trust_env=False) as http:
        keys = ServedKeys(key_server.url, http)
        yield Authenticator(keys, issuer="jobhunt", audience="jobhunt")


def signed(key: Any, algorithm: str, key_id: str) -> str:
    claims = jwt.decode(make_token(), options={"verify_signature": False})
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id})


async def test_served_keys_are_fetched_once(
    key_server: KeyServer,
    by_served_keys: Authenticator,
    monkeypatch: pytest.MonkeyPatch,
    # A pause alone would also prevent further requests for the keys, so the test turns it off.
) -> None:
    monkeypatch.setattr("api.auth._JWKS_PAUSE", 0)
    for _ in range(3):
        await by_served_keys.verify(signed(key_server.rsa, "RS256", "r"))
        await by_served_keys.verify(signed(key_server.ec, "ES256", "e"))
    assert key_server.asked == 1


async def test_made_up_key_ids_do_not_flood_the_key_server(
    key_server: KeyServer, by_served_keys: Authenticator
) -> None:
    for n in range(5):
        with pytest.raises(ApiError):
            await by_served_keys.verify(signed(key_server.rsa, "RS256", f"made up {n}"))
    assert key_server.asked == 1


async def test_callers_that_come_at_once_make_one_request(
    key_server: KeyServer, by_served_keys: Authenticator
) -> None:
    token = signed(key_server.rsa, "RS256", "r")
    callers = await asyncio.gather(*(by_served_keys.verify(token) for _ in range(20)))
    assert {caller.user_id for caller in callers} == {"ada"}
    assert key_server.asked == 1


@pytest.mark.parametrize("setting", ["_JWKS_PAUSE", "_JWKS_TTL"])
async def test_a_key_server_that_drips_holds_nobody_whose_key_is_known(
    key_server: KeyServer,
    by_served_keys: Authenticator,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
) -> None:
    """Test two causes of a request for the keys.

    If ``setting`` is ``_JWKS_PAUSE``, a token names a made-up key. If it is ``_JWKS_TTL``, the keys
    are too old.
    """
    await by_served_keys.verify(signed(key_server.rsa, "RS256", "r"))
    key_server.drips = True
    monkeypatch.setattr("api.auth._JWKS_PAUSE", 0)
    monkeypatch.setattr(f"api.auth.{setting}", 0)
    stranger = asyncio.create_task(
        by_served_keys.verify(signed(key_server.rsa, "RS256", "made up"))
    )
    while key_server.asked < 2:  # noqa: ASYNC110 - the key server has no event to await
        await asyncio.sleep(0.01)
    for _ in range(3):
        assert (await by_served_keys.verify(signed(key_server.rsa, "RS256", "r"))).user_id == "ada"
    assert not stranger.done()
    assert key_server.asked == 2
    key_server.drips = False
    with pytest.raises(ApiError):
        await stranger


@pytest.mark.parametrize(("limit", "value"), [("_JWKS_SECONDS", 0.2), ("_MAX_JWKS_BYTES", 10)])
async def test_a_response_of_the_key_server_without_end_is_given_up(
    key_server: KeyServer,
    by_served_keys: Authenticator,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: float,
) -> None:
    key_server.drips = True
    monkeypatch.setattr(f"api.auth.{limit}", value)
    with pytest.raises(ApiError):
        await by_served_keys.verify(signed(key_server.rsa, "RS256", "r"))
    key_server.drips = False
    monkeypatch.undo()
    monkeypatch.setattr("api.auth._JWKS_PAUSE", 0)
    assert (await by_served_keys.verify(signed(key_server.rsa, "RS256", "r"))).user_id == "ada"


async def test_a_public_key_is_no_shared_secret(
    key_server: KeyServer, by_served_keys: Authenticator
) -> None:
    forged = make_token(secret="the public key of the server, as everyone can read it")
    for token in (forged, signed(SECRET, "HS256", "r"), signed(key_server.ec, "ES256", "r")):
        with pytest.raises(ApiError):
            await by_served_keys.verify(token)
