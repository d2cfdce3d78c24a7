"""How often a correction is the right one, on slips made from the sample library's own words."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.slips import Kind, make_slips
from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.services import Services
from tests.conftest import Library

SEED = 2026
SLIPS = 200
READER = Viewer.anonymous()


def readable_texts(services: Services) -> list[str]:
    """Every section that everyone may read."""
    texts = []
    for segment in services.search.snapshot().segments:
        arrays = segment.arrays
        readable = segment.live & arrays.mask("audience", READER.audiences or ())
        texts += [
            arrays.text(section)
            for section in range(arrays.sections)
            if readable[arrays.document_of[section]]
        ]
    return texts


def share_mended(services: Services, kind: Kind) -> float:
    """The share of slips for which what was meant is suggested."""
    segmenter = services.search.snapshot().segmenter
    slips = make_slips(readable_texts(services), segmenter, kind, SLIPS, SEED)
    assert len(slips) == SLIPS
    wrong = [
        (slip.typed, slip.meant, found)
        for slip in slips
        if (found := services.search.did_you_mean(slip.typed, READER)) != slip.meant
    ]
    sys.stdout.write(f"seed {SEED}, {kind}: not mended: {wrong}\n")
    return 1 - len(wrong) / SLIPS


@pytest.mark.parametrize(
    ("kind", "least"), [("homophone", 0.88), ("swapped", 0.8), ("doubled", 0.9), ("missing", 0.55)]
)
def test_so_many_slips_in_ten_are_mended(samples: Services, kind: Kind, least: float) -> None:
    assert share_mended(samples, kind) >= least


@pytest.mark.external
def test_homophones_are_mended_on_encyclopaedic_text(
    library: Library, request: pytest.FixtureRequest
) -> None:
    path = Path(request.config.getoption("--squad"))
    entries = json.loads(path.read_text(encoding="utf-8"))
    texts = {entry["context_text"] for entry in entries}
    author = library.person("linruoxi")
    for number, text in enumerate(sorted(texts)):
        filing = Filing(author_id=author, keys={}, publish=True, title=f"条目{number}")
        library.put(text, f"{number}.txt", filing, index=number + 1 == len(texts))
    assert share_mended(library.services, "homophone") >= 0.8
