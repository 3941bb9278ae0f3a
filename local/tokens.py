"""API tokens for the users of a stack whose JWT secret we hold."""

from datetime import datetime, timedelta

import jwt


def mint_token(
    secret: str, user_id: str, *, issuer: str, audience: str, now: datetime, lifetime: timedelta
) -> str:
    """A JWT (HS256) that the API accepts from ``user_id`` until ``now + lifetime``."""
    claims = {
        "sub": user_id,
        "iss": issuer,
        "aud": audience,
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, secret, algorithm="HS256")
