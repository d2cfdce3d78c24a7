"""How the portal as a whole stands: what monitors, administrators and Prometheus ask for."""

from portal.operations.queues import Queues, queues
from portal.operations.readiness import Readiness, readiness
from portal.operations.status import Backup, Disk, Health, health, last_backup

__all__ = [
    "Backup",
    "Disk",
    "Health",
    "Queues",
    "Readiness",
    "health",
    "last_backup",
    "queues",
    "readiness",
]
