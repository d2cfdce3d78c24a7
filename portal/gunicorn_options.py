"""How gunicorn runs the portal: ``gunicorn -c python:portal.gunicorn_options``.

Gunicorn takes this module's names as its settings; its documentation says what each means.
"""

import gc
import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from config import Settings
from portal.monitor import logs
from portal.monitor.metrics import ENVIRONMENT, forget_process, memory_folder
from portal.web import afterwards

_settings = Settings.from_env()
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
logs.configure(_settings.log_level, _settings.log_format, "web")

wsgi_app = "wsgi:application"
# The supervisor hands over a socket that it has opened, and names that instead.
bind = f"{_host}:{_settings.port}"
workers = _settings.web_workers
threads = _settings.web_threads
worker_class = "portal.web.worker.Worker"
timeout = 60
# Requests at work when the portal stops have so long to end.
graceful_timeout = 15
# Workers touch a file to show that they live; on a slow or full disk that touch can block.
worker_tmp_dir = memory_folder()
# A long question in Chinese is nine bytes a character in the request line.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
# Headers of proxies are believed by PORTAL_TRUSTED_PROXIES alone, in portal.web.hosts.
forwarded_allow_ips = ""
control_socket_disable = True
# No access log: it would hold the text of every query. portal.web.traffic tells what may be told.
accesslog = None
loglevel = "warning"


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's own messages in the form of the portal's."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


logger_class = _Log


def post_worker_init(worker: Any) -> None:
    """A worker has loaded everything: say so where the supervisor looks."""
    afterwards.begin(worker.wsgi)
    _settle_memory()
    folder = os.environ.get(ENVIRONMENT)
    if folder is not None:
        Path(folder, f"{worker.ppid}-{worker.pid}.ready").touch()


def worker_exit(_server: Any, worker: Any) -> None:
    """A worker ends: what its answers left behind is written first."""
    if worker.booted:
        afterwards.end(worker.wsgi)


def _settle_memory() -> None:
    """Take what was loaded for good out of the garbage collector's way.

    Looking through half a million objects of dictionaries and libraries stopped every thread for a
    fifth of a second, every few minutes. A page makes some ten thousand objects, hardly any of them
    in a cycle, so looking after every 700 is too often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


def child_exit(_server: Any, worker: Any) -> None:
    """A worker has ended: its caches hold nothing any more."""
    forget_process(worker.pid)
