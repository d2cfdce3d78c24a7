"""The audit log: it holds what was done, is only added to, and shows every later change."""

import dataclasses
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import audit
from portal.accounts import add_user
from portal.audit import Act, Actor, AuditFilter, Entry, Origin, Subject, Way
from portal.catalogue.vocabulary import add_synonyms, remove_synonyms
from portal.db import Database, utcnow
from portal.models import AuditEntry, AuditHead, Role
from portal.services import Services, build_services
from portal.upkeep import AuditBroken, anchor_audit, back_up, restore, verify_audit
from tests.conftest import Library
from tests.databases import Databases
from tests.integration.command import Command
from tests.integration.cycle import Cycle

WRITER = """
import sys
from portal import audit
from portal.db import Database
db = Database(sys.argv[1])
for number in range(25):
    with db.write() as session:
        audit.record(session, audit.Act.JOB_ASKED, audit.Subject("job", f"{sys.argv[2]}-{number}"))
"""


def entries(db: Database, **wanted: str) -> list[Entry]:
    with db.read() as session:
        return list(audit.each_entry(session, AuditFilter(**wanted)))  # type: ignore[arg-type]


def note(services: Services, *words: str) -> None:
    for word in words:
        with services.db.write() as session:
            audit.record(session, Act.JOB_ASKED, Subject("job", word))


def tamper(services: Services, statement: str) -> None:
    """What somebody does who has the database in hand: triggers off, change, triggers on."""
    with services.db.engine.begin() as connection:
        if not services.db.is_sqlite:
            connection.exec_driver_sql("ALTER TABLE audit_entries DISABLE TRIGGER ALL")
            connection.exec_driver_sql(statement)
            connection.exec_driver_sql("ALTER TABLE audit_entries ENABLE TRIGGER ALL")
            return
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.exec_driver_sql(query).all()
        for name, _sql in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)
        for _name, sql in triggers:
            connection.exec_driver_sql(sql)


def faults(services: Services) -> list[tuple[str, int]]:
    return [(fault.kind, fault.number) for fault in verify_audit(services).faults]


def test_an_act_is_recorded_with_who_when_where_what_and_about_what(services: Services) -> None:
    with services.db.write() as session:
        user = add_user(
            session, login="linruoxi", name="林若溪", role=Role.ADMINISTRATOR, unit="hq"
        )
    actor = Actor(user.id, "linruoxi", Role.ADMINISTRATOR)
    origin = Origin(actor, Way.WEB, "10.1.2.3")
    with audit.acting(lambda: origin), services.db.write() as session:
        add_synonyms(session, "智算底座 = 算力底座", user.id, utcnow())
    entry = entries(services.db, action="synonyms")[0]
    assert entry.actor == Actor(user.id, "linruoxi")
    assert (entry.way, entry.address) == ("web", "10.1.2.3")
    assert entry.subject is not None
    assert entry.subject.kind == "synonyms"
    assert entry.details == {"words": ["智算底座", "算力底座"]}
    assert utcnow() - entry.at < dt.timedelta(minutes=1)
    assert faults(services) == []


def test_what_is_rolled_back_was_not_done(services: Services) -> None:
    with services.db.write() as session:
        audit.record(session, Act.JOB_PAUSED, Subject("job", "mail"))
        session.rollback()
    assert entries(services.db) == []
    with services.db.read() as session, pytest.raises(RuntimeError, match="writes"):
        audit.record(session, Act.JOB_PAUSED)
    with (
        services.db.write() as session,
        session.begin_nested(),
        pytest.raises(RuntimeError, match="savepoint"),
    ):
        audit.record(session, Act.JOB_PAUSED)


def test_several_acts_of_one_transaction_follow_each_other(services: Services) -> None:
    with services.db.write() as session:
        author = add_user(session, login="a", name="甲", role=Role.ADMINISTRATOR, unit="hq").id
    with services.db.write() as session:
        group = add_synonyms(session, "专线 = 专网", author, utcnow())
        remove_synonyms(session, group)
    assert [entry.action for entry in entries(services.db)] == [
        "account.added",
        "synonyms.added",
        "synonyms.removed",
    ]
    assert faults(services) == []


