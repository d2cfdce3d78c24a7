"""Addresses of chat robots: which the portal may call, and which it must not.

A person names the address and the portal's server calls it, so an address inside the company's
network would let anyone reach what only the server reaches (server-side request forgery).
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from portal.models.reach import LONGEST_ADDRESS

Resolve = Callable[[str, int], Iterable[str]]

# Their scheme decides which service is called, whatever else the address says.
ROBOT_SCHEMES = frozenset({"wecombot", "dingtalk", "feishu", "lark"})
HTTPS = 443


class AddressRefused(ValueError):
    """An address must not be called.

    ``reason`` is ``form``, ``scheme``, ``unknown`` (no name server knows the host) or ``private``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def resolve(host: str, port: int) -> list[str]:
    """The network addresses of a host; ``OSError`` for a name that is not known."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


def check_address(address: str, *, allow_private: bool = False, resolve: Resolve = resolve) -> str:
    """The address, tidied, if the portal may call it. Raises :class:`AddressRefused`.

    Ask again before each call: what a name stands for can change after it was entered.
    """
    text = address.strip()
    if not text or len(text) > LONGEST_ADDRESS or not text.isascii() or not text.isprintable():
        raise AddressRefused("form")
    if " " in text or "\\" in text:
        raise AddressRefused("form")
    try:
        parts = urlsplit(text)
        port = parts.port or HTTPS
    except ValueError:
        raise AddressRefused("form") from None
    if parts.scheme in ROBOT_SCHEMES:
        return text
    if parts.scheme != "https":
        raise AddressRefused("scheme")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise AddressRefused("form")
    if not allow_private:
        public_addresses(parts.hostname, port, resolve)
    return text


def public_addresses(host: str, port: int, resolve: Resolve = resolve) -> list[str]:
    """The network addresses of a host, none of them private; :class:`AddressRefused` otherwise."""
    try:
        found = [ipaddress.ip_address(item.partition("%")[0]) for item in resolve(host, port)]
    except (OSError, ValueError):
        raise AddressRefused("unknown") from None
    if not found:
        raise AddressRefused("unknown")
    if not all(_is_public(item) for item in found):
        raise AddressRefused("private")
    return [str(item) for item in found]


def _is_public(item: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(item, "ipv4_mapped", None) or getattr(item, "sixtofour", None)
    if inner is not None:
        item = inner
    return item.is_global and not item.is_multicast and not item.is_reserved
