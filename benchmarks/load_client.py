"""Asks pages at a constant rate, whatever the portal does: ``python -m benchmarks.load_client``.

Reads a :class:`Plan` as JSON on standard input and writes a :class:`Measured` on standard output.
Each request has its place in a schedule, and its time counts from there: when the portal falls
behind, waiting counts as well (no coordinated omission). A process of its own, so that measuring
and what is measured share nothing but the machine.
"""

import asyncio
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import cast

import brotli

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) benchmark"
"""Who asks. Each reader signs in with it as well: a session seen in another browser is renewed."""
_LONGEST = 30.0
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask: addresses in turn, each with the cookie of one reader."""

    port: int
    rate: float
    seconds: float
    paths: list[str]
    cookies: list[str]


@dataclass(slots=True)
class Measured:
    """Milliseconds of each answer from its place in the schedule, and what went wrong by kind.

    ``begun`` is the place of each answer in the schedule, in seconds of a clock of its own.
    ``wrong`` counts answers of 200 that are no page of results.
    """

    begun: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    wrong: int = 0
    bytes: int = 0


async def ask_all(plan: Plan) -> Measured:
    """Send every request at its time and wait for all of them."""
    measured, asked = Measured(), set[asyncio.Task[None]]()
    begun = time.perf_counter()
    for number in range(int(plan.rate * plan.seconds)):
        due = begun + number / plan.rate
        pause = due - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        task = asyncio.create_task(_ask(plan, number, due, measured))
        asked.add(task)
        task.add_done_callback(asked.discard)
    await asyncio.gather(*asked)
    return measured


async def _ask(plan: Plan, number: int, due: float, measured: Measured) -> None:
    try:
        async with asyncio.timeout(_LONGEST):
            done, head, body = await _answer(plan, number)
    except (OSError, TimeoutError, ValueError) as error:
        kind = type(error).__name__
        measured.errors[kind] = measured.errors.get(kind, 0) + 1
        return
    measured.begun.append(due)
    measured.milliseconds.append((done - due) * 1000)
    status = head[9:12].decode("ascii", "replace")
    measured.statuses[status] = measured.statuses.get(status, 0) + 1
    measured.bytes += len(body)
    if status == "200" and not _is_results(head, body):
        measured.wrong += 1


def _is_results(head: bytes, body: bytes) -> bool:
    page: bytes = brotli.decompress(body) if b"Content-Encoding: br" in head else body
    return b'id="count"' in page


class _Exchange(asyncio.Protocol):
    """One question and its answer, which is there when all of its bytes are.

    ``done`` is the answer, and when its last byte came. Half the work of asyncio's streams.
    """

    def __init__(self, question: bytes) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._question, self._read = question, bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._question)

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        length = _LENGTH.search(self._read, 0, end + 2) if end >= 0 else None
        if length and len(self._read) >= end + 4 + int(length[1]):
            self._settle(end)

    def connection_lost(self, _error: Exception | None) -> None:
        end = self._read.find(b"\r\n\r\n")
        if end >= 0 and _LENGTH.search(self._read, 0, end + 2) is None:
            self._settle(end)
        if not self.done.done():
            self.done.set_exception(ConnectionError("the answer is not whole"))

    def _settle(self, end: int) -> None:
        if not self.done.done():
            read = bytes(self._read)
            self.done.set_result((time.perf_counter(), read[: end + 4], read[end + 4 :]))


async def _answer(plan: Plan, number: int) -> tuple[float, bytes, bytes]:
    """One request on a connection of its own, as through a proxy that keeps none."""
    question = (
        f"GET {plan.paths[number % len(plan.paths)]} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{plan.port}\r\nConnection: close\r\nAccept-Encoding: br, gzip\r\n"
        f"User-Agent: {BROWSER}\r\n"
        f"Cookie: {plan.cookies[number % len(plan.cookies)]}\r\n\r\n"
    ).encode("ascii")
    exchange = _Exchange(question)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(lambda: exchange, "127.0.0.1", plan.port)
    try:
        answer: tuple[float, bytes, bytes] = await exchange.done
        return answer
    finally:
        transport.close()


def main() -> None:
    """Carry out one plan."""
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(asyncio.run(ask_all(plan))), sys.stdout)


if __name__ == "__main__":
    main()
