"""Races are run on each kind of database, whatever kind the others of this run are."""

from collections.abc import Callable, Iterator

import pytest

from tests.databases import KINDS, Databases, Server


@pytest.fixture(params=KINDS)
def databases(
    request: pytest.FixtureRequest, server_of_kind: Callable[[str], Server]
) -> Iterator[Databases]:
    """Databases of each kind."""
    with Databases(server_of_kind(request.param)) as made:
        yield made
