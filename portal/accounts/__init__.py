"""People who sign in: accounts, passwords, sessions, second factors, and providers elsewhere."""

from portal.accounts.errors import (
    AccountError,
    DirectoryUnavailable,
    NotLetIn,
    SignInRefused,
    TooManyAttempts,
)
from portal.accounts.service import (
    add_user,
    find_user,
    import_user,
    keep_language,
    logins,
    user_by_id,
)
from portal.accounts.sign_in import HalfWay, SignedIn, finish_with_code, sign_in, sign_in_as

__all__ = [
    "AccountError",
    "DirectoryUnavailable",
    "HalfWay",
    "NotLetIn",
    "SignInRefused",
    "SignedIn",
    "TooManyAttempts",
    "add_user",
    "find_user",
    "finish_with_code",
    "import_user",
    "keep_language",
    "logins",
    "sign_in",
    "sign_in_as",
    "user_by_id",
]
