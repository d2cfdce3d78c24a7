"""Mails with a link that sets a password.

A mail is asked for in the ledger like any other and written when it is sent; the link's secret is
computed then, and stands in no table.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config import Settings
from portal.accounts import find_user, links, people, throttle
from portal.accounts.credentials import may_set_password
from portal.accounts.events import Act, note
from portal.accounts.mail_addresses import person_by_address
from portal.accounts.sessions import Visit
from portal.accounts.throttle import ADDRESS, MAIL, key
from portal.db import Database
from portal.languages import tongue
from portal.models import AccountLink, Channel, Delivery, User
from portal.push.channels import SENDER_NAME, Mail, mail_configured, mail_domain
from portal.push.digest_pages import templates
from portal.push.ledger import Letter, enqueue
from portal.push.links import page_url, signing_key

ACCOUNT_LINK = "account-link"


def ask_reset(db: Database, settings: Settings, who: str, visit: Visit, now: dt.datetime) -> None:
    """Mail a link to the person with a login or mail address, if there is one who may have it.

    Nothing that is returned, raised or taken longer for tells whether there is. Raises
    :class:`TooManyAttempts` where too many mails were asked for.
    """
    typed = who.strip()
    keys = [key(MAIL, "mail", typed.casefold()), key(ADDRESS, "mail-address", visit.address)]
    with db.write() as session:
        throttle.attempt(session, keys, now)
        user = find_user(session, typed) or person_by_address(session, typed)
        note(session, Act.PASSWORD_RESET_ASKED, user)
        if user is not None and user.email and _may_reset(session, user, settings):
            key_ = signing_key(settings)
            link = links.make_link(session, key_, user.id, links.RESET_LASTS, now)
            mail_link(session, user, link.id, now)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for somebody, by mail or for the administrator to hand on. ``until`` is aware."""

    login: str
    name: str
    email: str
    url: str
    until: dt.datetime
    is_mailed: bool


def invite(session: Session, settings: Settings, user_id: int, now: dt.datetime) -> Invitation:
    """Make a link with which a person sets a password, and mail it where that is possible.

    Raises :class:`AccountError` for a deactivated account, and is for administrators.
    """
    user, link_id, token = people.invite(session, signing_key(settings), user_id, now)
    is_mailed = bool(user.email) and mail_configured(settings)
    if is_mailed:
        mail_link(session, user, link_id, now)
    return Invitation(
        login=user.login,
        name=user.name,
        email=user.email or "",
        url=link_url(settings, token),
        until=now + links.INVITATION_LASTS,
        is_mailed=is_mailed,
    )


def mail_link(session: Session, user: User, link_id: int, now: dt.datetime) -> None:
    """Ask for the mail with a link that has been made."""
    enqueue(
        session,
        f"{ACCOUNT_LINK}-{link_id}",
        user.id,
        Channel.MAIL,
        ACCOUNT_LINK,
        {"link": link_id},
        now,
    )


def link_url(settings: Settings, token: str) -> str:
    """The full address that a link's secret opens."""
    return page_url(settings, f"/password/new/{token}")


def write_account_link(session: Session, settings: Settings, delivery: Delivery) -> Letter | None:
    """The mail; none where the link has been used or replaced since, or the person shut out."""
    link = session.get(AccountLink, delivery.data["link"])
    user = session.get_one(User, delivery.user_id)
    if link is None or user.deactivated_at is not None or not user.email:
        return None
    spoken = tongue(user.language)
    words = {
        "name": user.name,
        "login": user.login,
        "is_new": not user.password_hash,
        "until": link.expires_at.astimezone(settings.timezone),
        "url": link_url(settings, links.token_of(signing_key(settings), link.salt)),
        "root": settings.public_url,
    }
    return Mail(
        to=user.email,
        subject=spoken.gettext("知识门户：设置您的密码")
        if words["is_new"]
        else spoken.gettext("知识门户：重新设置密码"),
        text=templates(spoken).get_template("account_link.txt").render(words),
        html=templates(spoken).get_template("account_link.html").render(words),
        message_id=f"{ACCOUNT_LINK}-{link.id}-{link.token_hash[:16]}@{mail_domain(settings)}",
        date=delivery.created_at,
        sender_name=spoken.gettext(SENDER_NAME),
    )


def _may_reset(session: Session, user: User, settings: Settings) -> bool:
    return user.deactivated_at is None and may_set_password(session, user, settings)
