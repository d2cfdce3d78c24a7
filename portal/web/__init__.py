"""The pages. Each module is one page group; a view parses, calls one service, and renders."""

from flask import Flask

from portal.services import Services
from portal.web import (
    accounts,
    addresses,
    admin,
    admin_searches,
    admin_vocabulary,
    api,
    context,
    documents,
    errors,
    front,
    health,
    language,
    opensearch,
    search,
    security,
    suggest,
    viewer,
    wording,
)

__all__ = ["register"]


def register(app: Flask, services: Services) -> None:
    """Add every page, error page and header to the application.

    The order counts where the modules add checks before a request: who reads is settled first.
    """
    for module in (context, language, viewer, security, errors, wording, addresses):
        module.init_app(app, services)
    for page_group in (
        front,
        search,
        documents,
        accounts,
        health,
        api,
        opensearch,
        suggest,
        admin,
        admin_searches,
        admin_vocabulary,
    ):
        app.register_blueprint(page_group.blueprint)
