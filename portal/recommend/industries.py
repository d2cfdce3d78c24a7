"""Industries and how many colleagues each has."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import TaxonomyTerm, User, UserIndustry
from portal.models.lists import ALL_INDUSTRIES


def industry_ids(session: Session) -> dict[int, str]:
    """The industries in use, by number, with their codes; a retired one has no lists."""
    rows = session.execute(
        sa.select(TaxonomyTerm.id, TaxonomyTerm.code)
        .where(TaxonomyTerm.facet == "industry", TaxonomyTerm.retired_at.is_(None))
        .order_by(TaxonomyTerm.position, TaxonomyTerm.id)
    )
    return dict(rows.all())


def head_counts(session: Session) -> dict[int, int]:
    """How many colleagues work in each industry, at least one; under 0 all colleagues there are."""
    counts = dict(
        session.execute(
            sa.select(UserIndustry.term_id, sa.func.count()).group_by(UserIndustry.term_id)
        ).all()
    )
    counts[ALL_INDUSTRIES] = session.scalar(sa.select(sa.func.count(User.id))) or 0
    return {owner: max(1, counts.get(owner, 0)) for owner in (*industry_ids(session), 0)}
