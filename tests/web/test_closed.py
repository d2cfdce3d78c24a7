"""A document that everybody read, until it was archived: from then on its name is shown nowhere."""

from portal.app import create_app
from portal.catalogue import Viewer
from portal.catalogue.comments import add_comment
from portal.catalogue.lifecycle import change_status
from portal.catalogue.transitions import Action
from portal.db import utcnow
from portal.ingest import Filing, Limits, ingest
from portal.jobs import JOBS, catch_up
from portal.models import User
from tests.web.hidden import LISTS, TOLD
from tests.web.stock import Stock
from tests.web.traces import SAMPLES, addresses_of, plain
from tests.web.visitor import Visitor

TITLE = "青丘专线协议"
KEYS = {"industry": ("education",), "stage": ("solution",), "kind": ("template",)}


def test_what_was_archived_is_named_no_more_to_whom_it_was_shown(office: Stock) -> None:
    services = office.services
    with services.db.read() as session:
        people = {user.login: user for user in session.query(User)}
    reader = Visitor(create_app(services.settings, services)).sign_in("linruoxi")
    reader.submit("/saved", q="青丘", name="订阅", ways="at-once")
    reader.submit("/saved", q="专线", name="专线订阅", ways="digest")
    filing = Filing(people["zhoumin"].id, KEYS, True, title=TITLE)
    taken = ingest(
        services.db,
        services.blobs,
        services.taxonomy(),
        f"# {TITLE}\n\n专线的底价。".encode(),
        f"{TITLE}.md",
        filing,
        Limits(),
    )
    document = taken.document_id
    assert document is not None

    def settle() -> None:
        catch_up(services)
        for name in ("newest", "hottest", *TOLD):
            JOBS[name].run(services)

    settle()
    reader.get(f"/documents/{document}")
    reader.submit(f"/documents/{document}/favourite", wanted="yes")
    with services.db.write() as session:
        add_comment(session, Viewer.of(people["zhoumin"]), document, "@linruoxi 请看", utcnow())
    addresses = [
        *addresses_of(reader.client.application, {**SAMPLES, "document_id": document}),
        *("/", "/notices", "/history", "/favourites", "/digest/", *LISTS),
        *("/feeds/industry/education.rss", "/lists/newest?industry=education", "/map/education"),
    ]
    shown = [address for address in addresses if "青丘" in plain(reader.get(address))]
    assert {"/", "/notices", "/history", "/favourites", "/feeds/industry/education.rss"} <= {*shown}

    with services.db.write() as session:
        person = Viewer.of(people["zhoumin"])
        change_status(session, person, document, Action.ARCHIVE, utcnow(), "过时")
    settle()
    still = [address for address in addresses if TITLE in plain(reader.get(address))]
    assert still == []
