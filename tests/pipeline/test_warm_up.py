import pytest

from include.core.fields import language
from include.core.places import countries
from include.pipeline.pages import warm_up


def test_warmed_up_process_loads_nothing_for_its_first_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The words are changed, because the result of the original ones may be cached from an earlier
    # test.
    other_words = warm_up._PAGE.replace("Nowhere", "Neverland").replace("We are", "You are")
    monkeypatch.setattr(warm_up, "_PAGE", other_words)
    language._detector.cache_clear()
    countries._names_in.cache_clear()
    warm_up.warm_up()
    assert language._detector.cache_info().currsize == 1
    assert countries._names_in.cache_info().currsize == len(countries._LANGUAGES)
