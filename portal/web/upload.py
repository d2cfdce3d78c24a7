"""Putting files in: several at once in chunks by script, or one at a time by a plain form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.catalogue import documents_for
from portal.catalogue.review import own_unpublished
from portal.db import utcnow
from portal.ingest import Filing, Outcome, ingest
from portal.ingest.partial import CHUNK, Arriving, PartialStore, UploadRefused
from portal.ingest.pipeline import clean_name
from portal.web.context import services
from portal.web.messages import LazyText, gettext, lazy_gettext
from portal.web.sentences import said
from portal.web.viewer import current_user_id, current_viewer
from portal.web.wording import human_size

LONGEST_NAME = 1000
LARGEST_NUMBER = 2**53
REASONS: Mapping[str, LazyText] = {
    "empty": lazy_gettext("这个文件是空的，请检查后再选一次。"),
    "too-large": lazy_gettext("这个文件超过了 %(most)s 的上限，没有上传。请拆分或压缩图片后再试。"),
    "too-many": lazy_gettext("没传完的文件太多了。请先把下面的传完，或者放弃不要的，再传新的。"),
    "too-much": lazy_gettext(
        "没传完的文件加起来太大了。请先把下面的传完，或者放弃不要的，再传新的。"
    ),
    "no-room": lazy_gettext("服务器的磁盘空间不足，暂时收不下这个文件。请告诉管理员，稍后再传。"),
    "gone": lazy_gettext("之前传的部分已经过期。请重新选择这个文件，从头上传。"),
    "offset": lazy_gettext("这一段和已收到的对不上，会从断点重新接上。"),
    "incomplete": lazy_gettext("文件还没有传完，会从断点继续。"),
    "damaged": lazy_gettext("传到的内容和您的文件不一致，没有收录。请重新选择这个文件再传一次。"),
    "missing": lazy_gettext("请先选择一个文件。"),
}

blueprint = Blueprint("upload", __name__, url_prefix="/upload")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a file: a sentence where it needs one, and where to go on."""

    status: str
    title: str
    message: str
    url: str


@blueprint.get("")
def show() -> str:
    """The page: choose files, go on with unfinished ones, and one's own drafts."""
    return _page("")


@blueprint.post("")
def send() -> Response | tuple[str, int]:
    """Take one file from a plain form and go on to its draft."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(sentence(UploadRefused("missing"))), 422
    try:
        size = file.seek(0, 2)
        partial_store().check(size)
    except UploadRefused as refused:
        return _page(sentence(refused)), 422
    file.seek(0)
    answer = _take_in(file.filename, file.read())
    if answer.status == "added":
        return redirect(answer.url, 303)
    return _page(answer.message, answer), 422


@blueprint.post("/parts")
def begin() -> tuple[Response, int]:
    """Start a file, or say how far it has already come."""
    arriving = Arriving(
        name=request.form.get("name", "")[:LONGEST_NAME],
        size=_number("size"),
        modified=_number("modified"),
    )
    try:
        with services().db.write() as session:
            partial = partial_store().begin(session, current_user_id(), arriving, utcnow())
    except UploadRefused as refused:
        return _refusal(refused)
    return jsonify(id=partial.id, received=partial.received, chunk=CHUNK), 200


@blueprint.post("/parts/<upload_id>")
def append(upload_id: str) -> tuple[Response, int]:
    """Take the chunk that begins at ``offset``."""
    store = partial_store()
    chunk = request.get_data(cache=False)
    try:
        with services().db.read() as session:
            partial = store.find(session, current_user_id(), upload_id)
        received = store.append(partial, _number("offset"), chunk)
    except UploadRefused as refused:
        return _refusal(refused)
    return jsonify(received=received), 200


@blueprint.post("/parts/<upload_id>/finish")
def finish(upload_id: str) -> tuple[Response, int]:
    """Take a complete file in as a draft."""
    store = partial_store()
    try:
        with services().db.read() as session:
            partial = store.find(session, current_user_id(), upload_id)
        data = store.read(partial, request.form.get("sha256", "")[:64])
    except UploadRefused as refused:
        return _refusal(refused)
    answer = _take_in(partial.name, data)
    with services().db.write() as session:
        store.discard(session, current_user_id(), upload_id)
    return jsonify(answer), 200


@blueprint.post("/parts/<upload_id>/discard")
def discard(upload_id: str) -> Response:
    """Give up a file that is not complete."""
    with services().db.write() as session:
        partial_store().discard(session, current_user_id(), upload_id)
    flash(gettext("已放弃没传完的文件，其他内容不受影响。"), "upload")
    return redirect(url_for("upload.show"), 303)


def _page(problem: str, answer: Answer | None = None) -> str:
    viewer = current_viewer()
    with services().db.read() as session:
        return render_template(
            "upload/upload.html",
            problem=problem,
            answer=answer,
            waiting=partial_store().waiting(session, current_user_id()),
            drafts=own_unpublished(session, viewer),
            taxonomy=services().taxonomy(),
            largest=services().settings.max_upload_bytes,
        )


def _take_in(name: str, data: bytes) -> Answer:
    outcome = ingest(
        services().db,
        services().blobs,
        services().taxonomy(),
        data,
        name,
        Filing(author_id=current_user_id()),
        services().limits,
    )
    if outcome.status == "added":
        url = url_for("drafts.edit", document_id=outcome.document_id)
        return Answer("added", outcome.title, "", url)
    if outcome.status == "duplicate":
        return duplicate_answer(outcome)
    return Answer("failed", clean_name(name), said(outcome.message), "")


def duplicate_answer(outcome: Outcome) -> Answer:
    """Name the document that is already there only to those who may read it."""
    known = outcome.document_id or 0
    with services().db.read() as session:
        found = documents_for(session, current_viewer(), [known]).get(known)
    if found is None:
        message = gettext(
            "门户里已经有一份内容完全相同的文件，但您没有阅读权限，所以没有重复收录。"
            "如果工作需要，请联系管理员。"
        )
        return Answer("duplicate", outcome.name, message, "")
    message = gettext("和已有的《%(title)s》完全相同，没有重复收录。", title=found.title)
    return Answer("duplicate", found.title, message, url_for("documents.show", document_id=known))


def partial_store() -> PartialStore:
    """Where files lie that are on their way in."""
    settings = services().settings
    return PartialStore(settings.partial_dir, settings.max_upload_bytes)


def _refusal(refused: UploadRefused) -> tuple[Response, int]:
    code = 409 if refused.reason in ("offset", "incomplete") else 422
    body: dict[str, Any] = {"reason": refused.reason, "message": sentence(refused)}
    return jsonify(body | dict(refused.values)), code


def sentence(refused: UploadRefused) -> str:
    """Why a file is not taken, and what to do."""
    values = {name: human_size(value) for name, value in refused.values.items()}
    return str(REASONS[refused.reason]) % values


def _number(name: str) -> int:
    value = request.values.get(name, "")
    if not (value.isascii() and value.isdecimal()) or int(value[:20]) > LARGEST_NUMBER:
        abort(400)
    return int(value)
