"""People who sign in: passwords, and finding the person behind a login."""

from portal.accounts.service import (
    AccountError,
    add_user,
    authenticate,
    find_user,
    import_user,
    keep_language,
    logins,
    user_by_id,
)

__all__ = [
    "AccountError",
    "add_user",
    "authenticate",
    "find_user",
    "import_user",
    "keep_language",
    "logins",
    "user_by_id",
]
