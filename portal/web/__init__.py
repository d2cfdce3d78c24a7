"""The pages. Each module is one page group; a view parses, calls one service, and renders."""

from flask import Flask

from portal.services import Services
from portal.web import (
    accounts,
    addresses,
    admin,
    admin_deliveries,
    admin_intake,
    admin_jobs,
    admin_review_periods,
    admin_searches,
    admin_vocabulary,
    api,
    context,
    digest,
    documents,
    drafts,
    errors,
    feeds,
    front,
    health,
    history,
    knowledge_map,
    language,
    life,
    lifecycle,
    notices,
    opensearch,
    reasons,
    recommendations,
    requests,
    review,
    saved_searches,
    search,
    security,
    settings,
    sizes,
    slot_words,
    slots,
    social,
    statistics,
    suggest,
    templates_pages,
    unsubscribe,
    upload,
    versions,
    viewer,
    wording,
)

__all__ = ["register"]


def register(app: Flask, services: Services) -> None:
    """Add every page, error page and header to the application.

    The order counts where the modules add checks before a request: who reads is settled first.
    """
    for module in (
        context,
        language,
        viewer,
        sizes,
        security,
        errors,
        wording,
        addresses,
        slot_words,
        life,
        reasons,
    ):
        module.init_app(app, services)
    for page_group in (
        front,
        search,
        knowledge_map,
        slots,
        documents,
        lifecycle,
        versions,
        review,
        upload,
        drafts,
        templates_pages,
        accounts,
        health,
        api,
        opensearch,
        suggest,
        admin,
        admin_intake,
        admin_jobs,
        admin_searches,
        admin_vocabulary,
        admin_review_periods,
        recommendations,
        social,
        statistics,
        notices,
        settings,
        unsubscribe,
        history,
        feeds,
        digest,
        saved_searches,
        requests,
        admin_deliveries,
    ):
        app.register_blueprint(page_group.blueprint)
