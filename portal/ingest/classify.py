"""Keys, summary and keywords proposed from a text, by the portal's own published documents.

A linear classifier for each facet, fitted by ridge regression on tf-idf weights of the text and,
apart from it, of title and file name. Ridge regression knows its own leave-one-out predictions in
closed form (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 7.10): they
choose how much the title counts for a facet and turn scores into confidences (Platt scaling).
The names of the taxonomy standing in the title are the prior, and all there is in a new portal.
"""

import functools
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from portal.catalogue import Taxonomy
from portal.ingest.learn import (
    CHARACTERS,
    PRIOR,
    Example,
    FacetModel,
    Floats,
    Model,
    learn,
    weigh,
)
from portal.models import FACETS
from portal.text import fold, segmenter
from portal.text.gist import gist, is_telling

# What is less sure than this is not worth a colleague's look.
SURE, POSSIBLE = 0.5, 0.3
# No library is large enough to say that a proposal cannot be wrong.
CERTAIN = 0.99
MOST: Mapping[str, int] = {
    "industry": 3,
    "work_type": 2,
    "stage": 3,
    "library": 1,
    "kind": 1,
    "product": 3,
}


@dataclass(frozen=True, slots=True)
class KeyProposal:
    """A code that a text probably deserves.

    ``confidence`` is the share of such proposals that were right among the published documents;
    ``None`` where only the name in the title speaks for it.
    """

    code: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a document: keys by facet, surest first, summary and keywords."""

    keys: Mapping[str, tuple[KeyProposal, ...]]
    summary: str
    keywords: tuple[str, ...]


def propose(
    model: Model | None, taxonomy: Taxonomy, title: str, file_name: str, sections: Sequence[str]
) -> Proposal:
    """Propose keys, summary and keywords for a text; nothing is stored or applied.

    ``sections`` are the texts in reading order. Without a model only names in the title count.
    """
    words = segmenter()
    head = _head(title, file_name)
    text = "\n".join(sections)[:CHARACTERS]
    found = gist(title, text, words, model.rarity if model else lambda _word: 1.0)
    example = Example(head, fold(text), {})
    keys: dict[str, tuple[KeyProposal, ...]] = {
        facet: proposed_keys(facet, model, taxonomy, example)
        for facet in FACETS
        if facet in taxonomy.terms
    }
    return Proposal(keys, found.summary, found.keywords)


def example_of(
    title: str, file_name: str, sections: Iterable[str], keys: Mapping[str, tuple[str, ...]]
) -> Example:
    """A published document as the classifier learns from it."""
    text = fold("\n".join(sections)[:CHARACTERS])
    return Example(_head(title, file_name), text, keys)


def save_model(model: Model, path: Path) -> None:
    """Write a model in one step, so that a reader sees the old one or the new one."""
    arrays: dict[str, Any] = {}
    for number, (facet, one) in enumerate(model.facets.items()):
        arrays |= {
            f"{number}.names": np.array([facet, *one.codes]),
            f"{number}.weights": one.weights,
            f"{number}.mean": one.mean,
            f"{number}.scale": np.array([one.title_share, *one.platt]),
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".classifier-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(
                file,
                vocabulary=np.array(list(model.vocabulary)),
                rarities=model.rarities,
                titles=np.array([model.titles, model.documents]),
                version=np.array([model.version]),
                **arrays,
            )
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_model(path: Path) -> Model | None:
    """The model as last written; ``None`` where there is none or other words made it."""
    try:
        written = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _load(path, written)


@functools.lru_cache(maxsize=2)
def _load(path: Path, _written: int) -> Model | None:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None  # derived data: the job writes it anew
    if str(stored["version"][0]) != segmenter().version:
        return None
    facets = {}
    for number in range(sum(name.endswith(".names") for name in stored)):
        facet, *codes = (str(name) for name in stored[f"{number}.names"])
        share, slope, offset = (float(value) for value in stored[f"{number}.scale"])
        facets[facet] = FacetModel(
            tuple(codes),
            stored[f"{number}.weights"],
            stored[f"{number}.mean"],
            share,
            (slope, offset),
        )
    titles, documents = (int(value) for value in stored["titles"])
    vocabulary = {str(word): place for place, word in enumerate(stored["vocabulary"])}
    return Model(
        str(stored["version"][0]), documents, vocabulary, stored["rarities"], titles, facets
    )


def name_hits(codes: Sequence[str], taxonomy: Taxonomy, facet: str, head: str) -> Floats:
    """For each code the share of its name's words that stand in the title or file name."""
    words = segmenter()
    hits = np.zeros(len(codes), dtype=np.float32)
    names = {term.code: term.zh for term in taxonomy.terms[facet]}
    for place, code in enumerate(codes):
        parts = {word for word in words.index_tokens(fold(names.get(code, ""))) if is_telling(word)}
        if parts:
            hits[place] = sum(part in head for part in parts) / len(parts)
    return hits


def train(examples: Sequence[Example], taxonomy: Taxonomy) -> Model | None:
    """Learn from published documents; ``None`` where there are too few to learn from."""
    words = segmenter()
    prior: dict[str, Floats] = {
        facet: np.array(
            [name_hits(taxonomy.codes(facet), taxonomy, facet, one.head) for one in examples]
        )
        for facet in FACETS
    }
    return learn(examples, {facet: taxonomy.codes(facet) for facet in FACETS}, prior, words)


def scores(model: Model, taxonomy: Taxonomy, facet: str, example: Example) -> Floats:
    """The confidence of each code of a facet, in the model's order."""
    one = model.facets[facet]
    features = weigh(model, example, one.title_share, segmenter())
    hits = name_hits(one.codes, taxonomy, facet, example.head)
    raw = one.mean + features @ one.weights + PRIOR * hits
    slope, offset = one.platt
    confidence = 1 / (1 + np.exp(-(slope * raw + offset)))
    return np.asarray(np.minimum(confidence, CERTAIN), dtype=np.float32)


def proposed_keys(
    facet: str, model: Model | None, taxonomy: Taxonomy, example: Example
) -> tuple[KeyProposal, ...]:
    """The codes of a facet that a text probably deserves, surest first.

    Those that are more probably right than wrong; where there is none, the best if it is possible.
    """
    known = set(taxonomy.codes(facet))
    if model is None or facet not in model.facets:
        codes = taxonomy.codes(facet)
        hits = name_hits(codes, taxonomy, facet, example.head)
        whole = [KeyProposal(codes[place], None) for place in np.flatnonzero(hits >= 1)]
        return tuple(whole[: MOST[facet]])
    codes = model.facets[facet].codes
    confidence = scores(model, taxonomy, facet, example)
    ordered = [place for place in np.argsort(-confidence, kind="stable") if codes[place] in known]
    sure = [place for place in ordered if confidence[place] >= SURE][: MOST[facet]]
    chosen = sure or [place for place in ordered[:1] if confidence[place] >= POSSIBLE]
    return tuple(KeyProposal(codes[place], float(confidence[place])) for place in chosen)


def _head(title: str, file_name: str) -> str:
    stem = file_name.rpartition(".")[0]
    return fold(f"{title}\n{stem}")
