"""Documents as people read them: access is decided here and nowhere else."""

import pytest

from portal.accounts import find_user
from portal.catalogue import (
    DocumentNotFound,
    Viewer,
    document_for,
    documents_for,
    newest_for,
    publish,
)
from portal.ingest import Filing
from portal.models import Role, Visibility
from portal.recommend import refresh_newest
from portal.services import Services
from tests.conftest import Library

TEXT = "云澜校园宽带资费说明\n\n宿舍宽带按学年计费，共三档速率。"


class People:
    """An author, a colleague of the same unit, one of another, an administrator."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.author = library.person("liujie", unit="yunlan", name="刘洁")
        library.person("zhangqi", unit="yunlan")
        library.person("heping", unit="nanyu")
        library.person("admin", Role.ADMINISTRATOR)

    def viewer(self, login: str) -> Viewer:
        with self.library.services.db.read() as session:
            user = find_user(session, login)
            assert user is not None
            return Viewer.of(user)

    def readers(self, document: int) -> set[str]:
        """Who can open the document."""
        found = set()
        viewers = {login: self.viewer(login) for login in ("liujie", "zhangqi", "heping", "admin")}
        viewers |= {"visitor": Viewer.anonymous(), "operator": Viewer.operator()}
        for name, viewer in viewers.items():
            with self.library.services.db.read() as session:
                try:
                    assert document_for(session, viewer, document).summary.id == document
                except DocumentNotFound:
                    assert documents_for(session, viewer, [document]) == {}
                else:
                    assert set(documents_for(session, viewer, [document])) == {document}
                    found.add(name)
        return found

    def put(self, visibility: Visibility = Visibility.EVERYONE, *, published: bool = True) -> int:
        filing = Filing(
            self.author,
            {"stage": ("solution", "visit"), "industry": ("education",)},
            publish=published,
            visibility=visibility,
        )
        document = self.library.put(TEXT, "说明.txt", filing, index=False).document_id
        assert document is not None
        return document


@pytest.fixture
def people(library: Library) -> People:
    return People(library)


ALWAYS = {"liujie", "admin", "operator"}


def test_it_works(people: People, services: Services) -> None:
    document = people.put()
    with services.db.read() as session:
        view = document_for(session, Viewer.anonymous(), document)
    assert view.summary.title == "云澜校园宽带资费说明"
    assert (view.summary.author, view.summary.unit_zh) == ("刘洁", "云澜分公司")
    assert view.summary.keys["stage"] == ("visit", "solution")
    assert view.summary.keys["industry"] == ("education",)
    assert view.summary.keys["kind"] == ()
    assert (view.file_name, view.size) == ("说明.txt", len(TEXT.encode()))
    assert "三档速率" in view.sections[0].text


def test_everyone_reads_what_is_published_for_everyone(people: People) -> None:
    assert people.readers(people.put()) == ALWAYS | {"zhangqi", "heping", "visitor"}


def test_a_unit_reads_what_is_published_for_it(people: People) -> None:
    assert people.readers(people.put(Visibility.UNIT)) == ALWAYS | {"zhangqi"}


def test_only_its_author_reads_what_is_private(people: People) -> None:
    assert people.readers(people.put(Visibility.AUTHOR)) == ALWAYS


@pytest.mark.parametrize("visibility", list(Visibility))
def test_only_its_author_reads_a_draft(people: People, visibility: Visibility) -> None:
    assert people.readers(people.put(visibility, published=False)) == ALWAYS


def test_publishing_opens_a_draft_and_asks_for_indexing_once(
    people: People, services: Services
) -> None:
    document = people.put(published=False)
    for _ in range(2):
        with services.db.write() as session:
            publish(session, document)
    assert "visitor" in people.readers(document)
    with services.db.read() as session:
        view = document_for(session, Viewer.anonymous(), document)
    assert view.summary.status == "published"
    assert view.summary.published_at is not None


def test_a_document_that_does_not_exist_cannot_be_told_from_a_hidden_one(
    people: People, services: Services
) -> None:
    hidden = people.put(published=False)
    for document in (hidden, 999):
        with services.db.read() as session, pytest.raises(DocumentNotFound):
            document_for(session, Viewer.anonymous(), document)
    with services.db.write() as session, pytest.raises(DocumentNotFound):
        publish(session, 999)


def test_the_newest_list_keeps_hidden_documents_to_itself(
    people: People, services: Services
) -> None:
    document = people.put()
    refresh_newest(services.db)
    with services.db.read() as session:
        shown = newest_for(session, Viewer.anonymous(), "education")
        assert [item.id for item in shown] == [document]
        assert newest_for(session, Viewer.anonymous(), "finance") == []
        assert [item.id for item in newest_for(session, Viewer.anonymous())] == [document]
