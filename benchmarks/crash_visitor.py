"""Who uploads over HTTP while the portal's processes are killed."""

import contextlib
import re
import threading

import requests

from benchmarks.crash_feed import text_of, word_of

LOGIN, PASSWORD = "liujie", "岭海-通信-2026-秋"
TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')


class Visitor:
    """Somebody who uploads one file after the other over HTTP and notes what was accepted."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.accepted: set[str] = set()
        self.stop = threading.Event()

    def run(self) -> None:
        """Upload until told to stop; a file without an answer is sent again."""
        number = 0
        while not self.stop.is_set():
            # A dropped connection is followed by a new session, as when a browser is reloaded.
            with contextlib.suppress(requests.RequestException), requests.Session() as browser:
                self._sign_in(browser)
                while not self.stop.is_set() and self._upload(browser, number):
                    self.accepted.add(word_of("web", number))
                    number += 1
            self.stop.wait(0.2)

    def _sign_in(self, browser: requests.Session) -> None:
        form = {"login": LOGIN, "password": PASSWORD, "csrf_token": self._token(browser, "/login")}
        browser.post(f"{self.root}/login", data=form, timeout=20).raise_for_status()

    def _upload(self, browser: requests.Session, number: int) -> bool:
        token = self._token(browser, "/upload")
        answer = browser.post(
            f"{self.root}/upload",
            data={"csrf_token": token},
            files={"file": (f"web{number}.md", text_of("web", number))},
            allow_redirects=False,
            timeout=20,
        )
        # Sent again after an answer that never came, it is there already.
        return answer.status_code == 303 or (
            answer.status_code == 422 and "没有重复收录" in answer.text
        )

    def _token(self, browser: requests.Session, path: str) -> str:
        page = browser.get(f"{self.root}{path}", timeout=20)
        found = TOKEN.search(page.text)
        if found is None:
            raise requests.RequestException(f"no form at {path}: {page.status_code}")
        return found[1]
