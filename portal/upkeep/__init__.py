"""Keeping what the portal was given: checking, repairing, backing up, restoring, clearing away."""

from portal.upkeep.backup import BackupError, BackupReport, back_up
from portal.upkeep.check import Finding, check, repair
from portal.upkeep.orphans import Collected, collect_orphans, named_blobs
from portal.upkeep.restore import RestoreError, RestoreReport, restore

__all__ = [
    "BackupError",
    "BackupReport",
    "Collected",
    "Finding",
    "RestoreError",
    "RestoreReport",
    "back_up",
    "check",
    "collect_orphans",
    "named_blobs",
    "repair",
    "restore",
]
