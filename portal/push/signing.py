"""Secrets and signatures of webhooks, in the manner of Standard Webhooks 1.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

A secret is derived from the portal's key and a random salt. The salt is all that is stored, so that
the database alone lets nobody sign.
"""

import base64
import datetime as dt
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def secret_of(portal_key: str, salt: str) -> str:
    """The secret of a salt, as the receiver keeps it."""
    digest = hmac.digest(portal_key.encode(), f"webhook {salt}".encode(), "sha256")
    return PREFIX + base64.b64encode(digest).decode()


def signed_headers(
    secrets: Sequence[str], message: str, at: dt.datetime, body: bytes
) -> dict[str, str]:
    """The headers by which a receiver who has one of the secrets knows a message for ours."""
    seconds = str(int(at.timestamp()))
    signatures = [f"v1,{_signature(each, message, seconds, body)}" for each in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, message: str, seconds: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message}.{seconds}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
