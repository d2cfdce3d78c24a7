"""Keeping what the portal was given: checking, repairing, backing up, restoring, clearing away."""

from portal.upkeep.auditing import AuditBroken, anchor_audit, verify_audit, verify_or_raise
from portal.upkeep.backup import BackupError, BackupReport, back_up
from portal.upkeep.check import Finding, check, reconcile, repair
from portal.upkeep.orphans import Collected, collect_orphans, named_blobs
from portal.upkeep.restore import RestoreError, RestoreReport, restore

__all__ = [
    "AuditBroken",
    "BackupError",
    "BackupReport",
    "Collected",
    "Finding",
    "RestoreError",
    "RestoreReport",
    "anchor_audit",
    "back_up",
    "check",
    "collect_orphans",
    "named_blobs",
    "reconcile",
    "repair",
    "restore",
    "verify_audit",
    "verify_or_raise",
]
