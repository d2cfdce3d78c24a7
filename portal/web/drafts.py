"""A draft's own page: what is proposed, what the author makes of it, and what it is like."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.catalogue import LifeCycleError
from portal.catalogue.discard import discard_draft, may_discard
from portal.catalogue.drafts import (
    LONGEST_REASON,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_KEYWORDS,
    Draft,
    DraftDetails,
    DraftError,
    draft_for,
    keep_separate,
    save_draft,
    split_keywords,
)
from portal.catalogue.review import own_unpublished
from portal.catalogue.revisions import adopt_draft
from portal.catalogue.transitions import Action
from portal.db import utcnow
from portal.ingest.classify import Proposal
from portal.ingest.duplicates import near_duplicates
from portal.ingest.handing_in import NotReady, hand_in
from portal.ingest.proposals import accept, proposal_for
from portal.models import Visibility
from portal.web.addresses import document_url
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID
from portal.web.messages import LazyText, gettext, lazy_gettext
from portal.web.viewer import current_viewer
from portal.web.wording import FACET_NAMES, code_name

# In the order in which an author thinks of them.
FACETS = ("industry", "kind", "stage", "work_type", "product", "library")
SINGLE = ("kind", "library")
LONGEST_FIELD = 2000
VISIBILITY_NAMES: Mapping[Visibility, LazyText] = {
    Visibility.EVERYONE: lazy_gettext("所有同事"),
    Visibility.UNIT: lazy_gettext("仅本单位"),
    Visibility.AUTHOR: lazy_gettext("仅自己"),
}
SENTENCES: Mapping[str, LazyText] = {
    "title": lazy_gettext("请给资料起一个标题，其他内容都还在。"),
    "long-title": lazy_gettext("标题太长了，最多 200 个字。"),
    "summary": lazy_gettext("摘要太长了，最多 400 个字。"),
    "keyword": lazy_gettext("关键词“%(text)s”太长了，每个最多 20 个字；多个词请用顿号隔开。"),
    "keywords": lazy_gettext("关键词太多了，最多 10 个，留下最要紧的就好。"),
    "reason": lazy_gettext("请写一句为什么要单独成篇，最多 300 个字。"),
    "industry": lazy_gettext("请先选好行业，这样才知道请谁审核。草稿已经保存。"),
    "kind": lazy_gettext("请先选好资料类型，再提交审核。草稿已经保存。"),
    "twins": lazy_gettext("有内容很接近的资料，请先在下面选择怎么处理，再提交。草稿已经保存。"),
}

blueprint = Blueprint("drafts", __name__)


@dataclass(frozen=True, slots=True)
class Option:
    """A code that can be chosen; ``proposed`` where the text speaks for it.

    ``confidence`` is from 0 to 1, ``None`` where only the name speaks for it.
    """

    code: str
    name: str
    chosen: bool
    proposed: bool
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Field:
    """A facet on the form; ``single`` where a document has one code of it."""

    facet: str
    name: str
    single: bool
    needed: bool
    options: tuple[Option, ...]


@blueprint.get(f"/documents/{DOCUMENT_ID}/edit")
def edit(document_id: int) -> Response | str:
    """The form, with what is proposed beside what is filled in."""
    try:
        return _page(document_id, None, "")
    except LifeCycleError as error:
        return _no_draft(document_id, error)


@blueprint.post(f"/documents/{DOCUMENT_ID}/edit")
def save(document_id: int) -> Response | tuple[str, int]:
    """Store the form; then accept proposals, hand the draft in or publish it, as was asked."""
    wanted = request.form.get("action", "save")
    details = _filled_in()
    try:
        if wanted.startswith("accept"):
            details = _accepted(document_id, details, wanted)
        with services().db.write() as session:
            save_draft(
                session, current_viewer(), document_id, details, services().taxonomy(), utcnow()
            )
        if wanted in (Action.SUBMIT, Action.PUBLISH):
            return _hand_in(document_id, details, Action(wanted))
    except DraftError as error:
        return _page(document_id, details, _sentence(error)), 422
    except LifeCycleError as error:
        return _no_draft(document_id, error)
    accepted = gettext("已采用建议，请核对后提交。")
    flash(accepted if wanted.startswith("accept") else gettext("草稿已保存。"), "upload")
    return redirect(url_for("drafts.edit", document_id=document_id), 303)


@blueprint.post(f"/documents/{DOCUMENT_ID}/adopt")
def adopt(document_id: int) -> Response:
    """Make the draft the next version of the document that it is like."""
    other_id = _other()
    try:
        with services().db.write() as session:
            adopt_draft(session, current_viewer(), document_id, other_id, utcnow())
    except LifeCycleError as error:
        return _no_draft(document_id, error)
    flash(gettext("已作为新版本收进这份资料，旧版本都保留着。"), "upload")
    return redirect(document_url(other_id), 303)


@blueprint.post(f"/documents/{DOCUMENT_ID}/separate")
def separate(document_id: int) -> Response | tuple[str, int]:
    """Keep the draft a document of its own, for the reason given."""
    reason = request.form.get("reason", "")[:LONGEST_FIELD]
    try:
        with services().db.write() as session:
            keep_separate(session, current_viewer(), document_id, _other(), reason, utcnow())
    except DraftError as error:
        return _page(document_id, None, _sentence(error)), 422
    except LifeCycleError as error:
        return _no_draft(document_id, error)
    flash(gettext("记下了：这是一份独立的资料。"), "upload")
    return redirect(url_for("drafts.edit", document_id=document_id), 303)


@blueprint.get(f"/documents/{DOCUMENT_ID}/discard")
def ask_to_discard(document_id: int) -> Response | str:
    """Ask once more before a draft is deleted."""
    viewer = current_viewer()
    try:
        with services().db.read() as session:
            draft = draft_for(session, viewer, document_id)
            if not may_discard(session, viewer, document_id):
                raise LifeCycleError("way")
    except LifeCycleError as error:
        return _no_draft(document_id, error)
    return render_template("upload/discard.html", document=draft.document)


@blueprint.post(f"/documents/{DOCUMENT_ID}/discard")
def discard(document_id: int) -> Response:
    """Delete a draft that was never submitted."""
    try:
        with services().db.write() as session:
            title = discard_draft(session, current_viewer(), document_id, utcnow())
    except LifeCycleError as error:
        return _no_draft(document_id, error)
    flash(gettext("已删除草稿《%(title)s》。", title=title), "upload")
    return redirect(url_for("upload.show"), 303)


def _hand_in(document_id: int, details: DraftDetails, action: Action) -> Response | tuple[str, int]:
    try:
        with services().db.write() as session:
            hand_in(session, current_viewer(), document_id, action, utcnow())
    except NotReady as error:
        return _page(document_id, details, str(SENTENCES[error.missing[0]])), 422
    told = {
        Action.SUBMIT: gettext("已提交审核，有结果会通知您。"),
        Action.PUBLISH: gettext("已发布，同事们几秒后就能搜到。"),
    }
    flash(told[action], "upload")
    return redirect(document_url(document_id), 303)


def _page(document_id: int, details: DraftDetails | None, problem: str) -> str:
    viewer = current_viewer()
    taxonomy = services().taxonomy()
    with services().db.read() as session:
        draft = draft_for(session, viewer, document_id)
        is_untold = may_discard(session, viewer, document_id)
        twins = near_duplicates(session, viewer, draft.document)
        others = [each for each in own_unpublished(session, viewer) if each.id != document_id]
    proposal = _proposal(draft)
    shown = details or draft.details
    return render_template(
        "upload/edit.html",
        draft=draft,
        details=shown,
        proposal=proposal,
        fields=[_field(facet, shown, proposal) for facet in FACETS],
        twins=twins,
        may_discard=is_untold,
        drafts_left=sum(each.status in ("draft", "returned") for each in others),
        problem=problem,
        taxonomy=taxonomy,
        visibilities=VISIBILITY_NAMES,
        limits={
            "title": LONGEST_TITLE,
            "summary": LONGEST_SUMMARY,
            "keywords": MOST_KEYWORDS,
            "reason": LONGEST_REASON,
        },
    )


def _proposal(draft: Draft) -> Proposal:
    return proposal_for(draft.document, services().taxonomy(), services().settings.data_dir)


def _field(facet: str, details: DraftDetails, proposal: Proposal) -> Field:
    taxonomy = services().taxonomy()
    chosen = details.keys.get(facet, ())
    proposed = {each.code: each.confidence for each in proposal.keys.get(facet, ())}
    options = tuple(
        Option(
            code=term.code,
            name=code_name(taxonomy, facet, term.code),
            chosen=term.code in chosen,
            proposed=term.code in proposed,
            confidence=proposed.get(term.code),
        )
        for term in taxonomy.terms[facet]
    )
    single = facet in SINGLE and len(chosen) < 2
    return Field(facet, str(FACET_NAMES[facet]), single, facet in ("industry", "kind"), options)


def _filled_in() -> DraftDetails:
    taxonomy = services().taxonomy()
    visibility = request.form.get("visibility", "")
    if visibility not in set(Visibility):
        abort(400)
    keys = {
        facet: tuple(
            code
            for code in dict.fromkeys(request.form.getlist(facet))
            if code in taxonomy.codes(facet)
        )
        for facet in FACETS
    }
    return DraftDetails(
        title=" ".join(request.form.get("title", "")[:LONGEST_FIELD].split()),
        summary=request.form.get("summary", "")[:LONGEST_FIELD].strip(),
        keywords=split_keywords(request.form.get("keywords", "")[:LONGEST_FIELD]),
        keys=keys,
        visibility=Visibility(visibility),
    )


def _accepted(document_id: int, details: DraftDetails, wanted: str) -> DraftDetails:
    with services().db.read() as session:
        proposal = _proposal(draft_for(session, current_viewer(), document_id))
    if wanted == "accept-summary":
        return replace(details, summary=proposal.summary)
    if wanted == "accept-keywords":
        return replace(details, keywords=proposal.keywords)
    return accept(details, proposal, SINGLE)


def _other() -> int:
    value = request.form.get("other", "")
    if not (value.isascii() and value.isdecimal()) or len(value) > 10:
        abort(400)
    return int(value)


def _sentence(error: DraftError) -> str:
    return str(SENTENCES[error.code]) % {"text": error.text[:LONGEST_FIELD]}


def _no_draft(document_id: int, error: LifeCycleError) -> Response:
    if error.code == "part":
        abort(403)
    flash(gettext("这份资料现在不是草稿了，或者刚被别人改过，所以没有改动它。"), "upload")
    return redirect(document_url(document_id), 303)
