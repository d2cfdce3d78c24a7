"""What monitors, load balancers and Prometheus learn, and what stands in the log."""

import dataclasses
import json
import logging
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from portal.app import create_app
from portal.db import Database
from tests.web.stock import Stock
from tests.web.visitor import Visitor

THROUGH_A_PROXY = {"X-Forwarded-For": "10.1.2.3"}
TOKEN = "token-of-the-monitoring-system-0001"


def without_database(stock: Stock, folder: Path) -> Flask:
    """The portal after its database has gone: an empty file has none of the tables."""
    database = Database(f"sqlite:///{folder / 'empty.db'}")
    return create_app(stock.services.settings, dataclasses.replace(stock.services, db=database))


def figures(text: str) -> dict[str, float]:
    """Every sample of an exposition by name and labels."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The log's lines on requests so far."""
    return [record for record in caplog.records if record.name == "portal.request"]


def test_a_process_that_answers_is_alive_whatever_else_is_wrong(
    stock: Stock, tmp_path: Path
) -> None:
    answer = Visitor(without_database(stock, tmp_path)).get("/healthz")
    assert (answer.status, json.loads(answer.data)) == (200, {"status": "ok"})


def test_a_portal_that_can_work_says_so(stranger: Visitor) -> None:
    answer = stranger.get("/readyz", THROUGH_A_PROXY)
    assert (answer.status, json.loads(answer.data)) == (200, {"status": "ok"})


def test_a_portal_without_its_database_is_not_ready(stock: Stock, tmp_path: Path) -> None:
    answer = Visitor(without_database(stock, tmp_path)).get("/readyz")
    found = json.loads(answer.data)
    assert (answer.status, found["status"]) == (503, "unavailable")
    assert found["checks"]["database"].startswith("unavailable")
    assert found["checks"]["index"] == "ok"


def test_a_portal_without_an_index_is_not_ready(empty: Visitor) -> None:
    answer = empty.get("/readyz")
    assert answer.status == 503
    assert json.loads(answer.data)["checks"]["index"].startswith("not built yet")


def test_reasons_are_for_operators_alone(
    empty: Visitor, manager: Visitor, administrator: Visitor
) -> None:
    assert json.loads(empty.get("/readyz", THROUGH_A_PROXY).data) == {"status": "unavailable"}
    assert "checks" not in json.loads(manager.get("/readyz", THROUGH_A_PROXY).data)
    assert "checks" in json.loads(administrator.get("/readyz", THROUGH_A_PROXY).data)


def test_metrics_count_requests_searches_and_what_waits(guest: Visitor, database_kind: str) -> None:
    before = figures(guest.get("/metrics").html)
    guest.get("/search?q=校园宽带")
    guest.get("/没有这个页面")
    after = figures(guest.get("/metrics").html)

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0)

    search = "[('method', 'GET'), ('route', '/search'), ('status', '200')]"
    nowhere = "[('method', 'GET'), ('route', 'none'), ('status', '404')]"
    assert grown(f"portal_requests_total{search}") == 1
    assert grown(f"portal_requests_total{nowhere}") == 1
    assert grown("portal_request_seconds_count[('route', '/search')]") == 1
    assert grown("portal_search_seconds_count[('kind', 'search')]") == 1
    assert grown(f"portal_database_statements_total[('backend', '{database_kind}')]") > 0
    assert after["portal_cache_bytes[('cache', 'postings')]"] > 0
    assert after["portal_queue_length[('queue', 'outbox')]"] == 0
    assert after["portal_index_lag_seconds[]"] == 0
    assert after["portal_index_documents[]"] > 0
    assert after["portal_scheduler_up[]"] == 0
    assert after["portal_disk_free_bytes[]"] > 0


def test_no_address_and_no_question_stands_in_the_metrics(guest: Visitor) -> None:
    guest.get("/search?q=岭海一中机密报价")
    assert "机密" not in guest.get("/metrics").html


def test_without_a_token_metrics_are_for_this_machine_alone(stranger: Visitor) -> None:
    assert stranger.get("/metrics").status == 200
    assert stranger.get("/metrics", THROUGH_A_PROXY).status == 404
    far = stranger.client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert far.status_code == 404


def test_with_a_token_metrics_ask_for_it(stock: Stock) -> None:
    settings = dataclasses.replace(stock.services.settings, metrics_token=TOKEN)
    services = dataclasses.replace(stock.services, settings=settings)
    monitor = Visitor(create_app(settings, services))
    assert monitor.get("/metrics").status == 404
    wrong = {"Authorization": "Bearer token-of-somebody-else"}
    assert monitor.get("/metrics", wrong).status == 404
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert monitor.get("/metrics", right | THROUGH_A_PROXY).status == 200


def test_each_request_has_a_name_of_its_own(stranger: Visitor) -> None:
    names = {stranger.get("/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(names) == 5


@pytest.mark.parametrize(
    ("offered", "is_kept"),
    [
        ("proxy-7f3a.91_b2", True),
        ("kurz", False),
        ("a" * 65, False),
        ("zwei zeilen {json}", False),
        ('"quotes"&<tags>', False),
    ],
)
def test_a_proxys_name_is_kept_where_it_is_nothing_but_a_name(
    stranger: Visitor, offered: str, is_kept: bool
) -> None:
    name = stranger.get("/healthz", {"X-Request-ID": offered}).headers["X-Request-ID"]
    assert (name == offered) is is_kept


def test_a_request_leaves_one_line_without_what_was_asked(
    office_visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    office_visitor.sign_in("linruoxi")
    caplog.set_level(logging.INFO)
    assert office_visitor.get("/search?q=岭海一中机密报价&industry=education").status == 200
    (line,) = told(caplog)
    said = vars(line)
    assert (said["method"], said["route"], said["status"]) == ("GET", "/search", 200)
    assert said["milliseconds"] > 0
    assert said["person"] is not None
    assert "机密" not in caplog.text


def test_what_machines_ask_all_the_time_leaves_no_line(
    stranger: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for path in ("/healthz", "/readyz", "/metrics", "/static/tokens.css"):
        stranger.get(path)
    assert told(caplog) == []
