"""Starting the application."""

import dataclasses
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config import Settings, SettingsError
from portal.app import create_app
from portal.demo import add_demo_users
from portal.keys import secret_key
from portal.services import Services
from portal.start import refuse_unsafe
from tests.web.stock import SECRET
from tests.web.visitor import Visitor


def test_without_a_key_it_refuses_and_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY is required"):
        create_app(Settings(data_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_given_is_used(tmp_path: Path) -> None:
    assert secret_key(Settings(data_dir=tmp_path, secret_key=SECRET)) == SECRET


def test_a_demo_keeps_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new", demo=True)
    first = secret_key(settings)
    assert len(first) >= 32
    assert secret_key(settings) == first
    assert stat.S_IMODE((tmp_path / "new/secret_key").stat().st_mode) == 0o600


def test_workers_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, demo=True)
    with ThreadPoolExecutor(8) as workers:
        keys = list(workers.map(secret_key, [settings] * 32))
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_cookies_are_marked_secure_when_the_settings_say_so(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SECRET, secure_cookies=True)
    visitor = Visitor(create_app(settings))
    assert "Secure" in visitor.get("/login").headers["Set-Cookie"]


def test_the_settings_alone_are_enough(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SECRET)
    assert Visitor(create_app(dataclasses.replace(settings))).get("/login").status == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"secret_key": ""}, "PORTAL_SECRET_KEY"),
        ({}, "演示账号"),
    ],
)
def test_a_real_portal_does_not_start_unsafely(
    services: Services, changed: dict[str, Any], words: str
) -> None:
    add_demo_users(services)
    settings = dataclasses.replace(services.settings, demo=False, secret_key=SECRET)
    unsafe = dataclasses.replace(settings, **changed)
    with pytest.raises(SettingsError, match=words):
        refuse_unsafe(dataclasses.replace(services, settings=unsafe))


def test_passwords_are_not_sent_to_a_directory_in_the_clear(services: Services) -> None:
    bare = dataclasses.replace(
        services.settings,
        ldap_url="ldap://ldap.lh.example.cn",
        ldap_base="dc=lh",
        ldap_starttls=False,
    )
    with pytest.raises(SettingsError, match="明文"):
        refuse_unsafe(dataclasses.replace(services, settings=bare))
    refuse_unsafe(
        dataclasses.replace(services, settings=dataclasses.replace(bare, ldap_starttls=True))
    )


def test_gunicorn_started_by_hand_refuses_too(services: Services) -> None:
    add_demo_users(services)
    values = {"PORTAL_DATA_DIR": str(services.settings.data_dir), "PORTAL_SECRET_KEY": SECRET}
    for missing, words in ((None, "演示账号"), ("PORTAL_SECRET_KEY", "PORTAL_SECRET_KEY")):
        given = {key: value for key, value in values.items() if key != missing}
        done = subprocess.run(
            [sys.executable, "-c", "import wsgi"],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert words in done.stderr.splitlines()[-1]
