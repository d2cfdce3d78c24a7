"""The controlled vocabulary as one value."""

import pytest
import sqlalchemy as sa

from portal.catalogue import TaxonomyError
from portal.db import utcnow
from portal.models import TaxonomyTerm
from portal.services import Services


def test_it_works(services: Services) -> None:
    term = services.taxonomy().term("industry", "education")
    assert (term.zh, term.en, term.phase) == ("教育", "Education", "")


def test_names_are_in_the_language_asked_for(services: Services) -> None:
    taxonomy = services.taxonomy()
    assert taxonomy.name("stage", "visit", "zh") == "客户拜访"
    assert taxonomy.name("stage", "visit", "en") == "Customer visit"
    assert taxonomy.name("stage", "visit", "fr") == "客户拜访"


def test_an_unknown_code_lists_the_valid_ones(services: Services) -> None:
    with pytest.raises(TaxonomyError, match=r"“school”.*government、public-safety、education"):
        services.taxonomy().term("industry", "school")


def test_an_unknown_facet_is_an_error_too(services: Services) -> None:
    with pytest.raises(KeyError):
        services.taxonomy().codes("colour")


def test_a_retired_code_keeps_its_place_in_old_addresses_only(services: Services) -> None:
    with services.db.write() as session:
        session.execute(
            sa.update(TaxonomyTerm)
            .where(TaxonomyTerm.facet == "industry", TaxonomyTerm.code == "commerce")
            .values(retired_at=utcnow())
        )
    taxonomy = services.taxonomy()
    assert "commerce" not in taxonomy.codes("industry")
    assert taxonomy.name("industry", "commerce", "zh") == "commerce"


def test_an_administrator_may_add_a_code(services: Services) -> None:
    with services.db.write() as session:
        session.add(
            TaxonomyTerm(facet="industry", code="tourism", zh="文旅", en="Tourism", position=10)
        )
    assert services.taxonomy().codes("industry")[-1] == "tourism"
