"""Store tickets. A ticket is a short-lived secret that opens the progress stream of one run once.

A browser's EventSource cannot send headers, so a part of its URL must authenticate the client. If
the connection is lost, EventSource requests the same URL again, with the id of the last event.
Therefore a used ticket opens the stream again if the client names that id. URLs appear in logs. A
ticket in a log is less dangerous than a token, because it shows only one run and expires soon.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Interval,
    cast,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    update,
)

from include.db.records import columns_of, to_record
from include.db.tables import stream_tickets


@dataclass(frozen=True, kw_only=True)
class TicketHolder:
    """The user for whom a ticket was made."""

    user_id: str
    token_expires_at: datetime
    """The time at which the user's token expires. The user requested the ticket with this token."""


def put_ticket(
    connection: Connection,
    ticket_sha256: str,
    run_id: int,
    holder: TicketHolder,
    lifetime: timedelta,
) -> None:
    """Store a ticket for ``lifetime``, and delete all expired tickets."""
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


def take_ticket(
    connection: Connection,
    ticket_sha256: str,
    run_id: int,
    *,
    resumes: bool,
    resumable_for: timedelta,
) -> TicketHolder | None:
    """Mark a ticket as used, and return the user for whom it was made.

    Return None if the ticket is unknown, expired or for another run. Also return None if the ticket
    was used before and the client does not resume the ticket's stream.

    Args:
        resumes: whether the client names the last event that it received.
        resumable_for: the time for which the ticket can still resume the stream.
    """
    tickets = stream_tickets.c
    expires_at = func.least(tickets.token_expires_at, func.now() + cast(resumable_for, Interval))
    updated = connection.execute(
        update(stream_tickets)
        .where(
            tickets.ticket_sha256 == ticket_sha256,
            tickets.run_id == run_id,
            tickets.expires_at > func.now(),
            or_(not_(tickets.used), literal(resumes)),
        )
        .values(used=True, expires_at=expires_at)
        .returning(*columns_of(TicketHolder, stream_tickets))
    )
    row = updated.mappings().one_or_none()
    return None if row is None else to_record(TicketHolder, row)
