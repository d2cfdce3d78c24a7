"""Calling an address that a person named, without reaching what only this machine may reach.

The name is looked up once, every address that it stands for is checked, and the connection goes to
one of those that were checked: a name that answers otherwise a moment later leads nowhere else.
Redirects are not followed, for the same reason.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from portal.notices.webhook import AddressRefused, public_addresses, resolve

_PORTS = {"https": 443, "http": 80}


class NotReached(Exception):
    """The address gave no answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: a network address that was checked, and the name it was found by."""

    scheme: str
    host: str
    port: int
    path: str
    network_address: str


def target_of(address: str, *, allow_private: bool) -> Target:
    """The target of an ``https`` address; ``http`` is for the private network, where allowed.

    Raises :class:`portal.notices.webhook.AddressRefused`.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise AddressRefused("form") from None
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        raise AddressRefused("form")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise AddressRefused("scheme")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise AddressRefused("form")
    if allow_private:
        try:
            found = list(resolve(parts.hostname, port))
        except OSError:
            raise AddressRefused("unknown") from None
    else:
        found = public_addresses(parts.hostname, port)
    path = parts.path or "/"
    asked = f"{path}?{parts.query}" if parts.query else path
    return Target(parts.scheme, parts.hostname, port, asked, found[0])


def post(target: Target, body: bytes, headers: Mapping[str, str], timeout: int) -> int:
    """Send a body and return the status of the answer, of which nothing else is read.

    ``timeout`` is in seconds, for connecting and for each wait. Raises :class:`NotReached`.
    """
    is_usual = target.port == _PORTS[target.scheme]
    name = f"[{target.host}]" if ":" in target.host else target.host
    host = name if is_usual else f"{name}:{target.port}"
    try:
        with _pool(target, timeout) as pool:
            answer = pool.urlopen(
                "POST",
                target.path,
                body=body,
                headers={**headers, "Host": host},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            answer.close()
            return answer.status
    except (HTTPError, OSError) as error:
        raise NotReached(f"{type(error).__name__}: {error}") from error


def _pool(target: Target, timeout: int) -> urllib3.HTTPConnectionPool:
    waits = urllib3.Timeout(connect=timeout, read=timeout)
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(target.network_address, target.port, timeout=waits)
    return urllib3.HTTPSConnectionPool(
        target.network_address,
        target.port,
        timeout=waits,
        ssl_context=ssl.create_default_context(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )
