"""Search never shows, counts or hints at what the reader may not open."""

from collections.abc import Iterator

import pytest

from config import Settings
from portal.accounts import find_user
from portal.catalogue import Viewer, publish
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.models import Document, Role, Visibility
from portal.search import ResultPage, SearchRequest
from portal.services import Services, build_services
from tests.conftest import Library
from tests.databases import Databases

KEYS = {"industry": ("finance",), "kind": ("tariff",), "stage": ("negotiation",)}


def bank_in(services: Services) -> Services:
    """Four documents on bank lines: for everyone, for the Yunlan branch, a draft, a private one."""
    library = Library(services)
    author = library.person("liujie", unit="yunlan", name="刘洁")
    library.person("zhangqi", unit="yunlan")
    library.person("heping", unit="nanyu")
    library.person("admin", Role.ADMINISTRATOR)
    for name, published, visibility in (
        ("公开", True, Visibility.EVERYONE),
        ("本单位", True, Visibility.UNIT),
        ("草稿", False, Visibility.EVERYONE),
        ("私人", True, Visibility.AUTHOR),
    ):
        filing = Filing(author, KEYS, published, visibility)
        text = f"银行网点专线底价（{name}）\n\n网点专线月租与折扣。"
        library.put(text, f"{name}.txt", filing, index=False)
    catch_up(services)
    return services


@pytest.fixture(scope="module")
def bank(
    tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[Services]:
    """The bank's documents, which no test changes."""
    folder = tmp_path_factory.mktemp("bank")
    address = lasting_databases.migrated(folder)
    services = build_services(Settings(data_dir=folder, demo=True, database_url=address))
    yield bank_in(services)
    services.db.dispose()


@pytest.fixture
def changing_bank(services: Services) -> Services:
    """The bank's documents for a test that changes them."""
    return bank_in(services)


def viewer(services: Services, login: str) -> Viewer:
    if login == "visitor":
        return Viewer.anonymous()
    with services.db.read() as session:
        user = find_user(session, login)
    assert user is not None
    return Viewer.of(user)


def ask(services: Services, login: str, text: str, **more: str) -> ResultPage:
    filters = {facet: (code,) for facet, code in more.items()}
    return services.search.search(SearchRequest(text, filters), viewer(services, login))


READERS = {
    "visitor": {"公开"},
    "heping": {"公开"},
    "zhangqi": {"公开", "本单位"},
    "liujie": {"公开", "本单位", "草稿", "私人"},
    "admin": {"公开", "本单位", "草稿", "私人"},
}
QUESTIONS = (
    "网点专线",
    "",
    '"网点专线月租"',
    "-医院",
    "金融 专线",
    "点专",  # a piece of a word: the substring pass
    "专线 OR 宽带",
    "标题:专线",
    "作者:liujie",
    "行业:金融保险",
)


@pytest.mark.parametrize("login", READERS)
@pytest.mark.parametrize("text", QUESTIONS)
def test_everyone_finds_and_counts_what_they_may_open(
    bank: Services, login: str, text: str
) -> None:
    found = ask(bank, login, text)
    names = {hit.document.title.split("（")[1].rstrip("）") for hit in found.hits}
    assert names == READERS[login]
    assert found.total == len(READERS[login])
    for facet, code in (("industry", "finance"), ("kind", "tariff"), ("format", "txt")):
        counts = {row.code: row.count for row in found.facets[facet]}
        assert counts == {code: len(READERS[login])}


@pytest.mark.parametrize("text", ["本单位", "草稿", "私人", '"底价（草稿）"', "标题:私人"])
def test_words_of_hidden_documents_lead_nowhere(bank: Services, text: str) -> None:
    hidden = ask(bank, "visitor", text)
    titles = [hit.document.title for hit in hidden.hits]
    assert all("公开" in title for title in titles)
    assert ask(bank, "admin", text).total >= 1


def test_filters_do_not_open_doors(bank: Services) -> None:
    found = ask(bank, "heping", "", industry="finance", kind="tariff")
    assert found.total == 1
    assert [row.count for row in found.facets["kind"]] == [1]


def test_publishing_a_draft_opens_it_to_its_audience(changing_bank: Services) -> None:
    bank = changing_bank

    draft = next(
        hit.document.id for hit in ask(bank, "admin", "草稿").hits if hit.document.status == "draft"
    )
    with bank.db.write() as session:
        publish(session, draft)
    # The index is behind: nothing is shown yet, and nothing breaks.
    assert ask(bank, "visitor", "网点专线").total == 1
    catch_up(bank)
    assert ask(bank, "visitor", "网点专线").total == 2


def test_a_stale_index_shows_nobody_what_was_taken_back(changing_bank: Services) -> None:
    """The database has the last word on what is shown, even before the index follows."""
    bank = changing_bank

    public = ask(bank, "visitor", "网点专线").hits[0].document.id
    with bank.db.write() as session:
        session.get_one(Document, public).visibility = Visibility.AUTHOR
    assert ask(bank, "visitor", "网点专线").hits == ()
