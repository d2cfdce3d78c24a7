"""How often one person may ask for what costs much; the counts are shared by all web processes.

Whoever is not signed in is counted by address, and so generously that an office behind one address
can read. Suggestions come with every key that is pressed, and are not counted.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import limits
from flask import Flask, current_app, g, request
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from config import Settings
from portal.services import Services
from portal.web.context import services
from portal.web.counters import FileStorage
from portal.web.viewer import current_viewer

VISITORS_AT_ONE_ADDRESS = 10
_EXTENSION = "portal_rates"
_log = logging.getLogger(__name__)

Quota = Callable[[Settings], limits.RateLimitItem]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often may be asked in a window, how often still, and for how many seconds."""

    quota: int
    remaining: int
    seconds: int
    is_spent: bool


def _uploads(settings: Settings) -> limits.RateLimitItem:
    return limits.RateLimitItemPerHour(settings.uploads_per_hour, namespace="uploads")


def _searches(settings: Settings) -> limits.RateLimitItem:
    return limits.RateLimitItemPerMinute(settings.searches_per_minute, namespace="searches")


QUOTAS: Mapping[str, Quota] = {
    **dict.fromkeys(
        (
            "upload.send",
            "upload.begin",
            "versions.add",
            "templates.fill_in",
            "api.take_in",
            "api.add_version",
        ),
        _uploads,
    ),
    **dict.fromkeys(
        (
            "search.results",
            "api.search",
            "versions.compare_two",
            "statistics.export_xlsx",
            "statistics.export_csv",
            "admin_audit.export",
            "admin_roster.look",
        ),
        _searches,
    ),
}
"""What is counted, by endpoint."""


def init_app(app: Flask, built: Services) -> None:
    """Count before a page does its work; it must come after the gate, which turns others away."""
    counters = FileStorage(built.settings.data_dir / "limits.db")
    app.extensions[_EXTENSION] = FixedWindowRateLimiter(counters)
    app.before_request(_hold)


def count(quota: limits.RateLimitItem, *who: str, only_if_spent: bool = False) -> Allowance | None:
    """Count once more; ``None`` where it cannot be counted, which must turn nobody away.

    ``only_if_spent`` spares asking for what is left while something is.
    """
    limiter: FixedWindowRateLimiter = current_app.extensions[_EXTENSION]
    try:
        is_allowed = limiter.hit(quota, *who)
        if is_allowed and only_if_spent:
            return None
        window = limiter.get_window_stats(quota, *who)
    except StorageError as error:
        _log.warning("requests are not counted: %s", error)
        return None
    left = max(1, math.ceil(window.reset_time - time.time()))
    return Allowance(quota.amount, window.remaining, left, not is_allowed)


def _hold() -> None:
    quota = QUOTAS.get(request.endpoint or "")
    # How often a program may ask is said with its token (portal.web.bearer).
    if quota is None or (quota is _searches and "bearer" in g):
        return
    wanted, user_id = quota(services().settings), current_viewer().user_id
    if user_id is None:
        wanted = type(wanted)(wanted.amount * VISITORS_AT_ONE_ADDRESS, namespace=wanted.namespace)
    who = f"address-{request.remote_addr}" if user_id is None else f"person-{user_id}"
    allowance = count(wanted, who, only_if_spent=True)
    if allowance is not None and allowance.is_spent:
        raise TooManyRequests(retry_after=allowance.seconds)
