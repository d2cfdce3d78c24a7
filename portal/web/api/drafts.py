"""Bringing documents in: a file becomes a draft, its keys are set, it is handed in for review."""

from dataclasses import replace

from flask import jsonify, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from portal.catalogue import LifeCycleError, TaxonomyError
from portal.catalogue.drafts import (
    LONGEST_TITLE,
    DraftDetails,
    DraftError,
    draft_for,
    keep_separate,
    save_draft,
)
from portal.catalogue.transitions import Action
from portal.db import utcnow
from portal.ingest import Filing, Outcome, Revision, ingest
from portal.ingest.duplicates import near_duplicates
from portal.ingest.handing_in import TWINS, NotReady, hand_in
from portal.ingest.partial import UploadRefused
from portal.ingest.proposals import proposal_for
from portal.models import FACETS, Visibility
from portal.web import drafts, life, upload
from portal.web.api.asked import Body, is_number, known_parameters
from portal.web.api.documents import one_document
from portal.web.api.group import DOCUMENT, blueprint
from portal.web.api.shapes import Json, proposals_json
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.problems import Problem
from portal.web.viewer import current_user_id, current_viewer

# What is the portal's trouble and not the file's: the same file may be taken later.
PASSING = ("scan_failed", "storage_full")
FIELDS = ("title", "visibility", *FACETS)


@blueprint.post("/documents")
def take_in() -> tuple[Response, int, dict[str, str]]:
    """Take a file in as a draft of the caller's."""
    known_parameters()
    file = _file(*FIELDS)
    try:
        outcome = _ingest(file, _filing())
    except TaxonomyError as error:
        raise _unknown(error) from error
    return _created(_added(outcome))


@blueprint.post(f"{DOCUMENT}/versions")
def add_version(document_id: int) -> tuple[Response, int, dict[str, str]]:
    """Take a file in as the next version of a document."""
    known_parameters()
    file = _file("comment")
    revision = Revision(document_id, current_viewer(), request.form.get("comment", ""))
    try:
        outcome = _ingest(file, Filing(current_user_id(), revision=revision))
    except LifeCycleError as error:
        raise _not_now(error) from error
    _added(outcome)
    place = url_for("api.document", document_id=document_id)
    return jsonify(one_document(document_id)), 201, {"Location": place}


@blueprint.get(f"{DOCUMENT}/proposals")
def proposals(document_id: int) -> Response:
    """What the portal proposes for a draft, and what it is much like."""
    known_parameters()
    return jsonify(_proposals(document_id))


@blueprint.patch(DOCUMENT)
def change_draft(document_id: int) -> Response:
    """Change what is filled in; what is left out stays."""
    known_parameters()
    body = Body(*FIELDS, "summary", "keywords")
    try:
        with services().db.write() as session:
            viewer = current_viewer()
            details = _changed(draft_for(session, viewer, document_id).details, body)
            save_draft(session, viewer, document_id, details, services().taxonomy(), utcnow())
    except TaxonomyError as error:
        raise _unknown(error) from error
    except DraftError as error:
        raise _cannot_stand(error) from error
    except LifeCycleError as error:
        raise _not_now(error) from error
    return jsonify(one_document(document_id))


@blueprint.post(f"{DOCUMENT}/submit")
def submit(document_id: int) -> Response:
    """Hand a draft in for review."""
    known_parameters()
    body = Body("comment", "separate", optional=True)
    viewer, now = current_viewer(), utcnow()
    try:
        with services().db.write() as session:
            for other_id, reason in _separate(body):
                keep_separate(session, viewer, document_id, other_id, reason, now)
            hand_in(session, viewer, document_id, Action.SUBMIT, now, body.text("comment", ""))
    except NotReady as error:
        raise _not_ready(document_id, error) from error
    except DraftError as error:
        raise _cannot_stand(error) from error
    except LifeCycleError as error:
        raise _not_now(error) from error
    return jsonify(one_document(document_id))


def _file(*known: str) -> FileStorage:
    if request.mimetype != "multipart/form-data":
        sentence = gettext("请以 multipart/form-data 发送，文件放在 file 里。")
        raise Problem("unsupported-media-type", sentence)
    for name in request.form:
        if name not in known:
            names = "、".join(known)
            sentence = gettext("没有这一项。可用的项：%(names)s", names=names)
            raise Problem("invalid", sentence, field=name)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Problem("invalid", gettext("没有文件。请把文件放在 file 里。"), field="file")
    return file


