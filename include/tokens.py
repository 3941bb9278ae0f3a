"""Make tokens that the API accepts. This needs the JWT secret of the API."""

from datetime import datetime, timedelta

import jwt

from include.errors import SettingError

_JWT = jwt.PyJWT(options={"enforce_minimum_key_length": True})


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
    """Return a JWT (HS256) that the API accepts as a token of ``user_id``.

    Args:
        secret: the JWT secret of the API.
        user_id: the id of the user.
        issuer: the value of ``iss`` that the API requires.
        audience: the value of ``aud`` that the API requires.
        now: the time from which the token is valid.
        lifetime: how long the token is valid.
        only_run: the id of a run of the user. The token then only allows reading that run.

    Raises:
        SettingError: the secret is shorter than the 32 bytes that the API requires.
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
    try:
        return _JWT.encode(claims, secret, algorithm="HS256")
    except jwt.InvalidKeyError:
        raise SettingError("JOBHUNT_JWT_SECRET", "must be at least 32 bytes long") from None
