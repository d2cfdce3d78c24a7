"""The night's command, killed with signal 9 and started again: everyone has exactly one."""

import random
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from benchmarks.digest_library import fill_night
from benchmarks.digests import night, night_environment
from portal.models import Delivery, DeliveryState
from portal.services import Services
from tests.integration.post_office import post_office

NIGHT = [sys.executable, "-m", "portal", "digest"]


def test_everyone_gets_exactly_one_however_often_the_command_is_killed(tmp_path: Path) -> None:
    found = night(tmp_path, managers=60, documents=300, kills=5, seed=7)
    assert found.is_right, found
    assert found.twice == 0


def test_a_mail_that_the_server_had_when_the_sender_was_killed_is_not_sent_again(
    services: Services,
) -> None:
    fill_night(services, 8, 300, random.Random(7))
    with post_office() as office:
        environment = night_environment(services.settings.data_dir, office.port)
        environment["PORTAL_DATABASE_URL"] = services.settings.resolved_database_url
        sender = subprocess.Popen(NIGHT, env=environment)
        office.on_mail = sender.kill
        sender.wait()
        assert len(office.mails) == 1
        office.on_mail = lambda: None
        subprocess.run(NIGHT, env=environment, check=True, capture_output=True)
    assert len(office.recipients) == len(set(office.recipients)) == 8
    with services.db.read() as session:
        rows = session.scalars(sa.select(Delivery).order_by(Delivery.id)).all()
    assert {row.state for row in rows} == {DeliveryState.SENT}
    assert [row.last_error != "" for row in rows] == [True] + [False] * 7
