"""The files of deploy/ fit the portal: its settings, its limits, and what its processes need."""

import re
from pathlib import Path

import pytest

from config import Settings
from portal.jobs.children import STOP_SECONDS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SECRET = "0123456789abcdef0123456789abcdef"
CONFINED = {
    "NoNewPrivileges": ["yes"],
    "ProtectSystem": ["strict"],
    "ProtectHome": ["yes"],
    "PrivateTmp": ["yes"],
    "CapabilityBoundingSet": [""],
    "RestrictNamespaces": ["yes"],
    "SystemCallFilter": ["@system-service", "~@privileged"],
}


def unit(name: str) -> dict[str, list[str]]:
    """The directives of a unit with their values, a repeated one with several."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _equals, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def examples(commented: str) -> dict[str, str]:
    """The settings of the example file; with ``commented`` those that are switched off too."""
    text = (DEPLOY / "portal.env.example").read_text(encoding="utf-8")
    return dict(re.findall(rf"^{commented}(PORTAL_\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["portal.service", "portal-backup.service"])
def test_units_are_confined(name: str) -> None:
    directives = unit(name)
    assert {key: directives.get(key) for key in CONFINED} == CONFINED
    assert directives["User"] == ["portal"]


def test_the_unit_gives_the_portal_the_time_and_the_signals_that_it_needs() -> None:
    directives = unit("portal.service")
    assert int(directives["TimeoutStopSec"][0]) > STOP_SECONDS
    assert directives["KillMode"] == ["mixed"]
    assert directives["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert directives["ExecStart"] == ["/opt/portal/.venv/bin/portal serve"]
    assert "MemoryMax" in directives


def test_the_unit_writes_where_the_settings_say() -> None:
    assert unit("portal.service")["ReadWritePaths"] == [examples("")["PORTAL_DATA_DIR"]]


def test_every_example_is_a_setting_with_a_value_that_fits() -> None:
    filled = {name: value or SECRET for name, value in (examples("") | examples("#")).items()}
    settings = Settings.from_env(filled)
    assert settings.secure_cookies
    assert not settings.demo


def test_an_example_that_was_not_filled_in_starts_nothing() -> None:
    with pytest.raises(ValueError, match="PORTAL_"):
        Settings.from_env(examples(""))


def test_the_proxy_lets_through_what_the_portal_takes() -> None:
    text = (DEPLOY / "nginx.conf.example").read_text(encoding="utf-8")
    (largest,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(largest) > Settings().max_upload_mb
    for header in ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID"):
        assert f"proxy_set_header {header} " in text
    assert "location = /metrics { return 404; }" in text
    assert "$request_uri" not in text.partition("server {")[0], "the log would hold questions"


def test_the_image_is_locked_and_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    assert "--require-hashes -r requirements/base.txt" in text
    assert re.search(r"^USER (?!0|root)", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
