"""Find the sentences of a text that contain certain words."""

from collections.abc import Iterable, Iterator

_ENDS = ".!?\n;。！？"
_MAX_LENGTH = 300
"""The maximum number of characters of a sentence that are read before the found word, and also from
that word on."""
_MAX_SENTENCES_PER_WORD = 8
"""The maximum number of sentences that are returned for one word."""


def sentences_with(words: Iterable[str], text: str) -> Iterator[str]:
    """Yield the casefolded sentences that contain one of the words.

    Args:
        words: the words or beginnings of words, casefolded. They are plain strings, so the search
            is fast.
        text: the text, with one line for each block.
    """
    folded = text.casefold()
    for word in words:
        end = 0
        for _ in range(_MAX_SENTENCES_PER_WORD):
            at = folded.find(word, end)
            if at < 0:
                break
            first = max(0, at - _MAX_LENGTH)
            start = max(folded.rfind(mark, first, at) for mark in _ENDS) + 1
            ends = (folded.find(mark, at, at + _MAX_LENGTH) for mark in _ENDS)
            end = min((each for each in ends if each >= 0), default=at + _MAX_LENGTH)
            yield folded[max(first, start) : end]
