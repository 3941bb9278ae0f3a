"""Find the other postings of a role: in other cities, on other boards, or from an agency."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from include.db.catalogue.postings import VISIBLE
from include.db.records import to_record
from include.db.sql import statement

_MAX_VARIANTS = 50
"""The maximum number of variants of a posting."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Another open posting of the same role (``core.fields.roles``)."""

    job_id: int
    title: str
    company_name: str
    location: str | None
    source: str
    is_copy: bool
    """True if the posting names another company, as copies from staffing agencies do."""


def read_variants(
    connection: Connection, user_id: str, job_ids: Sequence[int], *, all_public: bool
) -> dict[int, list[Variant]]:
    """Return at most 50 variants of each of these jobs, by job id.

    Jobs without a variant are absent. A variant is another open posting of the same role. Postings
    of one company that have different requisitions are not variants of each other. Variants that
    the user may not see are left out.

    Args:
        all_public: also return variants on boards that the user does not follow, if the boards are
            not private.
    """
    params = {
        "user": user_id,
        "ids": list(job_ids),
        "all_public": all_public,
        "max_variants": _MAX_VARIANTS,
    }
    variants: dict[int, list[Variant]] = {}
    for row in connection.execute(_VARIANTS, params).mappings():
        variants.setdefault(row["variant_of"], []).append(to_record(Variant, row))
    return variants


_VARIANTS = statement(
    f"""
    SELECT p.job_id AS variant_of, v.*
    FROM postings AS p
    JOIN jobs AS o USING (job_id)
    CROSS JOIN LATERAL (
        SELECT j.job_id, j.title, q.company AS company_name, j.location, b.source,
            q.company_key <> p.company_key AS is_copy
        FROM postings AS q
        JOIN jobs AS j ON j.job_id = q.job_id
        JOIN boards AS b ON b.board_id = j.board_id
        WHERE q.role = p.role AND q.is_open AND q.job_id <> p.job_id
            AND (
                q.company_key <> p.company_key
                OR coalesce(
                    o.posting ->> 'requisition_id' = j.posting ->> 'requisition_id', true
                )
            )
            AND {VISIBLE}
        ORDER BY is_copy, j.job_id LIMIT :max_variants
    ) AS v
    WHERE p.job_id = ANY(:ids)
    """
)
