"""A writer of a made-up careers site, which has one file for each job page.

A page has about 28 KB. It holds its posting twice, as JSON-LD and as text. It has as much script,
style and navigation as real job pages have.
"""

import json
import random
from pathlib import Path
from string import Template

ROBOTS = "User-agent: *\nDisallow: /private/\n"
_WORDS = (  # noqa: SIM905 # fifty words on four lines
    "team build plan design support customer service river bakery engine report ledger market "
    "garden machine forecast network train review deliver measure repair improve software data "
    "product release schedule budget supplier partner safety quality process experience skill "
    "kitchen clinic harbour turbine archive lens robot library hotel grid battery contract"
).split()
_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title | Heronworks</title>
<meta property="og:title" content="$title"><link rel="canonical" href="$url">
<style>$style</style>
<script nonce="$noise">$script</script>
<script type="application/ld+json">$jsonld</script></head>
<body><header><nav>$links</nav></header>
<main><h1>$title</h1><p>Location: $city</p>$description</main>
<aside><h2>More jobs</h2>$links</aside><footer>$links<p>Seen $noise</p></footer>
<script>$script</script></body></html>
""")
_CITIES = ("Bristol", "Utrecht", "Porto", "Bremen", "Leeds", "Jena")


def write_site(directory: Path, count: int, *, base_url: str, noise: int) -> list[str]:
    """Write ``count`` pages and a robots.txt, and return the paths of the pages.

    Args:
        noise: the seed of the values that stand for nonces and counters. On a real site, such
            values differ in every response. The other values do not depend on this seed.
    """
    (directory / "jobs").mkdir(parents=True, exist_ok=True)
    (directory / "robots.txt").write_text(ROBOTS)
    paths = [f"/jobs/{number}.html" for number in range(count)]
    for number, path in enumerate(paths):
        page = _page(number, f"{base_url}{path}", random.Random(f"{noise} {number}").random())
        (directory / path.removeprefix("/")).write_text(page)
    return paths


def _page(number: int, url: str, noise: float) -> str:
    rng = random.Random(number)
    title = f"{rng.choice(_WORDS).title()} {rng.choice(_WORDS)} lead {number}"
    city = rng.choice(_CITIES)
    description = "".join(_section(rng) for _ in range(6))
    jsonld = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "url": url,
        "identifier": {"@type": "PropertyValue", "value": f"HW-{number}"},
        "description": description,
        "datePosted": "2026-03-01",
        "employmentType": "FULL_TIME",
        "hiringOrganization": {"@type": "Organization", "name": "Heronworks"},
        "jobLocation": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": city, "addressCountry": "GB"},
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "GBP",
            "value": {"@type": "QuantitativeValue", "minValue": 40_000, "unitText": "YEAR"},
        },
    }
    return _PAGE.substitute(
        title=title,
        url=url,
        city=city,
        description=description,
        jsonld=json.dumps(jsonld),
        noise=f"{noise:.12f}",
        links="".join(f'<a href="/jobs/{other}.html">{word}</a>' for other, word in _links()),
        style=".job-list-item{display:flex;padding:4px 8px;border:1px solid #ccc}" * 45,
        script="window.layers=window.layers||[];layers.push({event:'view',at:1});" * 45,
    )


def _section(rng: random.Random) -> str:
    items = "".join(f"<li>{_words(rng, 12)}</li>" for _ in range(5))
    return f"<h3>{_words(rng, 3)}</h3><p>{_words(rng, 50)}</p><ul>{items}</ul>"


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choices(_WORDS, k=count)).capitalize() + "."


def _links() -> list[tuple[int, str]]:
    """Return the number of the page to which each link of the navigation leads, and its text."""
    return list(enumerate(_WORDS[:40]))
