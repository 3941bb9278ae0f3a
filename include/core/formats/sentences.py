"""Find the sentences of a text that contain certain words."""

from collections.abc import Iterable, Iterator

_ENDS = ".!?\n;。！？"
_MAX_SIDE_LENGTH = 300
"""The maximum number of characters of a sentence that are read before the found word.

It is also the maximum number of characters that are read from the beginning of that word on.
"""
_MAX_SENTENCES_PER_WORD = 8
"""The maximum number of sentences that are returned for one word."""


def sentences_with(words: Iterable[str], text: str) -> Iterator[str]:
    """Yield the sentences of ``text``, casefolded, that contain one of the words.

    Args:
        words: the casefolded texts to find. They are plain strings, which are found faster than
            patterns, and may be parts of words.
        text: the text, in which each block is one line.
    """
    folded = text.casefold()
    for word in words:
        end = 0
        for _ in range(_MAX_SENTENCES_PER_WORD):
            at = folded.find(word, end)
            if at < 0:
                break
            first = max(0, at - _MAX_SIDE_LENGTH)
            start = max(folded.rfind(mark, first, at) for mark in _ENDS) + 1
            ends = (folded.find(mark, at, at + _MAX_SIDE_LENGTH) for mark in _ENDS)
            end = min((each for each in ends if each >= 0), default=at + _MAX_SIDE_LENGTH)
            yield folded[max(first, start) : end]
