"""The jobs that push: alerts, the nightly digest, and sending."""

from collections.abc import Mapping

from portal.db import utcnow
from portal.push.alerts import run_alerts
from portal.push.digest import make_digests
from portal.push.ledger import send_due
from portal.push.letters import WRITERS
from portal.push.notify import ask_for_notices
from portal.push.webhook_send import send_webhooks
from portal.services import Services


def alerts(services: Services) -> Mapping[str, int]:
    """Tell people of new matches of their saved searches, and propose answers to requests."""
    found = run_alerts(services, utcnow())
    return {
        "searches": found.searches,
        "matches": found.matches,
        "notices": found.notices,
        "proposed": found.proposed,
    }


def digest(services: Services) -> Mapping[str, int]:
    """Make today's digests where they are missing."""
    made = make_digests(services, utcnow().astimezone(services.settings.timezone).date())
    return {"made": made.made, "silent": made.silent, "kept": made.kept}


def notices(services: Services) -> Mapping[str, int]:
    """Ask for mails and chat messages of new notices, outside quiet hours."""
    with services.db.write() as session:
        return {"asked": ask_for_notices(session, services.settings, utcnow())}


def deliveries(services: Services) -> Mapping[str, int]:
    """Send the mails and chat messages that are due."""
    sent = send_due(services.settings, services.db, WRITERS)
    return {
        "sent": sent.sent,
        "failed": sent.failed,
        "withdrawn": sent.withdrawn,
        "waiting": sent.waiting,
    }


def webhooks(services: Services) -> Mapping[str, int]:
    """Tell subscribed systems what happened to documents."""
    sent = send_webhooks(services.settings, services.db)
    return {
        "sent": sent.sent,
        "failed": sent.failed,
        "withdrawn": sent.withdrawn,
        "asked": sent.waiting,
    }
