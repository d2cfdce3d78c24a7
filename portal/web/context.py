"""The services of the application that answers the present request."""

from typing import cast

from flask import Flask, current_app

from portal.services import Services


def init_app(app: Flask, services: Services) -> None:
    """Remember the services with the application."""
    app.extensions["portal"] = services


def services() -> Services:
    """The services, inside a request."""
    return cast(Services, current_app.extensions["portal"])
