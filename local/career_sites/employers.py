"""List the eight invented employers by name and by source.

The module also states the config with which a user can follow each employer.
"""

from local.career_sites.content import EMPLOYERS, Employer

BY_SLUG = {employer.slug: employer for employer in EMPLOYERS}


def employers_of(source: str) -> dict[str, Employer]:
    return {slug: employer for slug, employer in BY_SLUG.items() if employer.source == source}


def job_page_pattern(slug: str) -> str:
    """Return a pattern that matches the URL of every job page in the employer's sitemap.

    It does not match the other pages.
    """
    return rf"/{slug}/jobs/[a-z0-9-]+-\d+$"


def companies(base_url: str) -> list[dict[str, object]]:
    """Return ``{slug, source, config}`` for each employer: what a user needs to follow it.

    Args:
        base_url: the scheme, host and port of the server, without a trailing slash.
    """
    return [
        {"slug": employer.slug, "source": employer.source, "config": _config(employer, base_url)}
        for employer in EMPLOYERS
    ]


def _config(employer: Employer, base_url: str) -> dict[str, str]:
    slug = employer.slug
    match employer.source:
        case "greenhouse" | "ashby":
            return {"board": slug, "base_url": base_url}
        case "lever":
            return {"site": slug, "base_url": base_url}
        case _:
            return {"url": f"{base_url}/{slug}/sitemap.xml", "pattern": job_page_pattern(slug)}
