"""Tickets. A ticket is short-lived and opens the progress stream of one run once.

A browser's EventSource cannot send headers, so the client authenticates by a part of the URL. URLs
appear in logs, but a ticket in a log is useless once it is used.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Interval, cast, delete, func, insert

from include.db.tables import stream_tickets


@dataclass(frozen=True, kw_only=True)
class TicketHolder:
    """The user for whom a ticket was made."""

    user_id: str
    token_expires_at: datetime
    """The time at which the token expires with which the ticket was requested."""


def put_ticket(
    connection: Connection,
    ticket_sha256: str,
    run_id: int,
    holder: TicketHolder,
    lifetime: timedelta,
) -> None:
    """Store a ticket for ``lifetime``, and delete the expired ones."""
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
    """Delete the ticket, so that it cannot be used again, and return its holder.

    Returns None if the ticket is unknown, used, expired or for another run.
    """
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
