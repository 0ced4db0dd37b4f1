"""The schema: migrations make exactly what the models say, whoever starts first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text

from service import schema
from service.app import create_app
from service.db import NAMING, Base, Database
from service.settings import Settings
from tests.conftest import COURSES
from tests.described import IGNORED, described


def test_the_migrations_make_what_the_models_say(empty_url: str) -> None:
    database = Database(empty_url)
    schema.upgrade(database)
    with database.engine.begin() as connection:
        migrated = described(connection)
        everything = MetaData()
        everything.reflect(connection)
        if not database.is_sqlite:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            for old in everything.tables:
                connection.execute(text(f'DROP TABLE "{old}"'))
    # A copy: creating on PostgreSQL marks the circular keys of what it creates from, for good.
    models = MetaData(naming_convention=NAMING)
    for table in Base.metadata.tables.values():
        table.to_metadata(models)
    models.create_all(database.engine)
    with database.engine.connect() as connection:
        created = described(connection)
    database.close()
    assert migrated.keys() == created.keys()
    for name, parts in created.items():
        assert migrated[name] == parts, name


def test_the_migrations_can_be_undone_and_done_again(empty_url: str) -> None:
    database = Database(empty_url)
    schema.upgrade(database)
    with database.engine.execution_options(hornbook_writes=True).begin() as connection:
        command.downgrade(schema.configuration(connection), "base")
        assert set(inspect(connection).get_table_names()) <= IGNORED
    schema.upgrade(database)
    assert schema.state(database) is schema.State.CURRENT
    database.close()


def test_four_servers_that_start_at_once_migrate_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(schema.upgrade, databases))
    assert {schema.state(database) for database in databases} == {schema.State.CURRENT}
    for database in databases:
        database.close()


def test_a_database_says_how_it_relates_to_this_version(empty_url: str) -> None:
    database = Database(empty_url)
    assert schema.state(database) is schema.State.EMPTY
    schema.upgrade(database)
    assert schema.state(database) is schema.State.CURRENT
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    assert schema.state(database) is schema.State.AHEAD
    assert "newer" in schema.State.AHEAD.value
    database.close()


def test_a_server_is_not_ready_before_its_schema_is(empty_url: str) -> None:
    database = Database(empty_url)
    client = create_app(Settings(database_url=empty_url), database=database).test_client()
    assert client.get("/livez").status_code == 200
    refused = client.get("/readyz")
    assert refused.status_code == 503 and "Retry-After" in refused.headers
    schema.upgrade(database)
    assert client.get("/readyz").status_code == 200
    database.close()


def test_what_ships_with_the_service_is_found() -> None:
    assert (schema.shipped("migrations") / "env.py").is_file()
    assert (schema.shipped("seed")).is_dir()
    assert (COURSES / "tides" / "course.yaml").is_file()


def test_the_migrations_files_are_named_by_the_order_they_come_in() -> None:
    walked = ScriptDirectory(str(schema.shipped("migrations"))).walk_revisions()
    assert [script.revision for script in walked] == schema._revisions()
