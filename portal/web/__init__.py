"""The pages. Each module is one page group; a view parses, calls one service, and renders."""

from flask import Flask

from portal.services import Services
from portal.web import (
    accounts,
    addresses,
    context,
    documents,
    errors,
    front,
    health,
    language,
    search,
    security,
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
    for page_group in (front, search, documents, accounts, health):
        app.register_blueprint(page_group.blueprint)
