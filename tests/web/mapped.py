"""A library with a knowledge map and its managers, for tests of the map's pages."""

import sqlalchemy as sa

from portal.app import create_app
from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.models import Role, Slot, TaxonomyTerm, User
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

TARIFF = "校园宽带与学生套餐资费表"


class Map:
    """A private copy of the library with managers of education and finance, and its slots."""

    def __init__(self, office: Stock) -> None:
        self.stock, self.services = office, office.services
        with self.services.db.write() as session:
            for login, role, codes in (
                ("linruoxi", Role.INDUSTRY_MANAGER, ("education", "healthcare")),
                ("heping", Role.INDUSTRY_MANAGER, ("finance",)),
            ):
                person = session.scalars(sa.select(User).where(User.login == login)).one()
                person.role = role
                person.industries = list(
                    session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.code.in_(codes)))
                )
        keep_slots(self.services.db, self.services.taxonomy(), utcnow())
        self.app = create_app(self.services.settings, self.services)

    def visitor(self, login: str) -> Visitor:
        return Visitor(self.app).sign_in(login)

    def slot(self, stage: str, kind: str, industry: str = "education") -> int:
        codes = {"industry": industry, "stage": stage, "kind": kind}
        with self.services.db.read() as session:
            ids = {
                facet: session.scalar(
                    sa.select(TaxonomyTerm.id).where(
                        TaxonomyTerm.facet == facet, TaxonomyTerm.code == code
                    )
                )
                for facet, code in codes.items()
            }
            found = session.scalar(
                sa.select(Slot.id).where(
                    Slot.industry_id == ids["industry"],
                    Slot.stage_id == ids["stage"],
                    Slot.kind_id == ids["kind"],
                )
            )
        assert found is not None
        return found


def flashed(visitor: Visitor, answer: Answer) -> list[str]:
    """What the page says that a form led to."""
    assert answer.status == 303, answer.text
    return visitor.get(answer.location).texts(".done, .problem")
