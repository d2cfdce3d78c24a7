"""The guard that services put before what only some roles may do."""

from portal.audit import Way, present_origin
from portal.permissions.table import Permission, allows


class NotAllowed(PermissionError):
    """Whoever acts lacks a permission, which the message names."""


def demand(permission: Permission) -> None:
    """Raise :class:`NotAllowed` unless whoever acts now has the permission.

    The command line and jobs act for the operator, who may do everything. It is asked in the
    service, so that a page, an interface or a later caller that forgets to ask changes nothing.
    """
    origin = present_origin()
    if origin.way in (Way.COMMAND, Way.JOB):
        return
    if not allows(permission, origin.actor.role or None):
        raise NotAllowed(permission)
