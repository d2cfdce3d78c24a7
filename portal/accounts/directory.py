"""The company's directory over LDAP: find a person's entry, then bind as that entry."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from config import Settings
from portal.accounts.errors import DirectoryUnavailable
from portal.accounts.profiles import FIELDS, Profile, profile_of

LOGIN_PLACE = "{login}"
_INVALID_CREDENTIALS = 49
_SUCCESS = 0


def verify(settings: Settings, login: str, password: str) -> Profile | None:
    """The person with this login and password, or ``None``.

    Raises :class:`DirectoryUnavailable` where the directory cannot be asked, and
    :class:`NotLetIn` for an entry without a login.
    """
    # A bind without password succeeds as nobody (RFC 4513, 5.1.2).
    if not login or not password:
        return None
    try:
        entry = _entry(settings, login)
        if entry is None or not _binds(settings, entry["dn"], password):
            return None
    except (LDAPException, OSError) as error:
        raise DirectoryUnavailable(f"{type(error).__name__}: {error}") from error
    values = {name: _texts(each) for name, each in entry["attributes"].items()}
    names = settings.ldap_attributes
    subject = next(iter(values.get(dict(names)["login"], ())), login)
    return profile_of(settings, settings.ldap_url, subject.casefold(), names, values)


def _entry(settings: Settings, login: str) -> dict[str, Any] | None:
    """The one entry that the filter finds; none where there are several."""
    with _connection(settings, settings.ldap_bind_dn, settings.ldap_bind_password) as line:
        if not line.bind():
            raise DirectoryUnavailable(f"bind: {line.result['description']}")
        line.search(
            settings.ldap_base,
            settings.ldap_filter.replace(LOGIN_PLACE, escape_filter_chars(login)),
            attributes=[name for field, name in settings.ldap_attributes if field in FIELDS],
            size_limit=2,
        )
        found = [each for each in line.response or () if each["type"] == "searchResEntry"]
        return found[0] if len(found) == 1 else None


def _binds(settings: Settings, name: str, password: str) -> bool:
    with _connection(settings, name, password) as line:
        if line.bind():
            return True
        if line.result["result"] == _INVALID_CREDENTIALS:
            return False
        # Expired, locked and the like are the directory's to say; they are no way in.
        return bool(line.result["result"] == _SUCCESS)


@contextmanager
def _connection(settings: Settings, name: str, password: str) -> Iterator[Any]:
    server = ldap3.Server(
        settings.ldap_url,
        get_info=ldap3.NONE,
        connect_timeout=settings.ldap_timeout,
        tls=ldap3.Tls(
            validate=ssl.CERT_REQUIRED,
            ca_certs_file=str(settings.ldap_ca_file) if settings.ldap_ca_file else None,
        ),
    )
    line = ldap3.Connection(
        server,
        user=name or None,
        password=password or None,
        receive_timeout=settings.ldap_timeout,
        read_only=True,
    )
    try:
        if settings.ldap_starttls and urlsplit(settings.ldap_url).scheme == "ldap":
            line.open()
            if not line.start_tls():
                raise DirectoryUnavailable(f"STARTTLS: {line.result['description']}")
        yield line
    finally:
        line.unbind()
        # ldap3 leaves the socket of a server that did not answer.
        if line.socket is not None:
            line.socket.close()


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(
        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
        for each in values
        if each is not None
    )
