"""Starting the application."""

import dataclasses
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import Settings, SettingsError
from portal.app import create_app
from portal.keys import secret_key
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
