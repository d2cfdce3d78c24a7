"""The one JSON form of an answer, for every program that asks: the web API and the command line."""

from portal.models import FACETS
from portal.search.types import Hit, HitPlace, ResultPage


def page_as_json(found: ResultPage) -> dict[str, object]:
    """The documented JSON form of an answer: portal/web/openapi.json says what each name means."""
    return {
        "total": found.total,
        "took_ms": round(found.took_ms, 3),
        "page": found.page,
        "pages": found.pages,
        "relaxed": found.relaxed,
        "substring": found.substring,
        "facets": {
            facet: {row.code: row.count for row in rows} for facet, rows in found.facets.items()
        },
        "hits": [_hit(hit) for hit in found.hits],
    }


def _hit(hit: Hit) -> dict[str, object]:
    document = hit.document
    published = document.published_at
    return {
        "document": document.id,
        "title": document.title,
        "score": round(hit.score, 4),
        "place": _place(hit.place),
        "places": [_place(place) for place in hit.places],
        "snippet": "".join(span.text for span in hit.snippet),
        # A program reads every key without asking whether it is there.
        **{facet: list(document.keys.get(facet, ())) for facet in FACETS},
        "status": document.status,
        "format": document.format,
        "version": document.version,
        "author": document.author_login,
        "published": published.isoformat() if published else None,
    }


def _place(place: HitPlace) -> dict[str, object]:
    return {
        "kind": place.kind,
        "number": place.number,
        "label": place.label,
        "section": place.ordinal,
    }
