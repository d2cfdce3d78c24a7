"""Documents as the index holds them: the tokens and columns of each of their sections."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.catalogue.types import audiences_of
from portal.models import Document, Section, Status
from portal.search.names import name_columns
from portal.text import Segmenter, fold

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One section: tokens by indexed field, and values by column, as the schema names them."""

    tokens: Mapping[str, Iterable[str]]
    columns: Mapping[str, int | bytes]


def entries(
    session: Session, document_ids: list[int], words: Segmenter, timezone: dt.tzinfo
) -> Iterator[Entry]:
    """The sections of those of the given documents that exist, those of one document together.

    ``timezone`` says which day a document was published on.
    """
    for start in range(0, len(document_ids), _BATCH):
        documents = session.scalars(
            sa.select(Document)
            .where(Document.id.in_(document_ids[start : start + _BATCH]))
            .order_by(Document.id)
            .options(
                selectinload(Document.terms),
                selectinload(Document.author),
                selectinload(Document.versions),
            )
        ).all()
        sections = _sections(session, [document.current.id for document in documents])
        for document in documents:
            yield from _entries(document, sections[document.current.id], words, timezone)
        session.expunge_all()


def _sections(
    session: Session, version_ids: list[int]
) -> dict[int, list[sa.Row[int, int, str, str]]]:
    rows = session.execute(
        sa.select(Section.version_id, Section.ordinal, Section.heading, Section.text)
        .where(Section.version_id.in_(version_ids))
        .order_by(Section.version_id, Section.ordinal)
    )
    found: dict[int, list[sa.Row[int, int, str, str]]] = {number: [] for number in version_ids}
    for row in rows:
        found[row[0]].append(row)
    return found


def _entries(
    document: Document,
    sections: list[sa.Row[int, int, str, str]],
    words: Segmenter,
    timezone: dt.tzinfo,
) -> Iterator[Entry]:
    title = fold(document.title)
    name = fold(document.current.file_name.rpartition(".")[0])
    # A document is found by the author's keywords as by its title.
    titles = (title, name, fold("\n".join(document.keywords)))
    title_tokens = [token for each in titles for token in words.index_tokens(each)]
    tokens, columns = _shared(document, timezone)
    for _version, ordinal, heading, section_text in sections:
        text = fold(f"{heading}\n{section_text}")
        body = list(words.index_tokens(text))
        if ordinal == 1:
            # A phrase of the title is found like one of the text; its words have their own field.
            text = f"{title}\n{text}"
        yield Entry(
            {**tokens, "title": title_tokens, "body": body},
            {
                **columns,
                "title_length": len(title_tokens),
                "body_length": len(body),
                "ordinal": ordinal,
                "text": text.encode(),
                **name_columns(document.title, ordinal, heading, words),
            },
        )


def _shared(
    document: Document, timezone: dt.tzinfo
) -> tuple[dict[str, Iterable[str]], dict[str, int | bytes]]:
    """What all sections of a document have in common."""
    tokens: dict[str, Iterable[str]] = {
        "document": [str(document.id)],
        "format": [document.current.format],
        "author": [fold(document.author.login)],
        "audience": audiences_of(
            published=document.status == Status.PUBLISHED,
            visibility=document.visibility,
            author_id=document.author_id,
            unit_id=document.unit_id,
            others=(document.steward_id, document.reviewer_id),
        ),
    }
    codes: dict[str, list[str]] = {}
    for term in document.terms:
        codes.setdefault(term.facet, []).append(term.code)
    tokens |= codes
    columns: dict[str, int | bytes] = {"document_id": document.id, "published": 0, "day": 0}
    if document.published_at is not None:
        day = document.published_at.astimezone(timezone).date()
        tokens["year"] = [f"{day.year:04d}"]
        columns["published"] = int(document.published_at.timestamp())
        columns["day"] = day.toordinal()
    return tokens, columns
