"""What the classifier learns from, and signatures of what came in before there were any."""

import sqlalchemy as sa

from portal.ingest import Filing
from portal.ingest.fingerprint import twins
from portal.ingest.proposals import MODEL_FILE, examples
from portal.jobs import uploads
from portal.models import Fingerprint, FingerprintBand, Visibility
from portal.services import Services
from tests.conftest import Library

MANUAL = "".join(f"第{n}步，检查第{n}号机柜的电源指示灯，记入登记表。\n" for n in range(30))


def test_only_what_everyone_may_read_teaches(library: Library, services: Services) -> None:
    author = library.person("linwei")
    for name, publish, visibility in (
        ("公开.txt", True, Visibility.EVERYONE),
        ("草稿.txt", False, Visibility.EVERYONE),
        ("本单位底价.txt", True, Visibility.UNIT),
        ("私人.txt", True, Visibility.AUTHOR),
    ):
        filing = Filing(author, {"kind": ("manual",)}, publish=publish, visibility=visibility)
        library.put(f"{name}的内容", name, filing, index=False)
    with services.db.read() as session:
        (only,) = examples(session)
    assert "公开" in only.head
    assert only.keys["kind"] == ("manual",)


def test_a_small_library_teaches_nothing_and_leaves_no_file(services: Services) -> None:
    assert uploads.classifier(services) == {"documents": 0}
    assert not (services.settings.data_dir / MODEL_FILE).exists()


def test_old_versions_are_signed_by_the_job(library: Library, services: Services) -> None:
    author = library.person("linwei")
    first = library.put(MANUAL, "手册.txt", Filing(author), index=False).document_id
    second = library.put(MANUAL + "完。", "手册二.txt", Filing(author), index=False).document_id
    assert first is not None
    assert second is not None
    with services.db.write() as session:
        session.execute(sa.delete(FingerprintBand))
        session.execute(sa.delete(Fingerprint))
    with services.db.read() as session:
        assert twins(session, first) == []
    assert uploads.signatures(services) == {"versions": 2}
    assert uploads.signatures(services) == {"versions": 0}
    with services.db.read() as session:
        (twin,) = twins(session, first)
    assert twin.document_id == second
    assert twin.likeness > 0.9


def test_signatures_by_other_rules_are_made_anew(library: Library, services: Services) -> None:
    author = library.person("linwei")
    library.put(MANUAL, "手册.txt", Filing(author), index=False)
    with services.db.write() as session:
        session.execute(sa.update(Fingerprint).values(method="other"))
    assert uploads.signatures(services) == {"versions": 1}
