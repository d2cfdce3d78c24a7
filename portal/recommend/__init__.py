"""Knowledge finds people: lists that are made ahead for the pages which show them."""

from portal.recommend.activity import record_event
from portal.recommend.newest import refresh_newest

__all__ = ["record_event", "refresh_newest"]
