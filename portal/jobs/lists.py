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
        # On nobody's behalf: each person's own permissions are applied afterwards.
        try:
            found = services.search.similar(document_id, Viewer.operator(), ALIKE)
        except IndexUnavailable:
            return ()
        return [document.id for document in found]

    done = refresh_recommended(services.db, similar, utcnow())
    return {"people": done.people, "due": done.due, "entries": done.entries}
