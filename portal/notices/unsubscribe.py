"""Links that stop one kind of message over one channel without signing in (RFC 8058)."""

import datetime as dt
from dataclasses import dataclass

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from portal.models import Channel
from portal.notices.settings import kinds

LIFETIME = dt.timedelta(days=365)
# A token made for this purpose is good for no other, and no other token is good here.
_PURPOSE = "portal.notices.unsubscribe.1"


class TokenRefused(ValueError):
    """The token was not made here, or was changed."""


class TokenExpired(TokenRefused):
    """The token is older than a year."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link stops: a kind of notice (or the digest) over a channel, for one person."""

    user_id: int
    kind: str
    channel: Channel


def make_token(secret_key: str, stop: Stop) -> str:
    """The signed text of the link ``/unsubscribe/<token>``; it needs no storing."""
    return _signer(secret_key).dumps([stop.user_id, str(stop.kind), stop.channel.value])


def read_token(secret_key: str, token: str) -> Stop:
    """What a link stops. Raises :class:`TokenRefused`, :class:`TokenExpired` when it is too old."""
    try:
        content = _signer(secret_key).loads(token, max_age=int(LIFETIME.total_seconds()))
        user_id, kind, channel = content
        stop = Stop(int(user_id), str(kind), Channel(channel))
    except SignatureExpired as error:
        raise TokenExpired from error
    except (BadData, TypeError, ValueError) as error:
        raise TokenRefused from error
    if stop.kind not in kinds():
        raise TokenRefused
    return stop


def _signer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt=_PURPOSE)
