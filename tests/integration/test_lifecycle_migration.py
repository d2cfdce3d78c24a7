"""What documents get that were published before there was a life cycle."""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from config import Settings
from portal.db import Database
from portal.migrate import _config, upgrade
from portal.models import Document, Version
from tests.databases import Databases

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
BEFORE = (
    "INSERT INTO users (id, login, name, password_hash, role, unit_id, is_demo, created_at) "
    "VALUES (1, 'linruoxi', '林若溪', '', 'industry-manager', 1, FALSE, '2026-11-01 00:00:00')",
    "INSERT INTO documents (id, title, status, visibility, author_id, unit_id, created_at, "
    "published_at) VALUES (1, '校园宽带资费表', 'published', 'everyone', 1, 1, "
    "'2026-11-01 00:00:00', '2026-11-01 00:00:00')",
    "INSERT INTO documents (id, title, status, visibility, author_id, unit_id, created_at) "
    "VALUES (2, '组网草稿', 'draft', 'everyone', 1, 1, '2026-11-01 00:00:00')",
    "INSERT INTO document_terms (document_id, term_id) SELECT 1, id FROM taxonomy_terms "
    "WHERE facet = 'kind' AND code IN ('tariff', 'case')",
    "INSERT INTO versions (document_id, number, file_name, format, media_type, size, sha256, "
    "notices, created_at) VALUES "
    "(1, 1, 'a.txt', 'txt', 'text/plain', 1, 'a', '[]', '2026-11-01 00:00:00'), "
    "(1, 2, 'b.txt', 'txt', 'text/plain', 1, 'b', '[]', '2026-11-01 00:00:00'), "
    "(2, 1, 'c.txt', 'txt', 'text/plain', 1, 'c', '[]', '2026-11-01 00:00:00')",
)


def test_they_keep_their_newest_version_and_get_a_steward_and_a_date(
    tmp_path: Path, databases: Databases
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=databases.empty(tmp_path))
    db = Database(settings.resolved_database_url)
    config = _config()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for statement in BEFORE:
            connection.execute(sa.text(statement))
    upgrade(db)
    with db.read() as session:
        published, draft = session.get_one(Document, 1), session.get_one(Document, 2)
        versions = session.scalars(sa.select(Version).order_by(Version.id)).all()
    assert (published.current_number, published.steward_id) == (2, 1)
    assert published.review_due_at == AT + dt.timedelta(days=30)
    assert (draft.current_number, draft.steward_id, draft.review_due_at) == (1, None, None)
    assert [version.published_at for version in versions] == [AT, AT, None]
    assert {version.author_id for version in versions} == {1}
    db.dispose()
