"""Load the data for reading pages before Airflow forks its workers, so that the workers share it.

The data are the country names in a dozen languages, the names of cities, and the model that detects
languages. Loading them takes 0.3 seconds.
"""

from include.core.models import Page
from include.core.places.cities import is_city_name
from include.pipeline.pages.read_page import read_page

_PAGE = """<html><body><script type="application/ld+json">{"@type": "JobPosting", "title": "Baker",
"jobLocation": {"address": {"addressLocality": "Nowhere", "addressCountry": "Nowhere"}},
"description": "<p>We are looking for a baker who bakes our bread early in the morning, keeps the
ovens clean, and is kind to the people who come to buy a loaf or two on their way to work. You have
baked before, or you would like to learn it from those who have done nothing else for years.</p>"}
</script></body></html>"""


def warm_up() -> None:
    """Load the data by reading an invented page and by testing one name of a city."""
    page = Page(url="https://nowhere.example/", body=_PAGE.encode(), content_type="text/html")
    read_page("sitemap", page)
    is_city_name("Nowhere")
