"""Settings come from ``PORTAL_*`` variables alone, and nothing misspelt is silently ignored."""

import zoneinfo
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from config import PREFIX, Settings, SettingsError

SECRET = "岭海省公司的一把密钥，只在测试里使用，三十二个字符以上才算够长，少了不行"

PARSED: tuple[tuple[str, str, Any], ...] = (
    ("data_dir", "/srv/portal", Path("/srv/portal")),
    ("database_url", "postgresql+psycopg://db/portal", "postgresql+psycopg://db/portal"),
    ("database_pool", "10", 10),
    ("secret_key", SECRET, SECRET),
    ("demo", "1", True),
    ("anonymous_reading", "on", True),
    ("allowed_hosts", "Zhishi.lh.cn, .lh.example.cn", ("zhishi.lh.cn", ".lh.example.cn")),
    ("trusted_proxies", "1", 1),
    ("host", "0.0.0.0", "0.0.0.0"),  # noqa: S104 - only parsed
    ("port", "8080", 8080),
    ("web_workers", "4", 4),
    ("web_threads", "8", 8),
    ("secure_cookies", "yes", True),
    ("timezone", "Asia/Urumqi", zoneinfo.ZoneInfo("Asia/Urumqi")),
    ("max_upload_mb", "50", 50),
    ("max_unpacked_mb", "500", 500),
    ("max_pages", "1000", 1000),
    ("extract_seconds", "30", 30),
    ("extract_memory_mb", "512", 512),
    ("clamd", "/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ("extras", "0", False),
    ("watch_dir", "/srv/投递", Path("/srv/投递")),
    ("watch_author", "liujie", "liujie"),
    ("mail_host", "imap.lh.example.cn", "imap.lh.example.cn"),
    ("mail_port", "143", 143),
    ("mail_user", "zhishi", "zhishi"),
    ("mail_password", "岭海通信", "岭海通信"),
    ("mail_folder", "INBOX.ziliao", "INBOX.ziliao"),
    ("mail_tls", "no", False),
    ("search_cache_mb", "64", 64),
    ("base_url", "https://zhishi.lh.example.cn/", "https://zhishi.lh.example.cn"),
    ("smtp_host", "smtp.lh.example.cn", "smtp.lh.example.cn"),
    ("smtp_port", "587", 587),
    ("smtp_security", "starttls", "starttls"),
    ("smtp_user", "zhishi", "zhishi"),
    ("smtp_password", "岭海通信", "岭海通信"),
    ("smtp_from", "zhishi@lh.example.cn", "zhishi@lh.example.cn"),
    ("smtp_timeout", "5", 5),
    ("private_webhooks", "1", True),
    ("session_idle_minutes", "30", 30),
    ("session_hours", "8", 8),
    ("password_login", "administrators", "administrators"),
    ("oidc_issuer", "https://id.lh.example.cn/realms/lh/", "https://id.lh.example.cn/realms/lh"),
    ("oidc_client_id", "zhishi", "zhishi"),
    ("oidc_client_secret", "岭海通信", "岭海通信"),
    ("oidc_scope", "openid profile", "openid profile"),
    ("oidc_label", "岭海统一认证", "岭海统一认证"),
    ("oidc_claims", '{"login": "uid"}', (("login", "uid"),)),
    ("ldap_url", "ldaps://ldap.lh.example.cn", "ldaps://ldap.lh.example.cn"),
    ("ldap_starttls", "no", False),
    ("ldap_ca_file", "/etc/ssl/lh.pem", Path("/etc/ssl/lh.pem")),
    ("ldap_bind_dn", "cn=zhishi,dc=lh", "cn=zhishi,dc=lh"),
    ("ldap_bind_password", "岭海通信", "岭海通信"),
    ("ldap_base", "ou=people,dc=lh", "ou=people,dc=lh"),
    ("ldap_filter", "(sAMAccountName={login})", "(sAMAccountName={login})"),
    ("ldap_attributes", '{"login": "uid", "name": "cn"}', (("login", "uid"), ("name", "cn"))),
    ("ldap_timeout", "3", 3),
    ("sso_create", "no", False),
    ("sso_role", "industry-manager", "industry-manager"),
    ("sso_unit", "yunlan", "yunlan"),
    ("sso_roles", '{"知识门户管理员": "administrator"}', (("知识门户管理员", "administrator"),)),
    ("sso_units", '{"云澜分公司": "yunlan"}', (("云澜分公司", "yunlan"),)),
    ("sso_industries", '{"教育": "education"}', (("教育", "education"),)),
    ("webhook_timeout", "3", 3),
    ("webhook_patience_days", "2", 2),
    ("api_requests_per_minute", "60", 60),
    ("uploads_per_hour", "50", 50),
    ("searches_per_minute", "60", 60),
    ("log_level", "warning", "warning"),
    ("log_format", "json", "json"),
    ("metrics_token", SECRET, SECRET),
)

MALFORMED = (
    ("PORTAL_DATA_DIR", "  ", "non-empty"),
    ("PORTAL_DEMO", "maybe", "true"),
    ("PORTAL_DEMO", "", "true"),
    ("PORTAL_PORT", "八千", "whole number"),
    ("PORTAL_PORT", "0", "from 1 to 65535"),
    ("PORTAL_PORT", "65536", "from 1 to 65535"),
    ("PORTAL_WEB_WORKERS", "-1", "from 1 to 64"),
    ("PORTAL_TIMEZONE", "Asia/Yunlan", "Asia/Shanghai"),
    ("PORTAL_TIMEZONE", "../../etc/passwd", "Asia/Shanghai"),
    ("PORTAL_BASE_URL", "zhishi.lh.example.cn", "https://portal.example.com"),
    ("PORTAL_SMTP_SECURITY", "ssl", "starttls"),
    ("PORTAL_OIDC_CLAIMS", "login=uid", "JSON object"),
    ("PORTAL_OIDC_CLAIMS", '{"name": "cn"}', "an entry for login"),
    ("PORTAL_LDAP_ATTRIBUTES", '{"login": 1}', "JSON object"),
    ("PORTAL_LDAP_URL", "https://ldap.lh.example.cn", "ldaps://"),
    ("PORTAL_LDAP_FILTER", "(uid=linwei)", "{login}"),
    ("PORTAL_SSO_ROLE", "administrator", "account-manager"),
    ("PORTAL_LOG_LEVEL", "loud", "debug, info, warning, error"),
)


@pytest.mark.parametrize(("name", "given", "value"), PARSED, ids=[row[0] for row in PARSED])
def test_every_setting_is_read_from_its_variable(name: str, given: str, value: Any) -> None:
    settings = Settings.from_env({PREFIX + name.upper(): given})
    assert getattr(settings, name) == value


def test_no_setting_is_without_a_test_and_a_help_text() -> None:
    assert {item.name for item in fields(Settings)} == {row[0] for row in PARSED}
    assert all(item.metadata["help"] for item in fields(Settings))


def test_an_empty_environment_gives_safe_defaults() -> None:
    settings = Settings.from_env({})
    assert (settings.demo, settings.anonymous_reading) == (False, False)
    assert settings.host == "127.0.0.1"
    assert settings.timezone.key == "Asia/Shanghai"


def test_variables_of_other_programs_are_none_of_its_business() -> None:
    assert Settings.from_env({"PATH": "/bin", "PORT": "9"}).port == 8000


@pytest.mark.parametrize("spelled", ["0", "false", "No", "OFF"])
def test_a_switch_can_be_turned_off_in_words(spelled: str) -> None:
    assert Settings.from_env({"PORTAL_DEMO": spelled}).demo is False


def test_what_follows_from_the_data_folder(tmp_path: Path) -> None:
    settings = Settings.from_env({"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_MAX_UPLOAD_MB": "3"})
    assert settings.resolved_database_url == f"sqlite:///{tmp_path}/portal.db"
    assert (settings.blobs_dir, settings.index_dir) == (tmp_path / "blobs", tmp_path / "index")
    assert settings.max_upload_bytes == 3 * 1024 * 1024


def test_a_relative_data_folder_becomes_absolute_at_once() -> None:
    assert Settings.from_env({"PORTAL_DATA_DIR": "data"}).data_dir.is_absolute()


def test_a_misspelt_variable_is_named_with_a_suggestion() -> None:
    with pytest.raises(SettingsError, match=r"PORTAL_DATADIR .*did you mean PORTAL_DATA_DIR"):
        Settings.from_env({"PORTAL_DATADIR": "/srv"})


def test_a_variable_like_no_setting_is_named_with_where_to_look() -> None:
    with pytest.raises(SettingsError, match=r"PORTAL_XYZZY .*docs/settings\.md"):
        Settings.from_env({"PORTAL_XYZZY": "1"})


@pytest.mark.parametrize(("name", "given", "expected"), MALFORMED)
def test_a_malformed_value_is_named_with_what_is_expected(
    name: str, given: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: given})
    assert name in str(caught.value)
    assert expected in str(caught.value)
    assert repr(given) in str(caught.value)


def test_a_secret_that_is_too_short_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORTAL_SECRET_KEY": "tooshort-密钥"})
    assert "PORTAL_SECRET_KEY" in str(caught.value)
    assert "tooshort" not in str(caught.value)


@pytest.mark.parametrize("given", ["", "portal.db", "oracel://portal:hunter2@db/portal"])
def test_a_database_address_that_is_none_is_refused_without_its_password(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORTAL_DATABASE_URL": given})
    assert "PORTAL_DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_settings_in_a_log_line_do_not_tell_the_secret() -> None:
    assert SECRET not in repr(Settings.from_env({"PORTAL_SECRET_KEY": SECRET}))


def test_a_database_password_is_not_in_a_log_line() -> None:
    settings = Settings.from_env({"PORTAL_DATABASE_URL": "postgresql://portal:hunter2@db/portal"})
    assert "hunter2" not in repr(settings)
