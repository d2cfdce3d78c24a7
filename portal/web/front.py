"""The front page: for visitors a search box and ways in, for colleagues what their work needs."""

from flask import Blueprint, render_template, request

from portal.catalogue import newest_for
from portal.models import Role
from portal.web.context import services
from portal.web.homes import industry_home, overview_home, product_home
from portal.web.viewer import Person, current_person, current_viewer

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
def home() -> str:
    """The home of whoever asks."""
    person = current_person()
    if person is None:
        return _visitor()
    if person.role == Role.PRODUCT_MANAGER:
        return _product(person)
    if person.role in (Role.BUSINESS_MANAGER, Role.ADMINISTRATOR):
        return _overview(person)
    return _industry(person)


def _visitor() -> str:
    with services().db.read() as session:
        newest = newest_for(session, current_viewer())
    return render_template("front.html", newest=newest, taxonomy=services().taxonomy())


def _industry(person: Person) -> str:
    taxonomy = services().taxonomy()
    # An address that somebody kept may name what has been retired: the home shows what there is.
    stage = request.args.get("stage", "")
    if stage not in taxonomy.codes("stage"):
        stage = ""
    with services().db.read() as session:
        found = industry_home(session, person, request.args.get("industry", ""), stage)
    tour = not person.toured or "tour" in request.args
    return render_template(
        "home/industry.html", home=found, person=person, taxonomy=taxonomy, tour=tour
    )


def _product(person: Person) -> str:
    with services().db.read() as session:
        found = product_home(session, person)
    return render_template("home/product.html", home=found, taxonomy=services().taxonomy())


def _overview(person: Person) -> str:
    with services().db.read() as session:
        found = overview_home(session, person)
    return render_template(
        "home/overview.html", home=found, person=person, taxonomy=services().taxonomy()
    )
