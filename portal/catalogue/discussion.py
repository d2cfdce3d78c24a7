"""Everything that colleagues say of one document, as its page shows it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.catalogue.applications import Uses, uses_of
from portal.catalogue.comments import Talk, talk_about
from portal.catalogue.opinions import Opinions, opinions_of
from portal.catalogue.problems import Problems, problems_of
from portal.catalogue.social import require_readable
from portal.catalogue.types import Viewer


@dataclass(frozen=True, slots=True)
class Discussion:
    """Opinions, comments, uses and problems of one document, as far as the viewer sees them."""

    opinions: Opinions
    talk: Talk
    uses: Uses
    problems: Problems


def discussion_of(
    session: Session, viewer: Viewer, document_id: int, *, whole: bool = False
) -> Discussion:
    """What is said of a document, with all comments or the latest.

    Raises ``DocumentNotFound`` for one that the viewer may not read.
    """
    require_readable(session, viewer, document_id)
    return Discussion(
        opinions_of(session, viewer, document_id),
        talk_about(session, viewer, document_id, whole=whole),
        uses_of(session, viewer, document_id),
        problems_of(session, viewer, document_id),
    )
