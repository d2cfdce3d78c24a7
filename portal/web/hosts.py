"""By which names the portal may be asked, and how many proxies before it are believed.

What monitors ask is left out: they know a machine by its address, and get nothing that is made of
the name. Names of the machine itself are always right: no other site's page can have them.
"""

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.services import Services
from portal.web.context import services


class ForeignHost(BadRequest):
    """The request names a host that is not this portal."""


def init_app(app: Flask, built: Services) -> None:
    """Believe as many proxies as there are, and refuse whoever asks for another host."""
    proxies = built.settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.before_request(_refuse_foreign)


def _refuse_foreign() -> None:
    known = services().settings.known_hosts
    if not known or request.blueprint == "health":
        return
    # Werkzeug leaves an empty text where the header is missing or holds what no name does.
    host = urlsplit(f"//{request.host}").hostname or ""
    if not _is_local(host) and not any(_is_under(host, name) for name in known):
        raise ForeignHost


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_under(host: str, name: str) -> bool:
    return host == name.removeprefix(".") or (name.startswith(".") and host.endswith(name))
