"""Tests of templates with a made-up site, whose invented language is in no dictionary."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from include.core.fields.template import PageBlocks, Template
from include.core.models import EmploymentType, Page
from include.extract import fingerprint_input, read_posting
from include.extract.learning import learn_template
from tests.extract import invented_site
from tests.extract.invented_site import NEW, OLD, Design, page, sentence, title

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def blocks(source: Page) -> PageBlocks:
    """Return the blocks of a page, from which a template is learned."""
    found = fingerprint_input(source).blocks
    assert found is not None
    return found


def learn(
    count: int = 8, design: Design = OLD, before: Template | None = None, first: int = 0
) -> Template:
    """Return the template after learning from ``count`` pages, of which the first is ``first``."""
    numbers = range(first, first + count)
    return learn_template(before, [blocks(page(number, design)) for number in numbers], now=NOW)


def test_without_a_template_the_frame_is_read_as_the_posting() -> None:
    read = read_posting(page(1))

    assert read.title == OLD.slogan
    assert OLD.consent in read.description_text


@pytest.mark.parametrize("count", [3, 8, 50])
def test_a_template_separates_the_frame_from_the_posting(count: int) -> None:
    read = read_posting(page(1), learn(count))

    assert read.title == title(1)
    assert read.description_text == "\n".join((
        "Vuntar", "Porto, Portugal", "Ombrel: Part-time", "Zhirkat", "2026-03-02", "Mastuir",
        sentence(1), sentence(1001),
    ))  # fmt: skip


def test_a_label_that_recurs_with_values_of_one_kind_names_a_field() -> None:
    template = learn()

    assert template.labels == {
        "vuntar": "location",
        "ombrel": "employment_type",
        "zhirkat": "posted_at",
    }
    read = read_posting(page(3), template)  # without the template no place would be found
    assert [place.raw for place in read.locations] == ["Lublin"]
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.posted_at == datetime(2026, 3, 4, tzinfo=UTC)


def test_labels_whose_values_are_dates_in_the_future_are_not_learned() -> None:
    pages = [blocks(page(number)) for number in range(8)]

    assert "zhirkat" not in learn_template(None, pages, now=datetime(2026, 1, 1, tzinfo=UTC)).labels


def test_a_change_of_the_frame_alone_changes_no_fingerprint_and_no_posting() -> None:
    template = learn()
    rebuilt = learn(design=NEW, before=template)

    # The labels of the new design are the old ones with "-ko".
    assert (
        fingerprint_input(page(1, NEW), rebuilt).text.replace("-ko", "")
        == fingerprint_input(page(1), template).text
    )
    assert (
        fingerprint_input(page(1, NEW), rebuilt).fields
        == fingerprint_input(page(1), template).fields
    )


def test_the_template_of_a_redesigned_site_is_replaced() -> None:
    template = learn()

    rebuilt = learn(design=NEW, before=template)

    assert not template.fits(blocks(page(1, NEW)))
    assert rebuilt.version == template.version + 1
    assert rebuilt.fits(blocks(page(1, NEW)))
    assert not rebuilt.fits(blocks(page(1, OLD)))
    assert OLD.place.casefold() not in rebuilt.labels


def test_the_version_is_kept_while_the_frame_is_the_same() -> None:
    template = learn()

    assert learn(before=template, first=20).version == template.version


def test_one_changed_part_of_the_frame_replaces_the_old_part_with_time() -> None:
    template = learn(40)
    moved = Design(**{**vars(OLD), "imprint": "Velkro Ost, Zemgat 4"})

    for start in range(0, 200, 40):
        template = learn(40, moved, before=template, first=start)

    text = read_posting(page(1, moved), template).description_text
    assert "Zemgat" not in text
    assert len(template.weights) < 40


def test_headings_that_recur_stay_above_texts_that_differ() -> None:
    assert "Mastuir" in read_posting(page(1), learn()).description_text


def test_facts_that_most_pages_share_are_read() -> None:
    def full_time(number: int) -> Page:
        source = invented_site.html(number).replace("Part-time", "Full-time")
        return Page(url="https://velkro.example/1", body=source.encode(), content_type="text/html")

    template = learn_template(None, [blocks(full_time(number)) for number in range(8)], now=NOW)
    source = invented_site.html(1).replace(">Ombrel:</span> <b>Part-time", "></span><b>Full-time")
    read = read_posting(
        Page(url="https://velkro.example/1", body=source.encode(), content_type="text/html"),
        template,
    )

    assert read.employment_types == (EmploymentType.FULL_TIME,)


def test_postings_that_share_their_text_keep_it() -> None:
    def with_shared_text(number: int) -> Page:
        source = invented_site.html(number)
        # All pages get sentences 0 and 1 instead of their own.
        source = source.replace(sentence(number), sentence(0))
        source = source.replace(sentence(number + 1000), sentence(1))
        return Page(url="https://velkro.example/1", body=source.encode(), content_type="text/html")

    template = learn_template(
        None, [blocks(with_shared_text(number)) for number in range(8)], now=NOW
    )
    read = read_posting(with_shared_text(1), template)

    assert sentence(0) in read.description_text


def test_a_title_that_all_postings_of_a_board_share_is_still_their_title() -> None:
    def with_shared_title(number: int) -> Page:
        source = (
            invented_site.html(number)
            .replace(title(number), "Torrip")
            .replace("h1", "b")
            .replace("h2", "h1")
        )
        return Page(url="https://velkro.example/1", body=source.encode(), content_type="text/html")

    template = learn_template(
        None, [blocks(with_shared_title(number)) for number in range(8)], now=NOW
    )

    assert read_posting(with_shared_title(1), template).title == "Torrip"


def test_a_template_remembers_a_limited_number_of_labels() -> None:
    template = learn()
    many = replace(template, labels={f"label {number}": "location" for number in range(10_000)})

    assert len(learn(before=many).labels) == 300
