"""The lists of the hottest and the newest, made from events in a real database."""

import pytest
import sqlalchemy as sa

from portal.models import (
    Document,
    Section,
    User,
    Version,
)
from portal.recommend import (
    ReasonCode,
)
from tests.conftest import Library
from tests.integration.reading_office import DAY, EDUCATION, HEALTH, NOW, Office


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_the_hottest_say_how_many_of_the_industry_used_them(office: Office) -> None:
    readers = [office.person(f"reader{number}", EDUCATION) for number in range(3)]
    for reader in readers:
        office.use(reader, office.campus[3])
    office.use(office.person("heping", HEALTH), office.campus[2])
    office.use(readers[0], office.campus[1], at=NOW - 20 * DAY)
    office.use(readers[0], office.campus[0], at=NOW - 40 * DAY)
    office.refresh()
    items = office.lists(readers[0], EDUCATION).hottest
    assert [(item.document.id, item.reason.code, item.reason.data) for item in items] == [
        (office.campus[3], ReasonCode.INDUSTRY_WEEK, {"count": 3}),
        (office.campus[2], ReasonCode.WEEK, {"count": 1}),
        (office.campus[1], ReasonCode.MONTH, {"count": 1}),
        (office.campus[0], ReasonCode.EARLIER, {}),
    ]


def test_the_hot_list_changes_at_the_next_refresh(office: Office) -> None:
    office.use(office.person("reader0"), office.campus[0])
    office.refresh()
    for number in (1, 2):
        office.use(office.person(f"reader{number}"), office.campus[4])
    assert office.lists(office.author).hottest[0].document.id == office.campus[0]
    office.refresh()
    assert office.lists(office.author).hottest[0].document.id == office.campus[4]


def test_a_small_industry_stands_beside_a_large_one(office: Office) -> None:
    for number in range(25):
        office.person(f"laoshi{number}", EDUCATION)
    with office.services.db.read() as session:
        teachers = session.scalars(sa.select(User.id).where(User.login.like("laoshi%"))).all()
    for reader in teachers[:4]:
        office.use(reader, office.campus[0])
    for number in range(2):
        office.use(office.person(f"yisheng{number}", HEALTH), office.clinic[0])
    office.refresh()
    hottest = office.lists(office.author).hottest
    assert [item.document.id for item in hottest[:2]] == [office.clinic[0], office.campus[0]]


def test_a_new_document_has_a_head_start_that_fades(office: Office) -> None:
    new = office.put("刚发布的方案", EDUCATION, "solution", "proposal")
    with office.services.db.write() as session:
        session.execute(sa.update(Document).where(Document.id == new).values(published_at=NOW))
    office.use(office.person("reader0", EDUCATION), office.campus[0])
    office.refresh(NOW)
    hottest = office.lists(office.author, EDUCATION).hottest
    assert (hottest[0].document.id, hottest[0].reason.code) == (new, ReasonCode.JUST_PUBLISHED)
    office.refresh(NOW + 4 * DAY)
    assert new not in [item.document.id for item in office.lists(office.author, EDUCATION).hottest]


def test_a_new_version_counts_as_new_where_its_text_differs(office: Office) -> None:
    with office.services.db.write() as session:
        for document, text in ((office.campus[0], "全新的内容"), (office.campus[1], "")):
            present = session.get_one(Document, document).versions[0]
            version = Version(
                document_id=document,
                number=2,
                file_name="再来.md",
                format="md",
                media_type="text/markdown",
                size=1,
                sha256=f"{document:064d}",
                notices=[],
                created_at=NOW,
                published_at=NOW,
                sections=[
                    Section(
                        ordinal=section.ordinal,
                        place_kind=section.place_kind,
                        place_number=section.place_number,
                        place_label=section.place_label,
                        heading=section.heading,
                        text=text or f"  {section.text}\n",
                    )
                    for section in present.sections
                ],
            )
            session.add(version)
            changed = session.get_one(Document, document)
            changed.current_number = 2
    office.refresh()
    newest = office.lists(office.author, EDUCATION).newest
    assert (newest[0].document.id, newest[0].reason.code) == (office.campus[0], ReasonCode.UPDATED)
    assert newest[0].reason.data["version"] == 2
    same = next(item for item in newest if item.document.id == office.campus[1])
    assert same.reason.code == ReasonCode.PUBLISHED


def test_touching_a_document_does_not_make_it_new(office: Office) -> None:
    office.refresh()
    before = [item.document.id for item in office.lists(office.author).newest]
    with office.services.db.write() as session:
        document = session.get_one(Document, before[-1])
        document.title = "改了标题"
        document.published_at = NOW
    office.refresh()
    assert [item.document.id for item in office.lists(office.author).newest] == before