def test_the_database_refuses_changes_and_deletions(services: Services) -> None:
    note(services, "mail")
    for statement in (
        sa.update(AuditEntry).values(actor_login="nobody"),
        sa.delete(AuditEntry),
    ):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), services.db.write() as one:
            one.execute(statement)
    if not services.db.is_sqlite:
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), services.db.write() as one:
            one.execute(sa.text("TRUNCATE audit_entries"))
    assert len(entries(services.db)) == 1


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit_entries SET actor_login = 'zhoumin' WHERE number = 3", ("altered", 3)),
        ("UPDATE audit_entries SET at = '2020-01-01 00:00:00' WHERE number = 2", ("altered", 2)),
        ("UPDATE audit_entries SET details = '{\"a\":1}' WHERE number = 1", ("altered", 1)),
        ("DELETE FROM audit_entries WHERE number = 2", ("missing", 2)),
        ("DELETE FROM audit_entries WHERE number = 1", ("missing", 1)),
        ("DELETE FROM audit_entries WHERE number >= 4", ("end", 4)),
        ("DELETE FROM audit_entries", ("end", 1)),
    ],
)
def test_a_changed_or_missing_row_is_found(
    services: Services, statement: str, found: tuple[str, int]
) -> None:
    note(services, "mail", "watch", "digest", "purge", "slots")
    assert faults(services) == []
    tamper(services, statement)
    assert found in faults(services)


def test_exchanged_rows_are_found(services: Services) -> None:
    note(services, "mail", "watch", "digest")
    tamper(services, "UPDATE audit_entries SET number = -number WHERE number < 3")
    tamper(services, "UPDATE audit_entries SET number = 3 + number WHERE number < 0")
    assert {"altered", "order"} <= {kind for kind, _number in faults(services)}


def test_rows_cut_off_at_the_end_together_with_the_head_are_found_by_the_anchor(
    services: Services,
) -> None:
    note(services, "mail", "watch", "digest")
    anchor_audit(services)
    kept = entries(services.db)[1]
    tamper(services, "DELETE FROM audit_entries WHERE number = 3")
    with services.db.write() as session:
        session.execute(sa.update(AuditHead).values(number=2, hash=kept.hash))
    assert faults(services) == [("anchor", 3)]
    with pytest.raises(AuditBroken, match="第 3 行"):
        anchor_audit(services)


def test_a_log_computed_anew_without_the_secret_key_is_found_by_the_anchor(
    services: Services,
) -> None:
    note(services, "mail", "watch")
    anchor_audit(services)
    tamper(services, "DELETE FROM audit_entries")
    with services.db.write() as session:
        session.execute(sa.update(AuditHead).values(number=0, hash="0" * 64))
    note(services, "mail", "something-else")
    assert faults(services) == [("anchor", 2)]
    anchors = services.settings.data_dir / audit.ANCHORS
    anchors.write_text(anchors.read_text().replace("2 ", "1 ", 1))
    assert ("unsigned", 0) in faults(services)


def test_the_anchor_is_written_once_for_each_end(services: Services) -> None:
    note(services, "mail")
    assert anchor_audit(services).number == 1
    anchor_audit(services)
    assert len((services.settings.data_dir / audit.ANCHORS).read_text().splitlines()) == 1
    note(services, "mail")
    anchor_audit(services)
    assert verify_audit(services).anchors == 2


def test_writers_at_once_make_one_chain(services: Services) -> None:
    url = services.settings.resolved_database_url
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, str(number)]) for number in range(4)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * 4
    found = entries(services.db)
    assert [entry.number for entry in found] == list(range(1, 101))
    assert len({entry.subject for entry in found}) == 100
    assert faults(services) == []


