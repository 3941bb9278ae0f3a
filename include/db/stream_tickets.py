"""Tickets: short-lived, single use, each opens the progress stream of one run.

A browser's EventSource sends no header, so what it authenticates with is part of the URL and
ends in logs; a used ticket there is worth nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Interval, cast, delete, func, insert

from include.db.tables import stream_tickets


@dataclass(frozen=True, kw_only=True)
class TicketHolder:
    user_id: str
    token_expires_at: datetime
    """Of the token that the ticket was asked for with."""


def put_ticket(
    connection: Connection,
    ticket_sha256: str,
    run_id: int,
    holder: TicketHolder,
    lifetime: timedelta,
) -> None:
    connection.execute(delete(stream_tickets).where(stream_tickets.c.expires_at < func.now()))
    connection.execute(
        insert(stream_tickets).values(
            ticket_sha256=ticket_sha256,
            user_id=holder.user_id,
            run_id=run_id,
            expires_at=func.now() + cast(lifetime, Interval),
            token_expires_at=holder.token_expires_at,
        )
    )


def take_ticket(connection: Connection, ticket_sha256: str, run_id: int) -> TicketHolder | None:
    """Uses the ticket up; None when it is unknown, used, expired or another run's."""
    row = connection.execute(
        delete(stream_tickets)
        .where(
            stream_tickets.c.ticket_sha256 == ticket_sha256,
            stream_tickets.c.run_id == run_id,
            stream_tickets.c.expires_at > func.now(),
        )
        .returning(stream_tickets.c.user_id, stream_tickets.c.token_expires_at)
    ).one_or_none()
    if row is None:
        return None
    return TicketHolder(user_id=row.user_id, token_expires_at=row.token_expires_at.astimezone(UTC))
