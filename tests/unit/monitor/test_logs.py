"""Log lines of all processes: one form, and the name of the request that they belong to."""

import io
import json
import logging

from portal.monitor import logs


def written(form: str, message: str, **extra: object) -> str:
    """What a process writes of a message."""
    handler = logs.handler(form, "indexer")
    handler.setStream(io.StringIO())
    record = logging.makeLogRecord({"name": "portal", "levelname": "INFO", "msg": message} | extra)
    handler.handle(record)
    return str(handler.stream.getvalue())  # type: ignore[attr-defined]


def test_json_lines_say_when_who_and_what() -> None:
    name = logs.begin_request("proxy-7f3a91b2")
    line = written("json", "收录了 3 份资料", status=200)
    told = json.loads(line)
    assert line.count("\n") == 1
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "INFO",
        "logger": "portal",
        "message": "收录了 3 份资料",
        "process": "indexer",
        "request_id": name,
        "status": 200,
    }


def test_lines_for_people_end_with_the_requests_name() -> None:
    name = logs.begin_request(None)
    line = written("text", "收录了 3 份资料")
    assert line.rstrip().endswith(f"INFO portal 收录了 3 份资料 [{name}]")
