"""Notices in the reader's language, and the pages that they lead to."""

from collections.abc import Callable, Mapping

from flask import url_for
from werkzeug.routing import BuildError

from portal.models import NoticeKind
from portal.notices import wording
from portal.notices.inbox import NoticeView
from portal.web.addresses import document_url
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.wording import code_name

KINDS = tuple(wording.KIND_NAMES)


def kind_name(kind: str) -> str:
    """What a kind of notice, or the digest, is called."""
    return gettext(wording.KIND_NAMES[kind])


def sentence(notice: NoticeView, title: str | None) -> str:
    """What happened, in one sentence. ``title`` is ``None`` where the reader may not know it."""
    taxonomy = services().taxonomy()
    phrase = wording.phrase_of(notice, title, lambda facet, code: code_name(taxonomy, facet, code))
    values = {
        **phrase.values,
        "actor": gettext(wording.NOBODY) if not notice.actor else notice.actor,
    }
    return gettext(phrase.text, **values)


def target(notice: NoticeView, title: str | None) -> str:
    """The page that the notice leads to; the list of notices where it leads nowhere."""
    if wording.is_hidden(notice, title):
        return url_for("notices.show")
    document = document_url(notice.document_id) if notice.document_id and title is not None else ""
    lead = _TARGETS.get(notice.kind)
    return (lead(notice, document) if lead else "") or document or url_for("notices.show")


def page_url(endpoint: str, **values: str | int) -> str:
    """The address of a page of another page group, or an empty text where there is none."""
    try:
        return url_for(endpoint, _anchor=None, _method=None, _scheme=None, _external=None, **values)
    except BuildError:
        return ""


def _part(name: str, key: str) -> Callable[[NoticeView, str], str]:
    return lambda notice, document: f"{document}#{name}-{notice.data.get(key)}"


def _request(notice: NoticeView, _document: str) -> str:
    return page_url("requests.detail", request_id=int(notice.data.get("request", 0)))


def _found(notice: NoticeView, document: str) -> str:
    return document or page_url("saved_searches.show")


def _review(notice: NoticeView, document: str) -> str:
    return page_url("review.show", document_id=notice.document_id or 0) if document else ""


def _difference(notice: NoticeView, document: str) -> str:
    numbers = {name: int(notice.data.get(name, 0)) for name in ("from", "to")}
    if not document or not all(numbers.values()):
        return document
    return page_url("versions.compare_two", document_id=notice.document_id or 0, **numbers)


def _slot(notice: NoticeView, _document: str) -> str:
    return page_url("slots.show", slot_id=notice.data.get("slot_id", 0))


def _jobs(_notice: NoticeView, _document: str) -> str:
    return page_url("admin_jobs.show")


def _webhook(notice: NoticeView, _document: str) -> str:
    return page_url("admin_webhooks.one", webhook_id=int(notice.data.get("webhook", 0)))


_TARGETS: Mapping[str, Callable[[NoticeView, str], str]] = {
    NoticeKind.REVIEW_ASKED: _review,
    NoticeKind.NEW_VERSION: _difference,
    NoticeKind.COMMENT: _part("comment", "comment_id"),
    NoticeKind.MENTION: _part("comment", "comment_id"),
    NoticeKind.PROBLEM_REPORTED: _part("problem", "problem_id"),
    NoticeKind.PROBLEM_ANSWERED: _part("problem", "problem_id"),
    NoticeKind.APPLIED: _part("use", "use_id"),
    NoticeKind.SLOT_DUE: _slot,
    NoticeKind.ALERT: _found,
    NoticeKind.REQUEST_ASKED: _request,
    NoticeKind.REQUEST_ANSWERED: _request,
    NoticeKind.JOB_FAILED: _jobs,
    NoticeKind.WEBHOOK_STOPPED: _webhook,
}
