"""The timetable: when jobs are due, who may run them, what ran, and what administrators asked for.

All of it lies in the database, so that the scheduler's process, commands and pages see the same.
"""

from portal.timetable.control import ask_for, pause, resume
from portal.timetable.jobs import forget_others, register, set_next_times, standings, wishes
from portal.timetable.lease import Watcher, current_lease, release, renew, take
from portal.timetable.overview import history, job_titles, overview
from portal.timetable.runs import (
    COMMAND,
    SCHEDULER,
    begin,
    finish,
    interrupt_lost,
    keep_alive,
    purge_runs,
)
from portal.timetable.schedule import Daily, Every, When, first_time
from portal.timetable.types import (
    JobView,
    Lease,
    NewJob,
    Overview,
    Result,
    RunFilter,
    RunView,
    Standing,
)

__all__ = [
    "COMMAND",
    "SCHEDULER",
    "Daily",
    "Every",
    "JobView",
    "Lease",
    "NewJob",
    "Overview",
    "Result",
    "RunFilter",
    "RunView",
    "Standing",
    "Watcher",
    "When",
    "ask_for",
    "begin",
    "current_lease",
    "finish",
    "first_time",
    "forget_others",
    "history",
    "interrupt_lost",
    "job_titles",
    "keep_alive",
    "overview",
    "pause",
    "purge_runs",
    "register",
    "release",
    "renew",
    "resume",
    "set_next_times",
    "standings",
    "take",
    "wishes",
]
