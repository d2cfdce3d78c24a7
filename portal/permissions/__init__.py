"""Who may do what: one table, and the guard that services put before what it restricts."""

from portal.permissions.guard import NotAllowed, demand
from portal.permissions.table import (
    DECIDERS,
    GRANTS,
    INSIDERS,
    KEEPERS,
    OWNERS,
    PUBLISHERS,
    READERS,
    Audience,
    Part,
    Permission,
    Scope,
    allows,
    scope_of,
)

__all__ = [
    "DECIDERS",
    "GRANTS",
    "INSIDERS",
    "KEEPERS",
    "OWNERS",
    "PUBLISHERS",
    "READERS",
    "Audience",
    "NotAllowed",
    "Part",
    "Permission",
    "Scope",
    "allows",
    "demand",
    "scope_of",
]
