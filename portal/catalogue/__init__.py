"""What the library holds: the taxonomy, who may read what, and documents as people read them."""

from portal.catalogue.documents import (
    DocumentNotFound,
    document_for,
    documents_for,
    newest_for,
)
from portal.catalogue.lifecycle import publish
from portal.catalogue.standing import LifeCycleError
from portal.catalogue.taxonomy import Taxonomy, TaxonomyError, Term, load_taxonomy
from portal.catalogue.types import DocumentSummary, DocumentView, SectionView, Viewer

__all__ = [
    "DocumentNotFound",
    "DocumentSummary",
    "DocumentView",
    "LifeCycleError",
    "SectionView",
    "Taxonomy",
    "TaxonomyError",
    "Term",
    "Viewer",
    "document_for",
    "documents_for",
    "load_taxonomy",
    "newest_for",
    "publish",
]
