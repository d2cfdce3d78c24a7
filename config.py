"""Settings of the portal, read once from ``PORTAL_*`` environment variables.

This module is the only reader of the environment. A variable that starts with ``PORTAL_`` and is
not a setting, or whose value has the wrong form, is an error that names it: a misspelt setting
must never be silently ignored.
"""

import difflib
import os
import urllib.parse
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import config_values as values
from config_values import Pairs

PREFIX = "PORTAL_"


class SettingsError(ValueError):
    """A ``PORTAL_*`` variable is unknown, malformed or missing; the message names it."""


def _setting(parse: Callable[[str], Any], default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"parse": parse, "help": help_text, "secret": False})


def _secret_setting(parse: Callable[[str], Any], default: Any, help_text: str) -> Any:
    metadata = {"parse": parse, "help": help_text, "secret": True}
    return field(default=default, repr=False, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, typed. ``PORTAL_`` + the upper-case name is its environment variable."""

    data_dir: Path = _setting(
        values.path, Path("data").absolute(), "Folder of database, originals and index"
    )
    database_url: str = _secret_setting(
        values.database_url,
        "",
        "SQLAlchemy address of the database; by default SQLite in the data folder",
    )
    database_pool: int = _setting(
        values.integer(1, 500),
        5,
        "Connections to PostgreSQL that each process keeps open; up to ten more when it is busy",
    )
    secret_key: str = _secret_setting(
        values.secret, "", "Key that signs sessions, 32 characters or more; required unless demo"
    )
    demo: bool = _setting(
        values.boolean,
        False,
        "Demonstration: demo accounts exist and a key is made when none is given",
    )
    anonymous_reading: bool = _setting(
        values.boolean, False, "Let visitors who are not signed in read what everyone may read"
    )
    allowed_hosts: tuple[str, ...] = _setting(
        values.host_names,
        (),
        "Names by which the portal may be asked, with commas between them; a leading dot takes "
        "subdomains in; by default that of PORTAL_BASE_URL, without which every name is taken",
    )
    trusted_proxies: int = _setting(
        values.integer(0, 10),
        0,
        "Proxies before the portal whose X-Forwarded headers are believed; they must be the only "
        "way to it",
    )
    host: str = _setting(values.text, "127.0.0.1", "Address that the web server listens on")
    port: int = _setting(values.integer(1, 65535), 8000, "Port that the web server listens on")
    web_workers: int = _setting(values.integer(1, 64), 2, "Web server processes")
    web_threads: int = _setting(values.integer(1, 64), 4, "Threads of each web server process")
    secure_cookies: bool = _setting(
        values.boolean, False, "Send cookies over HTTPS only; turn on behind TLS"
    )
    timezone: zoneinfo.ZoneInfo = _setting(
        values.time_zone,
        zoneinfo.ZoneInfo("Asia/Shanghai"),
        "Time zone of dates people see and jobs use",
    )
    max_upload_mb: int = _setting(values.integer(1, 4096), 200, "Largest file accepted, in MiB")
    max_unpacked_mb: int = _setting(
        values.integer(1, 65536), 1024, "Most that a file may unpack to, in MiB"
    )
    max_pages: int = _setting(
        values.integer(1, 100_000),
        5000,
        "Pages of a PDF that are taken in; the rest is named and left",
    )
    extract_seconds: int = _setting(
        values.integer(1, 3600), 120, "Longest time for reading the text of one file, in seconds"
    )
    extract_memory_mb: int = _setting(
        values.integer(64, 65536), 1024, "Most memory for reading the text of one file, in MiB"
    )
    clamd: str = _setting(
        values.text,
        "",
        "Virus scanner every file must pass: the path of clamd's socket, or host:port",
    )
    extras: bool = _setting(
        values.boolean, True, "Use LibreOffice (doc, xls, ppt) and tesseract (OCR) where installed"
    )
    watch_dir: Path | None = _setting(
        values.path, None, "Folder that is watched: files put there come in as drafts"
    )
    watch_author: str = _setting(
        values.text, "import", "Login whose drafts the files of the watched folder become"
    )
    mail_host: str = _setting(values.text, "", "IMAP server of the mailbox that takes documents in")
    mail_port: int = _setting(values.integer(1, 65535), 993, "Port of the IMAP server")
    mail_user: str = _setting(values.text, "", "User name of that mailbox")
    mail_password: str = _secret_setting(values.text, "", "Password of that mailbox")
    mail_folder: str = _setting(values.text, "INBOX", "Folder of that mailbox which is read")
    mail_tls: bool = _setting(
        values.boolean, True, "Talk TLS to the IMAP server; without it only to this machine itself"
    )
    search_cache_mb: int = _setting(
        values.integer(8, 65536), 256, "Memory of each process for decoded postings, in MiB"
    )
    base_url: str = _setting(
        values.base_url,
        "",
        "Address at which colleagues open the portal, for mails, chat messages and feeds",
    )
    smtp_host: str = _setting(
        values.text, "", "Mail server that takes the portal's mails; empty: none"
    )
    smtp_port: int = _setting(values.integer(1, 65535), 25, "Port of the mail server")
    smtp_security: str = _setting(
        values.choice("none", "starttls", "tls"),
        "none",
        "How the way to the mail server is encrypted",
    )
    smtp_user: str = _setting(
        values.text, "", "Name to sign in with at the mail server; empty: none"
    )
    smtp_password: str = _secret_setting(values.text, "", "Password for the mail server")
    smtp_from: str = _setting(
        values.text, "", "Sender of the portal's mails; by default the user name"
    )
    smtp_timeout: int = _setting(
        values.integer(1, 600),
        20,
        "Longest wait for an answer of mail server or chat robot, in seconds",
    )
    private_webhooks: bool = _setting(
        values.boolean, False, "Let people name chat robots and webhooks inside the private network"
    )
    session_idle_minutes: int = _setting(
        values.integer(5, 43_200), 120, "Minutes without use after which a session ends"
    )
    session_hours: int = _setting(
        values.integer(1, 2160), 12, "Hours after which a session ends, however much it is used"
    )
    password_login: str = _setting(
        values.choice("everyone", "administrators"),
        "everyone",
        "Who may sign in with a password kept by the portal; the others come by OpenID or LDAP",
    )
    oidc_issuer: str = _setting(
        values.base_url, "", "Issuer of the OpenID Connect provider; empty: no such sign-in"
    )
    oidc_client_id: str = _setting(values.text, "", "The portal's client number at the provider")
    oidc_client_secret: str = _secret_setting(
        values.text, "", "The portal's secret at the provider"
    )
    oidc_scope: str = _setting(
        values.text, "openid profile email", "What the provider is asked for"
    )
    oidc_label: str = _setting(
        values.text, "统一认证", "Name of the provider on the sign-in button"
    )
    oidc_claims: Pairs = _setting(
        values.pairs("login"),
        (("login", "preferred_username"), ("name", "name"), ("mail", "email")),
        "Which claim is login, name, mail, role, unit, industries; dots lead into objects",
    )
    ldap_url: str = _setting(values.ldap_url, "", "LDAP server of the directory; empty: none")
    ldap_starttls: bool = _setting(
        values.boolean, True, "Encrypt ldap:// by STARTTLS; without it only to this machine itself"
    )
    ldap_ca_file: Path | None = _setting(
        values.path,
        None,
        "Certificates that the LDAP server's must lead to; by default the system's",
    )
    ldap_bind_dn: str = _setting(
        values.text, "", "Entry as which the portal searches; empty: anonymous"
    )
    ldap_bind_password: str = _secret_setting(values.text, "", "Password of that entry")
    ldap_base: str = _setting(values.text, "", "Entry under which people are searched for")
    ldap_filter: str = _setting(
        values.ldap_filter, "(uid={login})", "Filter that finds a person; {login} is what was typed"
    )
    ldap_attributes: Pairs = _setting(
        values.pairs("login"),
        (("login", "uid"), ("name", "cn"), ("mail", "mail")),
        "Which attribute is login, name, mail, role, unit, industries",
    )
    ldap_timeout: int = _setting(
        values.integer(1, 60), 5, "Longest wait for an answer of the LDAP server, in seconds"
    )
    sso_create: bool = _setting(
        values.boolean, True, "Make an account for whoever OpenID or LDAP vouches for"
    )
    sso_role: str = _setting(
        values.choice(
            "account-manager",
            "industry-manager",
            "product-manager",
            "business-manager",
        ),
        "account-manager",
        "Role of accounts made so",
    )
    sso_unit: str = _setting(values.text, "hq", "Code of the unit of accounts made so")
    sso_roles: Pairs = _setting(
        values.pairs(),
        (),
        "Which role a value of the role claim or attribute gives; the first counts",
    )
    sso_units: Pairs = _setting(values.pairs(), (), "Which unit code a value of unit gives")
    sso_industries: Pairs = _setting(
        values.pairs(), (), "Which industry code a value of industries gives"
    )
    webhook_timeout: int = _setting(
        values.integer(1, 60), 10, "Longest wait for a webhook's answer, in seconds"
    )
    webhook_patience_days: int = _setting(
        values.integer(1, 30), 5, "Days of nothing but failures after which a webhook is stopped"
    )
    api_requests_per_minute: int = _setting(
        values.integer(1, 1_000_000), 600, "Requests that one API token may make a minute"
    )
    uploads_per_hour: int = _setting(
        values.integer(1, 1_000_000), 1000, "Files that one person may hand in an hour"
    )
    searches_per_minute: int = _setting(
        values.integer(1, 1_000_000),
        600,
        "Searches, comparisons and exports that one person may ask for a minute; tenfold for one "
        "address of visitors who are not signed in",
    )
    log_level: str = _setting(
        values.choice("debug", "info", "warning", "error"), "info", "Least severe log lines written"
    )
    log_format: str = _setting(
        values.choice("text", "json"), "text", "Log lines for people (text) or for programs (json)"
    )
    metrics_token: str = _secret_setting(
        values.secret,
        "",
        "Bearer token that /metrics asks for, 32 characters or more; without one it answers only "
        "requests that come from this machine itself and through no proxy",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings; raise :class:`SettingsError` naming the first variable that is wrong.

        ``environ`` defaults to the process environment.
        """
        environ = os.environ if environ is None else environ
        known = {PREFIX + item.name.upper(): item for item in fields(cls)}
        values: dict[str, Any] = {}
        for name in sorted(key for key in environ if key.startswith(PREFIX)):
            if name not in known:
                raise SettingsError(_unknown(name, list(known)))
            try:
                values[known[name].name] = known[name].metadata["parse"](environ[name])
            except ValueError as error:
                shown = "" if known[name].metadata["secret"] else f" (it is {environ[name]!r})"
                raise SettingsError(f"{name}: {error}{shown}") from None
        return cls(**values)

    @property
    def resolved_database_url(self) -> str:
        """The database address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'portal.db'}"

    @property
    def public_url(self) -> str:
        """The portal's address in what leaves it, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def known_hosts(self) -> tuple[str, ...]:
        """Names by which the portal may be asked; none where every name will do."""
        named = urllib.parse.urlsplit(self.base_url).hostname
        return self.allowed_hosts or ((named.encode("idna").decode(),) if named else ())

    @property
    def blobs_dir(self) -> Path:
        """Folder of the original files, named by content."""
        return self.data_dir / "blobs"

    @property
    def partial_dir(self) -> Path:
        """Folder of files that are still being uploaded."""
        return self.data_dir / "partial"

    @property
    def index_dir(self) -> Path:
        """Folder of the search index: derived data, rebuilt by ``portal reindex``."""
        return self.data_dir / "index"

    @property
    def max_upload_bytes(self) -> int:
        """The upload limit in bytes."""
        return self.max_upload_mb * 1024 * 1024


def _unknown(name: str, known: list[str]) -> str:
    # Without the prefix: with it, every name looks a little like every other.
    words = [item.removeprefix(PREFIX) for item in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), words, n=1)
    hint = f"; did you mean {PREFIX}{near[0]}?" if near else "; docs/settings.md lists all settings"
    return f"{name} is not a setting of the portal{hint}"
