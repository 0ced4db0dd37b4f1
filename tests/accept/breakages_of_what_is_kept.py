"""Breakages of upgrades, backups and restoring: what must not be lost while it is changed, copied or put back."""

from __future__ import annotations

from tests.accept.breakage import ACCEPT, PYTEST, breaks

FSYNC = (*ACCEPT, "fsync", "--db", "sqlite")
MIGRATE = (*ACCEPT, "migrate", "--db", "sqlite")
MIGRATE_POSTGRES = (*ACCEPT, "migrate", "--db", "postgres")
BACKUPS = (*PYTEST, "tests/test_backups.py", "-k")

OF_WHAT_IS_KEPT = (
    breaks("acknowledge before it is synced", "service/db.py", '"synchronous=FULL"', '"synchronous=OFF"', *FSYNC),
    breaks(
        "rebuild when the upgrade is committed",
        "service/schema.py",
        "        if before is State.BEHIND and afterwards is not None:\n"
        "            with Session(connection) as session:\n"
        "                afterwards(session)\n"
        "                session.flush()\n",
        "    if before is State.BEHIND and afterwards is not None:\n"
        "        with database.write() as session:\n"
        "            afterwards(session)\n",
        *MIGRATE,
    ),
    breaks(
        "upgrade without waiting for each other",
        "service/schema.py",
        "SELECT pg_advisory_xact_lock(:lock)",
        "SELECT :lock + 0",
        *MIGRATE_POSTGRES,
    ),
    breaks(
        "leave rows behind in a migration",
        "migrations/versions/0007_reviews.py",
        'SELECT {columns} FROM attempts")',
        'SELECT {columns} FROM attempts LIMIT 5")',
        *MIGRATE,
    ),
    breaks(
        "restore under a server",
        "service/upkeep/occupancy.py",
        "        fcntl.LOCK_EX,\n",
        "        fcntl.LOCK_SH,\n",
        *BACKUPS,
        "nothing_is_restored",
    ),
    breaks(
        "keep a copy that is damaged",
        "service/upkeep/sqlite_files.py",
        "if wrong is not None:",
        "if wrong is None and False:",
        *BACKUPS,
        "damaged",
    ),
    breaks(
        "restore by writing over the file",
        "service/upkeep/sqlite_files.py",
        "                _keep(target, kept)\n            part.replace(target)\n",
        "                _keep(target, kept)\n            shutil.copyfile(part, target)\n",
        *BACKUPS,
        "killed",
    ),
)
