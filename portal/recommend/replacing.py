"""Putting a list of the industries in the place of the old one."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ListEntry, ListName, OwnerKind


def replace_list(session: Session, name: ListName, entries: Iterable[ListEntry]) -> None:
    """Write the entries that were made, for all industries, in the place of the present ones.

    Making them takes seconds in a large library; nobody else could write meanwhile.
    """
    session.execute(
        sa.delete(ListEntry).where(
            ListEntry.owner_kind == OwnerKind.INDUSTRY, ListEntry.list == name
        )
    )
    session.add_all(entries)
