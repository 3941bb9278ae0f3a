"""Store the idempotency keys of clients, and the run that each key has started.

If the response to a request was lost and the client sends the request again with the same
``Idempotency-Key``, no second run starts. This follows the IETF's
draft-ietf-httpapi-idempotency-key-header. The key of a refused request is not stored, because the
transaction is rolled back. The client may use such a key again.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Interval, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from include.db.tables import idempotency_keys
from include.errors import IdempotencyKeyReused

_KEEP_FOR = timedelta(days=1)


def claim_key(connection: Connection, user_id: str, key: str, request_sha256: str) -> int | None:
    """Claim the key for this transaction, unless the key has started a run already.

    Other transactions that claim the same key wait until this transaction ends.

    Returns:
        The run that the key has started; None if the key is new.

    Raises:
        IdempotencyKeyReused: the key was used for a different request before.
    """
    is_old = idempotency_keys.c.created_at < func.now() - cast(_KEEP_FOR, Interval)
    connection.execute(
        delete(idempotency_keys).where(idempotency_keys.c.user_id == user_id, is_old)
    )
    claimed = connection.execute(
        insert(idempotency_keys)
        .values(user_id=user_id, key=key, request_sha256=request_sha256)
        .on_conflict_do_nothing()
        .returning(idempotency_keys.c.key)
    ).one_or_none()
    if claimed is not None:
        return None
    earlier_request = connection.execute(
        select(idempotency_keys.c.request_sha256, idempotency_keys.c.run_id).where(
            *_is_same_key(user_id, key)
        )
    ).one()
    if earlier_request.request_sha256 != request_sha256:
        raise IdempotencyKeyReused(key)
    return earlier_request.run_id


def record_started_run(connection: Connection, user_id: str, key: str, run_id: int) -> None:
    """Record the run that the key has started."""
    connection.execute(
        update(idempotency_keys).where(*_is_same_key(user_id, key)).values(run_id=run_id)
    )


def _is_same_key(user_id: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return idempotency_keys.c.user_id == user_id, idempotency_keys.c.key == key
