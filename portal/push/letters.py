"""The words of what is sent, made when it is sent: from what the person may read at that moment."""

import hashlib
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.catalogue import Viewer, documents_for, load_taxonomy
from portal.catalogue.comments import comment_texts
from portal.languages import Tongue, tongue
from portal.models import (
    Channel,
    Delivery,
    DigestIssue,
    NoticeKind,
    SavedSearch,
    Status,
    User,
)
from portal.notices.inbox import notice_of
from portal.notices.settings import DIGEST, settings_for, wants
from portal.notices.webhook import AddressRefused, check_address
from portal.notices.wording import KIND_NAMES, NOBODY, is_hidden, phrase_of
from portal.push.account_alerts import ACCOUNT_ALERT, write_account_alert
from portal.push.account_mail import ACCOUNT_LINK, write_account_link
from portal.push.channels import SENDER_NAME, ChatMessage, Mail, mail_domain
from portal.push.digest_pages import digest_words, shown, templates
from portal.push.digest_types import Content, Issue
from portal.push.errors import Refused
from portal.push.ledger import ChatLetter, Letter, Write
from portal.push.links import page_url, unsubscribe_url
from portal.push.sanitise import one_line, plain
from portal.text.language import language_tag

ALERT = NoticeKind.ALERT.value
NOTICE = "notice"
_MOST_LISTED = 20


def write_digest(session: Session, settings: Settings, delivery: Delivery) -> Letter | None:
    """The digest as mail or chat message, without what has been withdrawn since it was chosen."""
    row = session.get_one(DigestIssue, delivery.data["issue"])
    content = Content.from_json(row.content)
    issue = shown(session, row.user_id, row.day, content, row.is_short, row.id)
    if not (issue.items or issue.due) or not _wanted(session, delivery, DIGEST):
        return None
    spoken = _tongue(session, delivery)
    words = digest_words(issue, load_taxonomy(session), spoken)
    if delivery.channel == Channel.CHAT:
        return _chat(session, settings, delivery, _digest_chat(settings, issue, words, spoken))
    day = spoken.day(issue.day, "MMMMd")
    subject = spoken.gettext("%(day)s简报：%(summary)s", day=day, summary=words["summary"])
    return _mail(session, settings, delivery, DIGEST, subject, "digest_mail", words)


def write_alert(session: Session, settings: Settings, delivery: Delivery) -> Letter | None:
    """What a saved search found, as mail."""
    search = session.get(SavedSearch, delivery.data["saved_search"])
    if search is None or not search.by_mail or not _wanted(session, delivery, ALERT):
        return None  # the person has stopped it since
    person = session.get_one(User, delivery.user_id)
    spoken = tongue(person.language)
    ids = list(delivery.data["documents"])[:_MOST_LISTED]
    found = documents_for(session, Viewer.of(person), ids)
    readable = [found[each] for each in ids if each in found]
    items = [
        {
            "url": f"/documents/{each.id}",
            "title": one_line(each.title),
            "language": language_tag(each.title),
            "meta": one_line(f"{spoken.name(each.unit_zh, each.unit_en)} · {each.author}"),
        }
        for each in readable
        if each.status == Status.PUBLISHED
    ]
    if not items:
        return None
    subject = spoken.ngettext(
        "“%(name)s”有 %(num)s 份新资料",
        "“%(name)s”有 %(num)s 份新资料",
        len(items),
        name=search.name,
    )
    words = {"name": search.name, "items": items}
    return _mail(session, settings, delivery, ALERT, subject, "alert_mail", words)


