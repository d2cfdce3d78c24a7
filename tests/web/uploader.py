"""A colleague at the upload page, with and without script."""

import io
import json
from typing import Any

from tests.web.visitor import Answer, Visitor


def send(visitor: Visitor, data: bytes | str, name: str) -> Answer:
    """Send one file by the plain form."""
    raw = data.encode() if isinstance(data, str) else data
    form = {"csrf_token": visitor.token(), "file": (io.BytesIO(raw), name)}
    with visitor.client.post("/upload", data=form, content_type="multipart/form-data") as reply:
        return Answer(reply.status_code, reply.headers, reply.get_data())


def draft(visitor: Visitor, data: bytes | str, name: str) -> int:
    """Send one file and return the number of the draft that it became."""
    answer = send(visitor, data, name)
    assert answer.status == 303, answer.text
    return int(answer.location.split("/")[2])


class Script:
    """The requests that upload.js makes."""

    def __init__(self, visitor: Visitor) -> None:
        self.client = visitor.client
        self.headers = {"X-CSRFToken": visitor.token()}

    def begin(self, name: str, size: int, modified: int = 1_790_000_000_000) -> tuple[int, Any]:
        """Announce a file."""
        form = {"name": name, "size": str(size), "modified": str(modified)}
        return self._post("/upload/parts", data=form)

    def append(self, upload_id: str, offset: int, chunk: bytes) -> tuple[int, Any]:
        """Send a chunk."""
        return self._post(
            f"/upload/parts/{upload_id}?offset={offset}",
            data=chunk,
            content_type="application/octet-stream",
        )

    def finish(self, upload_id: str, sha256: str = "") -> tuple[int, Any]:
        """Say that all is sent."""
        return self._post(f"/upload/parts/{upload_id}/finish", data={"sha256": sha256})

    def _post(self, address: str, **arguments: Any) -> tuple[int, Any]:
        with self.client.post(address, headers=self.headers, **arguments) as reply:
            return reply.status_code, json.loads(reply.get_data())
