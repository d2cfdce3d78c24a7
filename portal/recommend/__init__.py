"""Knowledge finds people: lists that are made ahead for the pages which show them."""

from portal.recommend.newest import refresh_newest

__all__ = ["refresh_newest"]
