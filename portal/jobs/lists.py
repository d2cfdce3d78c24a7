"""The jobs that make the lists: hottest, newest, and what is recommended to each person."""

import datetime as dt
from collections.abc import Mapping, Sequence

from portal.catalogue import Viewer
from portal.db import utcnow
from portal.recommend import (
    refresh_hottest,
    refresh_newest,
    refresh_recommended,
    refused_events,
)
from portal.search import IndexUnavailable
from portal.services import Services

ALIKE = 6
_DAY = dt.timedelta(days=1)


def newest(services: Services) -> Mapping[str, int]:
    """Make the lists of the newest documents."""
    return {"entries": refresh_newest(services.db)}


def hottest(services: Services) -> Mapping[str, int]:
    """Make the lists of the hottest documents; counts the events that a day's use was refused."""
    now = utcnow()
    entries = refresh_hottest(services.db, now)
    with services.db.read() as session:
        return {"entries": entries, "refused": refused_events(session, now - _DAY)}


def recommended(services: Services) -> Mapping[str, int]:
    """Make the recommendations of everybody whose inputs changed."""

    def similar(document_id: int) -> Sequence[int]:
        try:
            return _alike(services, document_id)
        except IndexUnavailable:
            return ()

    done = refresh_recommended(services.db, similar, utcnow())
    return {"people": done.people, "due": done.due, "entries": done.entries}


def _alike(services: Services, document_id: int) -> list[int]:
    """What is like a document, on nobody's behalf: everybody's permissions are applied afterwards.

    What few may read takes no place from what all may: they find as many as if it did not exist.
    """
    found = [
        services.search.similar(document_id, viewer, ALIKE)
        for viewer in (Viewer.operator(), Viewer.anonymous())
    ]
    return list(dict.fromkeys(each.id for part in found for each in part))
