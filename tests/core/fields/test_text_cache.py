from include.core.fields.text_cache import cache_short_texts


def test_a_short_text_is_read_only_once() -> None:
    read: list[str] = []

    @cache_short_texts
    def upper(text: str) -> str:
        read.append(text)
        return text.upper()

    assert [upper("Leeds"), upper("Jena"), upper("Leeds")] == ["LEEDS", "JENA", "LEEDS"]
    assert read == ["Leeds", "Jena"]


def test_a_long_text_is_not_cached() -> None:
    read: list[str] = []

    @cache_short_texts
    def length(text: str) -> int:
        read.append(text)
        return len(text)

    assert [length("x" * 1_000), length("x" * 1_000)] == [1_000, 1_000]
    assert len(read) == 2
