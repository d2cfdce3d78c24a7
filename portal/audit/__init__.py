"""The audit log: who did what, when and from where, in a chain that shows any later change.

Services call :func:`record` in the transaction of the act itself. The log is never edited.
"""

from portal.audit.anchors import FILE_NAME as ANCHORS
from portal.audit.anchors import Anchor, read_anchors, set_anchors_aside, write_anchor
from portal.audit.log import head, record
from portal.audit.origin import acting, present_origin
from portal.audit.search import AuditFilter, each_entry, find
from portal.audit.types import Act, Actor, Entry, Head, Origin, Subject, Way
from portal.audit.verify import Fault, Verdict, verify

__all__ = [
    "ANCHORS",
    "Act",
    "Actor",
    "Anchor",
    "AuditFilter",
    "Entry",
    "Fault",
    "Head",
    "Origin",
    "Subject",
    "Verdict",
    "Way",
    "acting",
    "each_entry",
    "find",
    "head",
    "present_origin",
    "read_anchors",
    "record",
    "set_anchors_aside",
    "verify",
    "write_anchor",
]
