"""What other systems are told of a document, written in the transaction of the step itself."""

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.transitions import Action, Step
from portal.models import FACETS, Document, DocumentChange, Status, Visibility
from portal.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

_EVENTS: Mapping[str, WebhookEvent] = {
    Action.PUBLISH: WebhookEvent.PUBLISHED,
    Action.RESTORE: WebhookEvent.PUBLISHED,
    Action.SUPERSEDE: WebhookEvent.SUPERSEDED,
    Action.ARCHIVE: WebhookEvent.ARCHIVED,
    Step.NEW_VERSION: WebhookEvent.UPDATED,
    Step.ACCEPT_VERSION: WebhookEvent.UPDATED,
    Step.RESTORE_VERSION: WebhookEvent.UPDATED,
}


def announce(session: Session, document: Document, change: DocumentChange) -> None:
    """Ask for a message to every webhook that wants to know of this step.

    A draft's new version is nobody's news. What not everybody may read goes only where an
    administrator has allowed it.
    """
    event = _EVENTS.get(change.action)
    if event == WebhookEvent.UPDATED and document.status != Status.PUBLISHED:
        return
    if event is None:
        return
    running = sa.select(Webhook).where(Webhook.stopped_at.is_(None)).order_by(Webhook.id)
    for webhook in session.scalars(running):
        if event in webhook.events and wanted_by(webhook, document):
            session.add(
                WebhookDelivery(
                    webhook_id=webhook.id,
                    key=f"change-{change.id}",
                    message=new_message(),
                    event=event,
                    document_id=document.id,
                    data=facts_of(document),
                    created_at=change.at,
                    next_try_at=change.at,
                )
            )


def wanted_by(webhook: Webhook, document: Document) -> bool:
    """Whether a webhook may and wants to know of a document."""
    if document.visibility != Visibility.EVERYONE and not webhook.with_restricted:
        return False
    industries = {term.code for term in document.terms if term.facet == "industry"}
    return not webhook.industries or bool(industries & set(webhook.industries))


def facts_of(document: Document) -> dict[str, Any]:
    """What is told of a document: what it is and where, and nothing of its text."""
    version = document.current
    published = document.published_at
    return {
        "document": document.id,
        "title": document.title,
        "status": document.status,
        "visibility": document.visibility,
        "format": version.format,
        "version": version.number,
        "author": document.author.login,
        **{
            facet: [term.code for term in document.terms if term.facet == facet] for facet in FACETS
        },
        "published": published.isoformat() if published else None,
        "superseded_by": document.superseded_by_id,
    }


def new_message() -> str:
    """A name for a message that no other has."""
    return f"msg_{secrets.token_hex(16)}"
