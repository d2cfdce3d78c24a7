"""The tables, one module per subject. Importing the package registers all of them."""

from portal.models.documents import Document, DocumentTerm, Section, Status, Version, Visibility
from portal.models.jobs import JobRun
from portal.models.lists import NewestEntry
from portal.models.outbox import OutboxEntry
from portal.models.people import Role, Unit, User, UserIndustry
from portal.models.taxonomy import FACETS, Facet, TaxonomyTerm

__all__ = [
    "FACETS",
    "Document",
    "DocumentTerm",
    "Facet",
    "JobRun",
    "NewestEntry",
    "OutboxEntry",
    "Role",
    "Section",
    "Status",
    "TaxonomyTerm",
    "Unit",
    "User",
    "UserIndustry",
    "Version",
    "Visibility",
]
