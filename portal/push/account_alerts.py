"""Mails that tell people what happened to their account, so that whoever did not do it notices.

They cannot be switched off: whoever took an account over would do that first.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from config import Settings
from portal.db import Database
from portal.languages import tongue
from portal.models import Channel, Delivery, User
from portal.push.channels import SENDER_NAME, Mail, mail_configured, mail_domain
from portal.push.digest_pages import templates
from portal.push.ledger import Letter, enqueue
from portal.push.links import page_url
from portal.push.sanitise import one_line

ACCOUNT_ALERT = "account-alert"


class Event(StrEnum):
    """What a person is told of."""

    PASSWORD = "password"  # noqa: S105 - the name of an event
    NEW_DEVICE = "new-device"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody did it: the device's name for people, and the network address."""

    device: str
    address: str


def tell(
    db: Database, settings: Settings, user_id: int, event: Event, place: Place, now: dt.datetime
) -> None:
    """Ask for the mail to the person, if the portal sends mails and knows an address."""
    if not mail_configured(settings):
        return
    with db.write() as session:
        if session.get_one(User, user_id).email:
            data = {"event": event.value, "device": place.device, "address": place.address}
            key = f"{ACCOUNT_ALERT}-{event}-{now.isoformat()}"
            enqueue(session, key, user_id, Channel.MAIL, ACCOUNT_ALERT, data, now)


def write_account_alert(session: Session, settings: Settings, delivery: Delivery) -> Letter | None:
    """The mail; none for a person who was shut out since or has no address any more."""
    user = session.get_one(User, delivery.user_id)
    if user.deactivated_at is not None or not user.email:
        return None
    spoken = tongue(user.language)
    changed = delivery.data["event"] == Event.PASSWORD
    words = {
        "name": user.name,
        "login": user.login,
        "is_password": changed,
        "when": delivery.created_at.astimezone(settings.timezone),
        "device": one_line(delivery.data["device"]),
        "address": delivery.data["address"],
        "url": page_url(settings, "/settings/account"),
    }
    return Mail(
        to=user.email,
        subject=spoken.gettext("知识门户：密码已经修改")
        if changed
        else spoken.gettext("知识门户：在新设备上登录"),
        text=templates(spoken).get_template("account_alert.txt").render(words),
        html=templates(spoken).get_template("account_alert.html").render(words),
        message_id=f"{ACCOUNT_ALERT}-{delivery.id}-{delivery.user_id}@{mail_domain(settings)}",
        date=delivery.created_at,
        sender_name=spoken.gettext(SENDER_NAME),
    )
