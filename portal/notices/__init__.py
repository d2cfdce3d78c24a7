"""Notices: what the portal tells single people, posted in the transaction that causes them."""

from portal.notices.service import post
from portal.notices.settings import DIGEST, ReachSettings, is_quiet, settings_of, wants

__all__ = ["DIGEST", "ReachSettings", "is_quiet", "post", "settings_of", "wants"]
