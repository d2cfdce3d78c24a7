"""What waits for whoever reads now: the numbers on the bell, in the menu and on the home page."""

from flask import Flask, g

from portal.push.waiting import Waiting, waiting_for
from portal.services import Services
from portal.web.context import services
from portal.web.viewer import current_viewer


def init_app(app: Flask, _services: Services) -> None:
    """Give templates what waits."""
    app.jinja_env.globals.update(what_waits=what_waits)


def what_waits() -> Waiting:
    """What waits for the reader at hand; asked once per page."""
    if "waiting" not in g:
        with services().db.look() as database:
            g.waiting = waiting_for(database, current_viewer())
    found: Waiting = g.waiting
    return found