def write_notice(session: Session, settings: Settings, delivery: Delivery) -> Letter | None:
    """A notice as mail or chat message; none where it was read or stopped meanwhile.

    The same where it is about a document that the person may no longer read.
    """
    notice = notice_of(session, delivery.user_id, delivery.data["notice"])
    if notice is None or notice.is_read or not _wanted(session, delivery, notice.kind):
        return None
    viewer = Viewer.of(session.get_one(User, delivery.user_id))
    ids = [] if notice.document_id is None else [notice.document_id]
    found = documents_for(session, viewer, ids)
    title = one_line(found[ids[0]].title) if found else None
    if is_hidden(notice, title):
        return None
    taxonomy = load_taxonomy(session)
    spoken = _tongue(session, delivery)
    code = spoken.language.code
    phrase = phrase_of(notice, title, lambda facet, value: taxonomy.name(facet, value, code))
    actor = spoken.gettext(NOBODY) if not notice.actor else notice.actor
    sentence = spoken.gettext(phrase.text, **{**phrase.values, "actor": actor})
    path = f"/notices/{notice.id}"
    if delivery.channel == Channel.CHAT:
        lines = f"{sentence}\n{page_url(settings, path)}"
        kind = spoken.gettext(KIND_NAMES[notice.kind])
        return _chat(session, settings, delivery, ChatMessage(kind, lines))
    comment = notice.data.get("comment_id", 0)
    said = comment_texts(session, {comment}).get(comment, "") if found else ""
    words = {"sentence": sentence, "said": plain(said), "path": path}
    return _mail(session, settings, delivery, notice.kind, sentence, "notice_mail", words)


WRITERS: Mapping[str, Write] = {
    DIGEST: write_digest,
    ALERT: write_alert,
    NOTICE: write_notice,
    ACCOUNT_LINK: write_account_link,
    ACCOUNT_ALERT: write_account_alert,
}
"""Who makes the message of a delivery, by its kind."""


def message_id(settings: Settings, delivery: Delivery) -> str:
    """The mail's own name: the same at every attempt, and no other mail's."""
    facts = f"{delivery.key} {delivery.user_id} {delivery.id}"
    digest = hashlib.sha256(facts.encode()).hexdigest()[:32]
    return f"{digest}@{mail_domain(settings)}"


def _mail(
    session: Session,
    settings: Settings,
    delivery: Delivery,
    kind: str,
    subject: str,
    template: str,
    words: Mapping[str, object],
) -> Mail | None:
    address = session.scalar(sa.select(User.email).where(User.id == delivery.user_id))
    if not address:
        return None
    spoken = _tongue(session, delivery)
    made = templates(spoken)
    stop = unsubscribe_url(settings, delivery.user_id, kind, Channel.MAIL)
    given = {**words, "root": settings.public_url, "unsubscribe": stop}
    return Mail(
        to=address,
        subject=subject,
        text=made.get_template(f"{template}.txt").render(given),
        html=made.get_template(f"{template}.html").render(given),
        message_id=message_id(settings, delivery),
        date=delivery.created_at,
        unsubscribe_url=stop,
        sender_name=spoken.gettext(SENDER_NAME),
    )


def _chat(
    session: Session, settings: Settings, delivery: Delivery, message: ChatMessage
) -> ChatLetter | None:
    address = settings_for(session, delivery.user_id).chat_address
    if not address:
        return None
    try:
        # Again at each call: what a name stands for may have changed since it was entered.
        private = settings.private_webhooks
        return ChatLetter(check_address(address, allow_private=private), message)
    except AddressRefused as error:
        raise Refused(f"不能使用这个机器人地址（{error.reason}）", permanent=True) from error


def _digest_chat(
    settings: Settings, issue: Issue, words: Mapping[str, object], spoken: Tongue
) -> ChatMessage:
    lines = [str(words["summary"])]
    if not issue.is_short:
        lines += [f"· {one_line(each.document.title)}" for each in issue.items]
    lines.append(page_url(settings, f"/digest/{issue.day}"))
    title = spoken.gettext("%(day)s简报", day=words["day"])
    return ChatMessage(title, "\n".join(lines))


def _tongue(session: Session, delivery: Delivery) -> Tongue:
    return tongue(session.get_one(User, delivery.user_id).language)


def _wanted(session: Session, delivery: Delivery, kind: str) -> bool:
    if session.get_one(User, delivery.user_id).deactivated_at is not None:
        return False
    return wants(settings_for(session, delivery.user_id), kind, Channel(delivery.channel))
