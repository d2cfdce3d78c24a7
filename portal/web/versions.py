"""The versions of a document: history, differences, another one, an older one again."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.catalogue import LifeCycleError, document_for, documents_for
from portal.catalogue.difference import compare
from portal.catalogue.originals import take_original
from portal.catalogue.revisions import restore_version
from portal.catalogue.versions import sections_for
from portal.db import utcnow
from portal.ingest import Filing, Outcome, Revision, ingest
from portal.web.addresses import document_url, page_number
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID, send_original
from portal.web.life import SENTENCES, life
from portal.web.lifecycle import DONE, PROBLEM, attempt
from portal.web.messages import gettext
from portal.web.sentences import said
from portal.web.viewer import current_user_id, current_viewer

NUMBER = "<int(max=2147483647):number>"

blueprint = Blueprint("versions", __name__, url_prefix=f"/documents/{DOCUMENT_ID}/versions")


@blueprint.get("")
def history(document_id: int) -> str:
    """Every version that this reader may see, and for those who work on it every step."""
    with services().db.read() as session:
        document = document_for(session, current_viewer(), document_id)
    return render_template(
        "versions/history.html",
        document=document,
        life=life(document_id),
        taxonomy=services().taxonomy(),
    )


@blueprint.get("/compare")
def compare_two(document_id: int) -> str:
    """What differs between two versions."""
    with services().db.read() as session:
        document = document_for(session, current_viewer(), document_id)
    stands = life(document_id)
    numbers = [version.number for version in stands.versions]
    newest = document.summary.version
    before = max((each for each in numbers if each < newest), default=newest)
    older = _chosen("from", numbers, before)
    newer = _chosen("to", numbers, newest)
    with services().db.read() as session:
        texts = [
            sections_for(session, current_viewer(), document_id, each) for each in (older, newer)
        ]
    return render_template(
        "versions/compare.html",
        document=document,
        life=stands,
        older=older,
        newer=newer,
        difference=compare(*texts),
    )


@blueprint.get(f"/{NUMBER}/original")
def original(document_id: int, number: int) -> Response:
    """The file of one version, always as a download."""
    return send_original(take_original(services().db, current_viewer(), document_id, number))


@blueprint.post("")
def add(document_id: int) -> Response:
    """Take in a file as the next version."""
    if not life(document_id).may_add_version:
        flash(str(SENTENCES["part"]), PROBLEM)
        return redirect(document_url(document_id), 303)
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(gettext("还没有选文件。请选好新版本的文件再上传。"), PROBLEM)
        return redirect(document_url(document_id), 303)
    data = file.stream.read(services().settings.max_upload_bytes + 1)
    try:
        outcome = _take_in(document_id, data, file.filename, request.form.get("comment", ""))
    except LifeCycleError as error:
        flash(str(SENTENCES[error.code]), PROBLEM)
        return redirect(document_url(document_id), 303)
    _say(document_id, outcome)
    return redirect(document_url(document_id), 303)


@blueprint.post(f"/{NUMBER}/restore")
def restore(document_id: int, number: int) -> Response:
    """Let an older version be the one that is read."""
    return attempt(
        document_id,
        lambda session: restore_version(session, current_viewer(), document_id, number, utcnow()),
        gettext("已恢复为第 %(number)s 版。其他版本都还在版本历史里。", number=number),
    )


def _take_in(document_id: int, data: bytes, name: str, comment: str) -> Outcome:
    user_id = current_user_id()
    if user_id is None:
        abort(403)
    revision = Revision(document_id, current_viewer(), comment)
    return ingest(
        services().db,
        services().blobs,
        services().taxonomy(),
        data,
        name,
        Filing(user_id, revision=revision),
        services().limits,
    )


def _say(document_id: int, outcome: Outcome) -> None:
    if outcome.status == "added":
        waits = life(document_id).proposed is not None
        asked = gettext("新版本已提交审核。通过之前，同事们看到的仍是现在的版本。")
        flash(asked if waits else gettext("新版本已经生效，下载过旧版本的同事会收到通知。"), DONE)
        for notice in outcome.notices:
            flash(notice, PROBLEM)
    elif outcome.status == "failed":
        flash(said(outcome.message), PROBLEM)
    elif outcome.document_id == document_id:
        same = gettext("这个文件和本资料已有的一个版本完全相同。要用回它，请在版本历史里恢复。")
        flash(same, PROBLEM)
    else:
        flash(_taken(outcome.document_id), PROBLEM)


def _taken(holder_id: int | None) -> str:
    """That the file is another document's, whose title is told only to those who may read it."""
    ids = [holder_id] if holder_id is not None else []
    with services().db.read() as session:
        found = documents_for(session, current_viewer(), ids)
    for document in found.values():
        title = document.title
        return gettext("这个文件已经收录为另一份资料《%(title)s》，没有重复收录。", title=title)
    return gettext("这个文件已经收录过了，没有重复收录。")


def _chosen(name: str, numbers: list[int], default: int) -> int:
    asked = request.args.get(name)
    if asked is None:
        return default
    number = page_number(asked)
    if number not in numbers:
        abort(404)
    return number
