"""The jobs by which files come in by themselves, and orphans go."""

from collections.abc import Mapping

from portal.accounts import AccountError, find_user, import_user
from portal.accounts.service import IMPORT_LOGIN
from portal.db import utcnow
from portal.ingest.failures import Intake
from portal.ingest.mailbox import Mailbox, take_in_mail
from portal.ingest.watch import watch_folder
from portal.services import Services
from portal.upkeep import collect_orphans


def watch(services: Services) -> Mapping[str, int]:
    """Take in what lies in the watched folder; nothing where none is set."""
    folder = services.settings.watch_dir
    if folder is None:
        return {}
    return watch_folder(_intake(services), folder, _watch_author(services))


def mail(services: Services) -> Mapping[str, int]:
    """Take in what the unread mails of the mailbox bring; nothing where none is set."""
    settings = services.settings
    if not settings.mail_host:
        return {}
    mailbox = Mailbox(
        settings.mail_host,
        settings.mail_port,
        settings.mail_user,
        settings.mail_password,
        settings.mail_folder,
        settings.mail_tls,
    )
    return take_in_mail(_intake(services), mailbox)


def orphans(services: Services) -> Mapping[str, int]:
    """Remove originals that nothing names."""
    collected = collect_orphans(services.db, services.blobs, utcnow())
    return {"files": collected.files, "bytes": collected.size}


def _intake(services: Services) -> Intake:
    return Intake(services.db, services.blobs, services.taxonomy(), services.limits)


def _watch_author(services: Services) -> int:
    login = services.settings.watch_author
    with services.db.write() as session:
        user = import_user(session) if login == IMPORT_LOGIN else find_user(session, login)
        if user is None:
            raise AccountError(f"PORTAL_WATCH_AUTHOR：没有登录名为 {login} 的用户。")
        return user.id
