"""Chinese text: normalisation with offsets, segmentation into words, the lexicon.

Everything here is a pure function of its arguments; nothing reads files or the database.
"""

from portal.text.normalise import Normalised, fold, normalise
from portal.text.segment import Segmenter, content_words, is_latin, segmenter

__all__ = ["Normalised", "Segmenter", "content_words", "fold", "is_latin", "normalise", "segmenter"]