def test_every_step_of_a_documents_life_and_every_change_of_its_audience_is_there(
    library: Library,
) -> None:
    cycle = Cycle(library)
    document = cycle.draft(text="# 专线底价\n\n网点专线的底价。")
    cycle.submit(document)
    db = library.services.db
    found = entries(db, subject=f"document:{document}")
    assert found[-1].action == "document.submit"
    assert found[-1].actor.login == "liujie"
    assert found[-1].details["to"] == "in-review"
    assert found[-1].details["title"] == "专线底价"


def test_the_log_can_be_searched(services: Services) -> None:
    note(services, "mail", "watch")
    with services.db.write() as session:
        user = add_user(session, login="zhoumin", name="周敏", role=Role.ADMINISTRATOR, unit="hq")
        audit.record(session, Act.SIGN_IN, Subject("user", user.id), actor_id=user.id)
    db = services.db
    assert [entry.action for entry in entries(db, person="ZhouM")] == ["sign-in"]
    assert len(entries(db, action="job")) == 2
    assert len(entries(db, action="jo")) == 0
    assert len(entries(db, subject="watch")) == 1
    assert len(entries(db, subject="user:watch")) == 0
    with services.db.read() as session:
        later = AuditFilter(since=utcnow() + dt.timedelta(days=1))
        assert audit.find(session, later, 0, 10) == ([], 0)
        rows, total = audit.find(session, AuditFilter(), 0, 2)
    assert ([row.number for row in rows], total) == ([4, 3], 4)


def test_a_backup_takes_the_log_and_its_anchors_and_restoring_is_recorded(
    services: Services, databases: Databases, tmp_path: Path
) -> None:
    note(services, "mail")
    anchor_audit(services)
    back_up(services, tmp_path / "backup.zip")
    assert entries(services.db)[-1].action == "portal.backed-up"
    fresh = build_services(
        dataclasses.replace(
            services.settings,
            data_dir=tmp_path / "fresh",
            secret_key="k" * 40,
            database_url=databases.empty(tmp_path / "fresh"),
        )
    )
    restore(fresh, tmp_path / "backup.zip")
    assert [entry.action for entry in entries(fresh.db)] == ["job.asked", "portal.restored"]
    assert (fresh.settings.data_dir / audit.ANCHORS).exists()
    fresh.db.dispose()


def test_the_command_line_verifies_exports_and_anchors(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "1")
    note(services, "mail", "=1+1")
    run = Command(services.settings.data_dir, monkeypatch, capsys)
    assert run("audit", "verify").code == 0
    anchored = run("audit", "anchor").out.strip()
    assert anchored.startswith("2:")
    file = services.settings.data_dir / "audit.csv"
    assert run("audit", "export", file).code == 0
    assert "'=1+1" in file.read_text(encoding="utf-8-sig")
    assert run("audit", "export", file).code == 2
    line = run("audit", "export", "-", "--format", "jsonl", "--subject", "mail").out
    assert json.loads(line)["subject_id"] == "mail"
    exported = entries(services.db, action="audit")[0]
    assert (exported.way, exported.details["rows"]) == ("command", 2)
    assert "@" in exported.address
    assert run("audit", "verify", "--expect", anchored).code == 0
    tamper(services, "UPDATE audit_entries SET action = 'x' WHERE number = 2")
    found = run("audit", "verify", "--json", "--expect", f"2:{'0' * 64}")
    assert found.code == 1
    assert {fault["kind"] for fault in found.json["faults"]} == {"altered", "anchor"}
    assert run("audit", "anchor", "--renew").code == 2
    assert run("check").code == 1


def test_anchors_begin_anew_after_a_change_of_the_secret_key(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note(services, "mail")
    anchor_audit(services)
    monkeypatch.setenv("PORTAL_SECRET_KEY", "another key that signs from today on, long enough")
    run = Command(services.settings.data_dir, monkeypatch, capsys)
    found = run("audit", "verify")
    assert (found.code, "unsigned" in found.out) == (1, True)
    assert run("audit", "anchor", "--renew").code == 0
    assert run("audit", "verify").code == 0
