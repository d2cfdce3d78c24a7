"""Addresses in what leaves the portal."""

from config import Settings
from portal.models import Channel
from portal.notices.unsubscribe import Stop, make_token


def page_url(settings: Settings, path: str) -> str:
    """The full address of a path of the portal, which begins with a slash."""
    return settings.public_url + path


def unsubscribe_url(settings: Settings, user_id: int, kind: str, channel: Channel) -> str:
    """Where one click stops a kind of message for a person, without signing in.

    Empty where the portal has no key yet to sign with: a demonstration before its first start.
    """
    key = signing_key(settings)
    if not key:
        return ""
    token = make_token(key, Stop(user_id, kind, channel))
    return page_url(settings, f"/unsubscribe/{token}")


def signing_key(settings: Settings) -> str:
    """The key that signs what the portal hands out, or empty before a demonstration's start."""
    kept = settings.data_dir / "secret_key"
    if settings.secret_key or not settings.demo or not kept.exists():
        return settings.secret_key
    return kept.read_text(encoding="ascii")
