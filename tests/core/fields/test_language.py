import pytest

from include.core.fields.language import language_of, primary_language

SENTENCES = {
    "en": "You look after our bakery's ovens, and you know what good bread needs. ",
    "de": "Du kümmerst dich um die Öfen unserer Bäckerei und weißt, was gutes Brot braucht. ",
    "fr": "Vous vous occupez des fours de notre boulangerie et savez ce qu'un bon pain demande. ",
    "es": "Te ocupas de los hornos de nuestra panadería y sabes lo que necesita un buen pan. ",
    "it": "Ti occupi dei forni della nostra panetteria e sai di cosa ha bisogno un buon pane. ",
    "nl": "Je zorgt voor de ovens van onze bakkerij en weet wat goed brood nodig heeft. ",
    "sv": "Du tar hand om ugnarna i vårt bageri och vet vad ett gott bröd behöver. ",
    "pl": "Dbasz o piece w naszej piekarni i wiesz, czego potrzebuje dobry chleb. ",
    "pt": "Você cuida dos fornos da nossa padaria e sabe o que um bom pão precisa. ",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_the_language_of_a_long_enough_text_is_detected(language: str) -> None:
    assert language_of(SENTENCES[language] * 4) == language


@pytest.mark.parametrize("text", ["", "Sweeper", "Head of People & Culture", "404 " * 100])
def test_a_short_or_odd_text_has_no_language(text: str) -> None:
    assert language_of(text) is None


def test_detecting_the_language_of_a_long_text_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("DEBUG"):
        assert language_of(SENTENCES["en"] * 50) == "en"
    assert caplog.records == []


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en-US", "en"), ("pt_BR", "pt"), ("DE", "de"), ("", None), (None, None), ("english", None)],
)
def test_only_the_language_of_a_tag_is_kept(tag: str | None, expected: str | None) -> None:
    assert primary_language(tag) == expected
