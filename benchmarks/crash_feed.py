"""A process that takes documents in and says of each that it is in: what the crash test kills.

Started as ``python -m benchmarks.crash_feed ACKNOWLEDGED AUTHOR FIRST [EVERY]``; it goes on until
killed, without a pause or a document every so many seconds.
"""

import os
import sys
import time
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from portal.ingest import Filing, ingest
from portal.services import Services, build_services

RETRY_SECONDS = 0.5


def text_of(way: str, number: int) -> bytes:
    """A small document with a word that no other has."""
    word = word_of(way, number)
    return f"# 第{number}号网点回访记录\n\n编号 {word}，专线使用正常，客户满意。\n".encode()


def word_of(way: str, number: int) -> str:
    """The word that only one document has."""
    return f"{way}x{number:06}"


def main() -> None:
    """Take in one document after the other, and write down each that was acknowledged."""
    acknowledged, author, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    every = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    services = build_services(Settings.from_env())
    number, due = first, time.monotonic()
    descriptor = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        if not _taken_in(services, author, number):
            # Not acknowledged: sent again, as a person would.
            time.sleep(RETRY_SECONDS)
            continue
        os.write(descriptor, f"{word_of('feed', number)}\n".encode())
        number, due = number + 1, due + every
        time.sleep(max(0.0, due - time.monotonic()))


def _taken_in(services: Services, author: int, number: int) -> bool:
    """Whether a document was acknowledged; a full disk or a locked database refuses it."""
    filing = Filing(author, {"industry": ("finance",)}, publish=True)
    try:
        outcome = ingest(
            *(services.db, services.blobs, services.taxonomy(), text_of("feed", number)),
            *(f"feed{number}.md", filing, services.limits),
        )
    except (OSError, SQLAlchemyError):
        return False
    return outcome.status in ("added", "duplicate")


if __name__ == "__main__":
    main()
