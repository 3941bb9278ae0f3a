"""Tests of the names of a board. They are compared with the site that links to the board."""

import pytest

from include.sources.detect.candidate import Candidate, tenant_names


@pytest.mark.parametrize(
    ("source", "config", "names"),
    [
        ("greenhouse", {"board": "acme"}, ("acme",)),
        ("gusto", {"board": "acme-3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"}, ("acme",)),
        ("neogov", {"agency": "acme", "base_url": "https://www.schooljobs.com"}, ("acme",)),
        ("zoho", {"host": "acme.zohorecruit.eu"}, ("acme",)),
        ("pageup", {"url": "https://careers.pageuppeople.com/541/cw/en"}, ("541",)),
        ("google", {}, ("google",)),
        ("google", {"base_url": "https://mirror.example"}, ("google",)),
    ],
)
def test_a_board_has_the_names_of_its_config(
    source: str, config: dict[str, str], names: tuple[str, ...]
) -> None:
    assert tenant_names(Candidate(source=source, config=config)) == names
