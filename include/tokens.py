"""Tokens that the API accepts, for those who hold its JWT secret."""

from datetime import datetime, timedelta

import jwt


def mint_token(
    secret: str,
    user_id: str,
    *,
    issuer: str,
    audience: str,
    now: datetime,
    lifetime: timedelta,
    only_run: int | None = None,
) -> str:
    """A JWT (HS256) that the API accepts from ``user_id`` until ``now + lifetime``.

    Args:
        only_run: a run of theirs; the token is good for looking at it and nothing else.
    """
    claims: dict[str, object] = {
        "sub": user_id,
        "iss": issuer,
        "aud": audience,
        "iat": now,
        "exp": now + lifetime,
    }
    if only_run is not None:
        claims["only_run"] = only_run
    return jwt.encode(claims, secret, algorithm="HS256")
