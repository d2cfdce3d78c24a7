"""Knowledge finds people: lists that are made ahead for the pages which show them."""

from portal.recommend.activity import record_event, refused_events
from portal.recommend.hottest import refresh_hottest
from portal.recommend.lists import dismiss, list_for, lists_for
from portal.recommend.newest import refresh_newest
from portal.recommend.refresh import Refreshed, refresh_recommended
from portal.recommend.types import Item, Lists, Reason, ReasonCode

__all__ = [
    "Item",
    "Lists",
    "Reason",
    "ReasonCode",
    "Refreshed",
    "dismiss",
    "list_for",
    "lists_for",
    "record_event",
    "refresh_hottest",
    "refresh_newest",
    "refresh_recommended",
    "refused_events",
]
