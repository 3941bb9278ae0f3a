from include.core import countries, language
from include.pipeline.pages.warm_up import warm_up


def test_warmed_up_process_loads_nothing_for_its_first_page() -> None:
    language._detector.cache_clear()
    countries._names_in.cache_clear()
    warm_up()
    assert language._detector.cache_info().currsize == 1
    assert countries._names_in.cache_info().currsize == len(countries._LANGUAGES)
