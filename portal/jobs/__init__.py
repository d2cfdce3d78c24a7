"""What runs by itself: the indexer that follows the outbox, and the scheduler's jobs."""

from portal.jobs.indexing import catch_up, run_indexer
from portal.jobs.registry import JOBS
from portal.jobs.running import JobBusy
from portal.jobs.scheduler import run_job, run_scheduler

__all__ = ["JOBS", "JobBusy", "catch_up", "run_indexer", "run_job", "run_scheduler"]
