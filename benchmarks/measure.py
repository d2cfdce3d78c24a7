"""Timing: engines take turns in each round, so that a machine that slows down slows all alike."""

import gc
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from benchmarks.corpus import BenchQuery
from benchmarks.engines import Case, Engine, Found, Question
from benchmarks.report import Figure

ROUNDS = 7
SLOW_ROUNDS = 2
# A query that takes longer than this is known well enough after two rounds.
SLOW_MS = 30.0


@dataclass(frozen=True, slots=True)
class Timed:
    """One engine's milliseconds by query, the median over rounds, and what it found."""

    milliseconds: tuple[float, ...]
    found: tuple[Found, ...]

    def percentile(self, percent: float) -> float:
        """A percentile over the queries, in milliseconds."""
        return float(np.percentile(self.milliseconds, percent))


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the garbage collector out of what is timed."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def time_warm(
    engines: Sequence[Engine], queries: Sequence[BenchQuery], case: Case, seed: int
) -> dict[str, Timed]:
    """Ask every engine every query once untimed, then several times in turns."""
    engines = [engine for engine in engines if case in engine.cases]
    questions = {
        engine.name: [engine.question(query, case) for query in queries] for engine in engines
    }
    found = {name: tuple(ask() for ask in asked) for name, asked in questions.items()}
    times: dict[str, list[list[float]]] = {name: [[] for _ in queries] for name in questions}
    turns = random.Random(seed)
    for number in range(ROUNDS):
        with quiet():
            # Whole rounds: a server answers one question after the other with one engine, and
            # engines that alternate at each question mostly time how they empty each other's
            # processor caches.
            for name in turns.sample(list(questions), len(questions)):
                for place, ask in enumerate(questions[name]):
                    taken = times[name][place]
                    if number < SLOW_ROUNDS or taken[-1] < SLOW_MS:
                        taken.append(_milliseconds(ask))
    return {name: Timed(_medians(times[name]), found[name]) for name in questions}


def time_cold(engines: Sequence[Engine], queries: Sequence[BenchQuery]) -> dict[str, Timed]:
    """Ask each query once of an engine that has just been opened or has just forgotten."""
    timed = {}
    for engine in engines:
        case = engine.cases[0]
        taken, found = [], []
        for query in queries:
            ask = engine.question(query, case)
            engine.cool()
            with quiet():
                started = time.perf_counter()
                found.append(ask())
                taken.append((time.perf_counter() - started) * 1000)
        timed[engine.name] = Timed(tuple(taken), tuple(found))
    return timed


def figures(timed: Mapping[str, Timed], case: str) -> Iterator[Figure]:
    """The percentiles of each engine."""
    for name, result in timed.items():
        for percent in (50, 95, 99):
            yield Figure(name, case, f"p{percent}", result.percentile(percent), "ms")


def ratios(timed: Mapping[str, Timed], case: str, ours: str) -> Iterator[Figure]:
    """How many times as long as ours each engine takes."""
    for name, result in timed.items():
        for percent in (50, 95):
            ratio = result.percentile(percent) / timed[ours].percentile(percent)
            yield Figure(name, case, f"p{percent}, times ours", ratio, "")


def _milliseconds(ask: Question) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def _medians(times: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(float(np.median(taken)) for taken in times)
