"""Chinese text: normalisation with offsets, segmentation into words, the lexicon.

Everything here is a pure function of its arguments; nothing reads files or the database.
"""

from portal.text.normalise import Normalised, fold, normalise
from portal.text.segment import (
    index_tokens,
    is_latin,
    is_question,
    query_words,
    sub_words,
    text_version,
)

__all__ = [
    "Normalised",
    "fold",
    "index_tokens",
    "is_latin",
    "is_question",
    "normalise",
    "query_words",
    "sub_words",
    "text_version",
]
