"""What browsers report when a page wanted something that the security policy forbids.

One line of the log for each report: which rule, what kind of address was blocked, on which route.
No address is written down as it stands, since addresses hold questions and tokens.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import limits
from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from portal.web.rates import count

PATH = "/reports/csp"
ENDPOINT_NAME = "csp"
MEDIA_TYPES = frozenset({"application/csp-report", "application/reports+json"})
MOST_REPORTS = 10
LONGEST = 60
# Anybody can send reports: the log must not fill up with them.
FROM_ONE_ADDRESS = limits.RateLimitItemPerMinute(30, namespace="reports")
FROM_ALL = limits.RateLimitItemPerMinute(300, namespace="reports")
_log = logging.getLogger(__name__)

blueprint = Blueprint("reports", __name__)


@blueprint.record_once
def _without_form_token(state: BlueprintSetupState) -> None:
    # The browser sends reports by itself, and they change nothing.
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.post(PATH)
def take() -> Response:
    """Write down what a browser reports."""
    if request.mimetype not in MEDIA_TYPES:
        abort(415)
    for quota, who in ((FROM_ONE_ADDRESS, request.remote_addr or ""), (FROM_ALL, "all")):
        allowance = count(quota, who)
        if allowance is not None and allowance.is_spent:
            abort(429)
    for report in _reports(request.get_data(cache=False))[:MOST_REPORTS]:
        _tell(report)
    return Response(status=204)


def _reports(data: bytes) -> list[Mapping[str, Any]]:
    """The violations in either form: one, as of old, or a list of all kinds of reports."""
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        abort(400)
    if isinstance(read, dict):
        read = [{"type": "csp-violation", "body": read.get("csp-report")}]
    if not isinstance(read, list):
        abort(400)
    violations = [
        each.get("body")
        for each in read
        if isinstance(each, dict) and each.get("type") == "csp-violation"
    ]
    return [each for each in violations if isinstance(each, dict)]


def _tell(report: Mapping[str, Any]) -> None:
    blocked = _kind_of(_value(report, "blockedURL", "blocked-uri"))
    source = _kind_of(_value(report, "sourceFile", "source-file"))
    if "extension" in f"{blocked} {source}":
        return  # what somebody's browser adds to pages is not the portal's
    _log.warning(
        "page against its policy: %s blocked %s on %s, by %s",
        _plain(_value(report, "effectiveDirective", "effective-directive", "violated-directive")),
        blocked,
        _route(_value(report, "documentURL", "document-uri")),
        source,
    )


def _value(report: Mapping[str, Any], *names: str) -> str:
    found = (report.get(name) for name in names)
    return next((each for each in found if isinstance(each, str)), "")


def _kind_of(address: str) -> str:
    """A word such as ``inline``, or of an address no more than the scheme and the host."""
    parts = _split(address)
    return _plain(f"{parts[0]}://{parts[1]}" if parts[1] else parts[0] or address) or "-"


def _route(address: str) -> str:
    """The rule of the page, in which no part of the address stands."""
    adapter = current_app.url_map.bind("portal")
    try:
        rule, _values = adapter.match(_split(address)[2] or "/", "GET", return_rule=True)
    except HTTPException:
        return "-"
    return str(rule.rule)


def _split(address: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or "", parts.path
    except ValueError:
        return "", "", ""


def _plain(text: str) -> str:
    return "".join(ch for ch in text if ch.isascii() and (ch.isalnum() or ch in ":/.-_"))[:LONGEST]
