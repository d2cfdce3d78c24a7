"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

The app's secret has to be read to check a code, so it cannot be hashed; it is encrypted with a
key derived from the portal's secret key, and a copy of the database alone makes no codes.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from portal.accounts.errors import AccountError
from portal.models import RecoveryCode, SecondFactor, User

ISSUER = "知识门户"
STEP_SECONDS = 30
RECOVERY_CODES = 10
# Clocks of phones differ: one step to either side is accepted (RFC 6238, 5.2).
_STEPS = (-1, 0, 1)
# 16 letters of base32 are 80 bits: a plain digest of so much chance cannot be guessed back.
_CODE_BYTES, _CODE_GROUP = 10, 4
_PURPOSE = b"portal.accounts.second-factor.1"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app needs to begin: the secret to type, or the address that a QR code carries."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody's second factor is on, and how many recovery codes are left."""

    is_on: bool
    codes_left: int


def standing_of(session: Session, user_id: int) -> Standing:
    """How somebody's second factor stands."""
    row = session.get(SecondFactor, user_id)
    count = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id)
    is_on = row is not None and row.confirmed_at is not None
    return Standing(is_on, session.scalar(count) or 0)


def is_on(session: Session, user_id: int) -> bool:
    """Whether signing in asks for a code."""
    return standing_of(session, user_id).is_on


def begin(session: Session, secret_key: str, user: User) -> Setup:
    """Make a secret that takes effect once a code has confirmed it; an open beginning is kept.

    Raises :class:`AccountError` where the second factor is on already.
    """
    row = session.get(SecondFactor, user.id, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise AccountError("no-second-factor")
    secret = _opened(secret_key, row.secret) if row is not None else None
    if secret is None:
        secret = pyotp.random_base32()
        sealed = _box(secret_key).encrypt(secret.encode()).decode()
        session.merge(SecondFactor(user_id=user.id, secret=sealed, confirmed_at=None, last_step=0))
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=ISSUER)
    return Setup(secret, address)


def confirm(
    session: Session, secret_key: str, user_id: int, code: str, now: dt.datetime
) -> tuple[str, ...]:
    """Turn the second factor on with a first code; return the recovery codes, shown this once.

    Raises :class:`AccountError` for a wrong code, and where nothing has been begun.
    """
    row = session.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise AccountError("no-second-factor")
    if not _accepts(row, secret_key, code, now):
        raise AccountError("code-wrong")
    row.confirmed_at = now
    return renew_recovery_codes(session, user_id)


def accept(session: Session, secret_key: str, user_id: int, code: str, now: dt.datetime) -> bool:
    """Whether a code is right; it is used up by that, be it the app's or a recovery code."""
    row = session.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.confirmed_at is None:
        return False
    return _accepts(row, secret_key, code, now) or _use_recovery_code(session, user_id, code)


def renew_recovery_codes(session: Session, user_id: int) -> tuple[str, ...]:
    """Give out new recovery codes; the old ones are void."""
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=_digest(code)) for code in codes)
    return codes


def turn_off(session: Session, user_id: int) -> bool:
    """Forget secret and recovery codes; return whether the second factor was on."""
    was_on = is_on(session, user_id)
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(sa.delete(SecondFactor).where(SecondFactor.user_id == user_id))
    return was_on


def _accepts(row: SecondFactor, secret_key: str, code: str, now: dt.datetime) -> bool:
    secret = _opened(secret_key, row.secret)
    typed = "".join(code.split())
    if secret is None or not typed.isascii():
        return False
    present = int(now.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    for step in (present + each for each in _STEPS):
        if hmac.compare_digest(app.generate_otp(step), typed) and step > row.last_step:
            row.last_step = step
            return True
    return False


def _use_recovery_code(session: Session, user_id: int, code: str) -> bool:
    row = session.get(RecoveryCode, (user_id, _digest(code)))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _new_code() -> str:
    plain = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(plain[at : at + _CODE_GROUP] for at in range(0, len(plain), _CODE_GROUP))


def _digest(code: str) -> str:
    plain = "".join(filter(str.isalnum, code)).lower()
    return hashlib.sha256(plain.encode()).hexdigest()


def _box(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))


def _opened(secret_key: str, sealed: str) -> str | None:
    # With another key than then no code can be right; recovery codes still are.
    try:
        return _box(secret_key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None
