"""Notices: what the portal tells single people, posted in the transaction that causes them."""

from portal.notices.service import post

__all__ = ["post"]
