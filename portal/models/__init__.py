"""The tables, one module per subject. Importing the package registers all of them."""

from portal.models.activity import EventKind, ReaderEvent
from portal.models.documents import Document, DocumentTerm, Section, Status, Version, Visibility
from portal.models.jobs import JobRun
from portal.models.lists import NewestEntry
from portal.models.notices import Notice, NoticeKind
from portal.models.outbox import OutboxEntry
from portal.models.people import Role, Unit, User, UserIndustry
from portal.models.queries import Search, SearchOpen
from portal.models.taxonomy import FACETS, Facet, TaxonomyTerm
from portal.models.vocabulary import LexiconWord, Synonym, SynonymGroup

__all__ = [
    "FACETS",
    "Document",
    "DocumentTerm",
    "EventKind",
    "Facet",
    "JobRun",
    "LexiconWord",
    "NewestEntry",
    "Notice",
    "NoticeKind",
    "OutboxEntry",
    "ReaderEvent",
    "Role",
    "Search",
    "SearchOpen",
    "Section",
    "Status",
    "Synonym",
    "SynonymGroup",
    "TaxonomyTerm",
    "Unit",
    "User",
    "UserIndustry",
    "Version",
    "Visibility",
]
