"""Read and store the templates of boards (``core.fields.template``)."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from include.core.fields.template import Template
from include.db.tables import board_templates


def find_templates(connection: Connection, board_ids: Collection[int]) -> dict[int, Template]:
    """Return the templates of those boards that have one, by board id."""
    query = select(board_templates).where(board_templates.c.board_id.in_(board_ids))
    return {
        row.board_id: Template(
            version=row.version,
            pages=row.pages,
            weights=dict(zip(row.lines, row.weights, strict=True)),
            frame=frozenset(row.frame),
            labels=row.labels,
        )
        for row in connection.execute(query)
    }


def store_template(
    connection: Connection, board_id: int, template: Template, *, before: int
) -> None:
    """Store the template that a worker learned.

    If another worker has stored a template in the meantime, nothing is changed.

    Args:
        before: the version of the stored template when the worker began; 0 if there was none.
    """
    values = {
        "version": template.version,
        "pages": template.pages,
        "lines": list(template.weights),
        "weights": list(template.weights.values()),
        "frame": list(template.frame),
        "labels": dict(template.labels),
        "learned_at": func.now(),
    }
    connection.execute(
        insert(board_templates)
        .values(board_id=board_id, **values)
        .on_conflict_do_update(
            index_elements=["board_id"], set_=values, where=board_templates.c.version == before
        )
    )
