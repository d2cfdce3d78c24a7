"""What runs by itself: the indexer that follows the outbox, and the scheduler's jobs."""

from portal.jobs.indexing import catch_up, run_indexer
from portal.jobs.scheduler import JOBS, run_job, run_scheduler

__all__ = ["JOBS", "catch_up", "run_indexer", "run_job", "run_scheduler"]
