"""Write sections as HTML and as plain text, as applicant tracking systems do."""

from collections.abc import Iterable
from html import escape

from local.career_sites.prose import Section


def to_html(sections: Iterable[Section], *, heading: str = "h3") -> str:
    return "\n".join(_section_html(section, heading) for section in sections)


def list_items(section: Section) -> str:
    return "".join(f"<li>{escape(bullet, quote=False)}</li>" for bullet in section.bullets)


def to_plain(sections: Iterable[Section]) -> str:
    return "\n\n".join(section.text for section in sections)


def _section_html(section: Section, heading: str) -> str:
    parts: list[str] = []
    if section.heading:
        parts.append(f"<{heading}>{escape(section.heading, quote=False)}</{heading}>")
    parts += [f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in section.paragraphs]
    if section.bullets:
        parts.append(f"<ul>{list_items(section)}</ul>")
    return "\n".join(parts)
