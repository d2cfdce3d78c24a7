"""What waits for a person, counted for the frame of every page by one query."""

import functools
from dataclasses import dataclass

import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.catalogue.review import waiting_counted
from portal.db import Reader
from portal.notices.inbox import unread_counted
from portal.push.request_views import requests_counted


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many reviews, unread notices and open requests wait for a person."""

    reviews: int = 0
    notices: int = 0
    requests: int = 0


def waiting_for(database: Reader, viewer: Viewer) -> Waiting:
    """What waits for the viewer; nothing for a visitor."""
    if viewer.user_id is None:
        return Waiting()
    counts = _counts(viewer.audiences is None)
    return Waiting(*database.execute(counts, {"person": viewer.user_id}).one())


# Every page asks this: the statement is built once.
@functools.cache
def _counts(sees_everything: bool) -> sa.Select[*tuple[int, ...]]:
    person = sa.bindparam("person", type_=sa.Integer())
    responsible = None if sees_everything else person
    counts = (waiting_counted(responsible), unread_counted(person), requests_counted(responsible))
    return sa.select(*(count.scalar_subquery() for count in counts))