def _filing() -> Filing:
    title = " ".join(request.form.get("title", "").split())
    if len(title) > LONGEST_TITLE:
        raise _cannot_stand(DraftError("long-title"))
    visibility = request.form.get("visibility") or Visibility.EVERYONE.value
    if visibility not in set(Visibility):
        names = "、".join(Visibility)
        sentence = gettext("可用的值：%(names)s", names=names)
        raise Problem("invalid", sentence, field="visibility")
    keys = {facet: tuple(dict.fromkeys(request.form.getlist(facet))) for facet in FACETS}
    return Filing(
        author_id=current_user_id(),
        keys={facet: codes for facet, codes in keys.items() if codes},
        visibility=Visibility(visibility),
        title=title,
    )


def _ingest(file: FileStorage, filing: Filing) -> Outcome:
    try:
        upload.partial_store().check(file.seek(0, 2))
    except UploadRefused as refused:
        kind = {"too-large": "too-large", "no-room": "unavailable"}.get(refused.reason, "invalid")
        raise Problem(kind, upload.sentence(refused), field="file") from refused
    file.seek(0)
    served = services()
    return ingest(
        served.db,
        served.blobs,
        served.taxonomy(),
        file.read(),
        file.filename or "",
        filing,
        served.limits,
    )


def _added(outcome: Outcome) -> int:
    if outcome.status == "duplicate":
        known = upload.duplicate_answer(outcome)
        holder = outcome.document_id if known.url else None
        raise Problem("duplicate", known.message, field="file", document=holder, url=known.url)
    if outcome.document_id is None:
        kind = "unavailable" if outcome.code in PASSING else "unreadable-file"
        raise Problem(kind, outcome.message, field="file", code=outcome.code)
    return outcome.document_id


def _created(document_id: int) -> tuple[Response, int, dict[str, str]]:
    body = {"document": one_document(document_id), "proposals": _proposals(document_id)}
    return jsonify(body), 201, {"Location": url_for("api.document", document_id=document_id)}


def _proposals(document_id: int) -> Json:
    viewer, settings = current_viewer(), services().settings
    try:
        with services().db.read() as session:
            draft = draft_for(session, viewer, document_id)
            alike = near_duplicates(session, viewer, draft.document)
    except LifeCycleError as error:
        raise _not_now(error) from error
    proposal = proposal_for(draft.document, services().taxonomy(), settings.data_dir)
    return proposals_json(proposal, alike)


def _changed(details: DraftDetails, body: Body) -> DraftDetails:
    if "title" in body:
        details = replace(details, title=" ".join(body.text("title").split()))
    if "summary" in body:
        details = replace(details, summary=body.text("summary").strip())
    if "keywords" in body:
        words = (" ".join(each.split()) for each in body.texts("keywords"))
        details = replace(details, keywords=tuple(dict.fromkeys(filter(None, words))))
    if "visibility" in body:
        chosen = Visibility(body.choice("visibility", tuple(Visibility)))
        details = replace(details, visibility=chosen)
    keys = dict(details.keys)
    keys.update((facet, body.texts(facet)) for facet in FACETS if facet in body)
    return replace(details, keys=keys)


def _separate(body: Body) -> list[tuple[int, str]]:
    found = []
    for each in body.objects("separate"):
        other, reason = each.get("document"), each.get("reason")
        if set(each) != {"document", "reason"} or not isinstance(reason, str):
            raise _no_reason()
        if not is_number(other):
            raise _no_reason()
        found.append((other, reason))
    return found


def _no_reason() -> Problem:
    sentence = gettext(
        "separate 里的每一项都要有 document（资料编号）和 reason（为什么单独成篇）。"
    )
    return Problem("invalid", sentence, field="separate")


def _unknown(error: TaxonomyError) -> Problem:
    sentence = gettext(
        "没有代码“%(code)s”。可用的代码：%(codes)s",
        code=error.code[:40],
        codes="、".join(error.valid),
    )
    return Problem("invalid", sentence, field=error.facet)


def _cannot_stand(error: DraftError) -> Problem:
    field = {"long-title": "title", "keyword": "keywords", "reason": "separate"}
    sentence = str(drafts.SENTENCES[error.code]) % {"text": error.text[:40]}
    return Problem("invalid", sentence, field=field.get(error.code, error.code))


def _not_ready(document_id: int, error: NotReady) -> Problem:
    if error.missing == (TWINS,):
        sentence = gettext(
            "有内容很接近的资料（见 alike）。请在 separate 里写明理由，或者在门户里处理。"
        )
        return Problem(
            "conflict", sentence, field="separate", alike=_proposals(document_id)["alike"]
        )
    return Problem(
        "invalid",
        gettext("提交审核前要先有：%(names)s。", names="、".join(error.missing)),
        field=error.missing[0],
        missing=list(error.missing),
    )


def _not_now(error: LifeCycleError) -> Problem:
    kind = "forbidden" if error.code == "part" else "conflict"
    return Problem(kind, str(life.SENTENCES[error.code]))
