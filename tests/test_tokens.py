from datetime import UTC, datetime, timedelta

import jwt
import pytest

from include.errors import SettingError
from include.tokens import mint_token

SECRET = "a-secret-of-thirty-two-bytes-or-more"


def mint(now: datetime) -> str:
    return mint_token(
        SECRET, "ann", issuer="jobhunt", audience="web", now=now, lifetime=timedelta(hours=1)
    )


def test_a_token_has_all_claims_that_the_api_requires():
    now = datetime.now(UTC).replace(microsecond=0)
    claims = jwt.decode(mint(now), SECRET, algorithms=["HS256"], audience="web", issuer="jobhunt")
    assert claims == {
        "sub": "ann",
        "iss": "jobhunt",
        "aud": "web",
        "iat": now.timestamp(),
        "exp": (now + timedelta(hours=1)).timestamp(),
    }


def test_a_token_is_refused_after_its_lifetime():
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(
            mint(datetime.now(UTC) - timedelta(hours=2)),
            SECRET,
            algorithms=["HS256"],
            audience="web",
        )


def test_a_secret_that_the_api_would_refuse_makes_no_token():
    with pytest.raises(SettingError, match="JOBHUNT_JWT_SECRET: must be at least 32 bytes"):
        mint_token(
            "a" * 31,
            "ann",
            issuer="jobhunt",
            audience="web",
            now=datetime.now(UTC),
            lifetime=timedelta(hours=1),
        )
