"""Documents that are indexed again and again, as after kills: their old segments merge away."""

from portal.catalogue import Viewer
from portal.db import utcnow
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.models import OutboxEntry
from portal.search import SearchRequest
from portal.upkeep import check
from tests.conftest import Library


def test_a_segment_of_which_nothing_lives_is_merged_like_any_other(library: Library) -> None:
    services = library.services
    filing = Filing(library.person("liujie"), publish=True)
    ids = [
        library.put(f"第{number}号网点回访\n\n专线使用正常。", f"{number}.txt", filing).document_id
        for number in range(3)
    ]
    for _ in range(6):
        for document_id in ids:
            assert document_id is not None
            with services.db.write() as session:
                session.add(OutboxEntry(document_id=document_id, created_at=utcnow()))
            catch_up(services)
    assert services.search.search(SearchRequest("网点回访"), Viewer.anonymous()).total == 3
    assert check(services) == []
