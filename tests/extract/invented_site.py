"""Make up a careers site in an invented language.

The frame of its pages, which surrounds the postings, has no semantic tags.
"""

from dataclasses import dataclass

from include.core.models import Page

_PLACES = ("Bremen, Germany", "Porto, Portugal", "Lyon, France", "Lublin")
_TYPES = ("Full-time", "Part-time")


@dataclass(frozen=True, kw_only=True)
class Design:
    """A design of the site: its slogan, its menu, and the words with which it labels facts."""

    slogan: str
    menu: tuple[str, ...]
    place: str
    hours: str
    posted: str
    consent: str
    imprint: str


OLD = Design(
    slogan="Velkro mastu zemfir",
    menu=("Dorim", "Kalzut", "Perrin va ostu"),
    place="Vuntar",
    hours="Ombrel",
    posted="Zhirkat",
    consent="Mi prasku keksim va tolmar, ne sorti keksim na varo velk, as drimo as velkrosto hun.",
    imprint="Velkro Ost, Marrugat 12",
)
NEW = Design(
    slogan="Velkro: nu mastu, nu varo",
    menu=("Sturim", "Hakkel", "Nu perrin"),
    place="Vuntar-ko",
    hours="Ombrel-ko",
    posted="Zhirkat-ko",
    consent="Hun velkrosto drimo: na varo keksim ne sorti tolmar, as prasku mi velk as nu keksim.",
    imprint="Velkro Nu Ost, Drimgat 7",
)


def title(number: int) -> str:
    return f"Torrip {'abcdefghijklmnop'[number % 16]}el {number}"


def sentence(number: int) -> str:
    """Return a sentence that only the page with this number contains."""
    words = " ".join(f"tor{number}ip{at} mas{at}tu" for at in range(12))
    return f"{words.capitalize()}."


def html(number: int, design: Design = OLD) -> str:
    """Return the page of the posting with this number, in this design of the site."""
    menu = "".join(f"<div><a href='/'>{word}</a></div>" for word in design.menu)
    return f"""<!doctype html><html><head><title>{design.slogan}</title></head><body>
<div class="a"><div class="b">{menu}</div><h1>{design.slogan}</h1></div>
<div class="c"><div class="d"><h2>{title(number)}</h2>
<div class="e"><div>{design.place}</div><div>{_PLACES[number % 4]}</div></div>
<div class="e"><span>{design.hours}:</span> <b>{_TYPES[number % 2]}</b></div>
<div class="e"><div>{design.posted}</div><div>2026-03-{number % 28 + 1:02}</div></div></div>
<div class="f"><h3>Mastuir</h3><p>{sentence(number)}</p><p>{sentence(number + 1000)}</p></div></div>
<div class="g"><div>{design.consent}</div><div><a href="/k">Hun, velk</a></div></div>
<div class="h"><span>{design.imprint}</span></div></body></html>"""


def page(number: int, design: Design = OLD) -> Page:
    url = f"https://velkro.example/torrip/{number}"
    return Page(url=url, body=html(number, design).encode(), content_type="text/html")
