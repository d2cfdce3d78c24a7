"""The administrators' page of the audit log, and what pages leave in it."""

import csv
import io

import pytest

from portal.app import create_app
from portal.audit import Act, AuditFilter, each_entry, head
from portal.models import Status, Visibility
from portal.web.audit_words import ACTS
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Visitor

AUDIT = "/admin/audit"


class Watched:
    """An office whose administrator reads the log."""

    def __init__(self, office: Stock) -> None:
        self.stock = office
        self.app = create_app(office.services.settings, office.services)
        with office.services.db.read() as session:
            self.before = head(session).number
        self.administrator = Visitor(self.app).sign_in("guanliyuan")

    def acts(self, action: str = "") -> list[tuple[str, str, str]]:
        with self.stock.services.db.read() as session:
            return [
                (entry.action, entry.actor.login, f"{entry.subject.id if entry.subject else ''}")
                for entry in each_entry(session, AuditFilter(action=action))
                if entry.number > self.before
            ]


@pytest.fixture
def watched(office: Stock) -> Watched:
    return Watched(office)


def test_every_act_has_its_words() -> None:
    assert set(ACTS) == set(Act)


def test_signing_in_failing_to_and_signing_out_are_recorded(watched: Watched) -> None:
    visitor = Visitor(watched.app)
    visitor.submit("/login", login="zhoumin", password="不是这个密码")
    visitor.submit("/login", login="我的密码是岭海", password="zhoumin")
    visitor.sign_in("zhoumin")
    visitor.submit("/logout")
    assert watched.acts()[-4:] == [
        ("sign-in.failed", "", "2"),
        ("sign-in.failed", "", ""),
        ("sign-in", "zhoumin", "2"),
        ("sign-out", "zhoumin", "2"),
    ]
    page = watched.administrator.get(f"{AUDIT}?person=zhoumin")
    left, came = page.texts("tbody th")[:2]
    assert left.startswith("退出登录")
    assert came.startswith("登录")
    assert "127.0.0.1" in page.text
    everything = watched.administrator.get(AUDIT)
    assert "我的密码" not in everything.html
    assert PASSWORD not in everything.html


def test_taking_what_not_everybody_may_read_is_recorded(watched: Watched) -> None:
    ids = watched.stock.ids
    visitor = Visitor(watched.app).sign_in("zhoumin")
    assert visitor.get(f"/documents/{ids['平安校园建议书.docx']}/original").status == 200
    assert watched.acts("document.downloaded") == []
    secret = ids["专线底价授权.md"]
    assert visitor.get(f"/documents/{secret}/original").status == 200
    assert visitor.get(f"/documents/{secret}/versions/1/original").status == 200
    assert visitor.get(f"/documents/{secret}/versions/0/original").status == 404
    assert Visitor(watched.app).sign_in("heping").get(f"/documents/{secret}/original").status == 404
    assert (
        watched.acts("document.downloaded") == [("document.downloaded", "zhoumin", str(secret))] * 2
    )


def test_what_administrators_do_is_recorded(watched: Watched) -> None:
    administrator = watched.administrator
    administrator.submit("/admin/vocabulary/synonyms", words="布线 = 综合布线")
    assert [act for act, login, _id in watched.acts() if login == "guanliyuan"] == [
        "sign-in",
        "synonyms.added",
    ]
    page = administrator.get(f"{AUDIT}?action=synonyms.added")
    assert page.texts("tbody th")[0] == "添加同义词 词语：布线、综合布线".replace(" ", "", 1)


def test_a_changed_audience_is_recorded(watched: Watched) -> None:
    draft = watched.stock.ids["组网草稿.md"]
    author = Visitor(watched.app).sign_in("linruoxi")
    form = {"title": "网点组网建议书草稿", "summary": "", "keywords": "", "action": "save"}
    author.submit(f"/documents/{draft}/edit", visibility="unit", **form)
    assert watched.acts("document.visibility") == [("document.visibility", "linruoxi", str(draft))]
    words = watched.administrator.get(f"{AUDIT}?subject=document:{draft}").texts("tbody .told")
    assert words == ["原来：所有同事 · 现在：本单位"]
    assert (Status.DRAFT, Visibility.UNIT) == ("draft", "unit")


def test_the_log_is_searched_by_period_and_subject(watched: Watched) -> None:
    administrator = watched.administrator
    assert administrator.get(f"{AUDIT}?until=2020-01-01").texts(".empty h2") == ["没有这样的记录"]
    assert administrator.get(f"{AUDIT}?since=2020-01-01&action=sign-in").status == 200
    assert administrator.get(f"{AUDIT}?page=999").status == 404
    assert administrator.get(f"{AUDIT}?since=昨天&subject=%25&person=%25").status == 200


def test_the_log_is_taken_away_as_a_table_and_that_is_recorded(watched: Watched) -> None:
    answer = watched.administrator.get(f"{AUDIT}/export.csv?action=sign-in")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["action"] for row in rows} == {"sign-in"}
    assert len(rows[-1]["hash"]) == 64
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=audit-")
    assert watched.acts("audit.exported") == [("audit.exported", "guanliyuan", "")]


def test_nobody_else_reads_the_log(watched: Watched) -> None:
    visitor = Visitor(watched.app).sign_in("linruoxi")
    assert visitor.get(AUDIT).status == 403
    assert visitor.get(f"{AUDIT}/export.csv").status == 403


def test_codes_are_said_in_words_and_kept_for_programs(watched: Watched) -> None:
    Visitor(watched.app).sign_in("zhoumin")
    form = {"name": "周敏", "email": "", "role": "industry-manager", "unit": "yunlan"}
    number = watched.acts("sign-in")[-1][2]
    answer = watched.administrator.submit(f"/admin/people/{number}", **form)
    assert answer.status == 303, answer.text
    changed, came = watched.administrator.get(f"{AUDIT}?subject=user:{number}").texts("tbody th")[
        :2
    ]
    assert "角色：客户经理 → 行业经理" in changed
    assert "登录方式：密码" in came
    rows = csv.reader(io.StringIO(watched.administrator.get(f"{AUDIT}/export.csv").text))
    assert any("sign-in" in row and '"local"' in " ".join(row) for row in rows)
