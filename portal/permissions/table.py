"""The rules: role by permission, visibility by reader, and part by step of a document's life.

Pure. Everything that asks whether somebody may do something asks here. The ways from one status to
another, which name the parts below, are in :mod:`portal.catalogue.transitions`; which page wants
which permission is in :mod:`portal.web.access`.
"""

from collections.abc import Mapping
from enum import StrEnum

from portal.models import Role, Visibility


class Permission(StrEnum):
    """What a role allows, apart from single documents."""

    ENTER = "enter"
    """The way in and what tells nothing: sign-in, health, pages whose token is the permission."""
    READ = "read"
    """Search and read what one's audiences may read."""
    TAKE_PART = "take-part"
    """One's own things: drafts, comments, favourites, notices, settings, saved searches."""
    KEEP_MAP = "keep-map"
    """Change the slots of an industry."""
    MANAGE_DOCUMENTS = "manage-documents"
    """Decide on, publish and keep the documents of an industry."""
    SEE_FIGURES = "see-figures"
    """Figures about the use of the portal."""
    ADMINISTER = "administer"
    """Accounts, vocabulary, taxonomy, jobs, intake, the audit log."""
    READ_EVERYTHING = "read-everything"
    """Read every document whatever its visibility."""


class Scope(StrEnum):
    """How far a permission reaches."""

    ALL = "all"
    OWN_INDUSTRIES = "own-industries"


_EVERY_ROLE: Mapping[str, Scope] = dict.fromkeys(Role, Scope.ALL)
_ADMINISTRATORS: Mapping[str, Scope] = {Role.ADMINISTRATOR: Scope.ALL}
_MANAGERS: Mapping[str, Scope] = {Role.INDUSTRY_MANAGER: Scope.OWN_INDUSTRIES, **_ADMINISTRATORS}

GRANTS: Mapping[Permission, Mapping[str, Scope]] = {
    Permission.ENTER: _EVERY_ROLE,
    Permission.READ: _EVERY_ROLE,
    Permission.TAKE_PART: _EVERY_ROLE,
    Permission.KEEP_MAP: _MANAGERS,
    Permission.MANAGE_DOCUMENTS: _MANAGERS,
    Permission.SEE_FIGURES: {Role.BUSINESS_MANAGER: Scope.ALL, **_ADMINISTRATORS},
    Permission.ADMINISTER: _ADMINISTRATORS,
    Permission.READ_EVERYTHING: _ADMINISTRATORS,
}
"""Role by permission; a role that is not listed has none of it. Visitors: see :func:`allows`."""


class Audience(StrEnum):
    """Who besides its insiders reads a document that is out."""

    EVERYONE = "everyone"
    UNIT = "unit"


READERS: Mapping[Visibility, frozenset[Audience]] = {
    Visibility.EVERYONE: frozenset({Audience.EVERYONE}),
    Visibility.UNIT: frozenset({Audience.UNIT}),
    Visibility.AUTHOR: frozenset(),
}
"""Visibility by reader, once a document is published; before and after, nobody but insiders."""


class Part(StrEnum):
    """What a person is to one document; a person may be several things."""

    AUTHOR = "author"
    STEWARD = "steward"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


INSIDERS = frozenset({Part.AUTHOR, Part.STEWARD, Part.REVIEWER, Part.ADMINISTRATOR})
"""Who reads a document whatever its status and visibility."""
OWNERS = frozenset({Part.AUTHOR, Part.STEWARD, Part.ADMINISTRATOR})
"""Who works on a document: edits, hands in, withdraws, adds versions."""
KEEPERS = OWNERS | {Part.MANAGER}
"""Who keeps a published document in order: archives, supersedes, restores, confirms, hands over."""
DECIDERS = frozenset({Part.REVIEWER, Part.MANAGER, Part.ADMINISTRATOR})
"""Who decides on what was submitted."""
PUBLISHERS = frozenset({Part.MANAGER, Part.ADMINISTRATOR})
"""Who publishes without asking anybody, and says what is a template."""


def scope_of(permission: Permission, role: str) -> Scope | None:
    """How far a role's permission reaches; ``None`` where it has none."""
    return GRANTS[permission].get(role)


def allows(permission: Permission, role: str | None, *, is_open: bool = False) -> bool:
    """Whether a role has a permission, in whatever scope.

    Without a role it is a visitor, who may enter, and read where reading is ``is_open`` to all.
    """
    if role is None:
        return permission == Permission.ENTER or (permission == Permission.READ and is_open)
    return scope_of(permission, role) is not None
