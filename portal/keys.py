"""The key that signs sessions and links, for the web and for the jobs that write links in mails."""

import os
import secrets
import tempfile
from pathlib import Path

from config import Settings, SettingsError


def secret_key(settings: Settings) -> str:
    """The setting, or for a demo a key that is made once and kept in the data folder.

    Raises :class:`~config.SettingsError` when there is neither key nor demo.
    """
    if settings.secret_key:
        return settings.secret_key
    if not settings.demo:
        raise SettingsError(
            "PORTAL_SECRET_KEY is required: set it to 32 or more random characters, "
            "or set PORTAL_DEMO=1 for a demonstration"
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    kept = settings.data_dir / "secret_key"
    if not kept.exists():
        _make_key(kept)
    return kept.read_text(encoding="ascii")


def _make_key(kept: Path) -> None:
    # Workers start together: each writes a whole file aside, and the first link decides for all.
    descriptor, name = tempfile.mkstemp(dir=kept.parent, prefix=".secret_key-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, kept)
    except FileExistsError:
        return
    finally:
        os.unlink(name)
