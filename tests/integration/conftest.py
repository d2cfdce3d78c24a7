"""The ``portal`` command for tests that use it as a person does."""

import pytest

from portal.services import Services
from tests.integration.command import Command


@pytest.fixture
def portal(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command on a migrated, empty portal: the one of ``services``."""
    return Command(services.settings.data_dir, monkeypatch, capsys)
