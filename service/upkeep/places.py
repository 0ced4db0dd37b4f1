"""Where an installation keeps its files: who may get at them, how much room there is, and on what they lie."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from service.upkeep.findings import Finding, Level, fine, in_bytes, judged

FULL, NEARLY_FULL = 100_000_000, 1_000_000_000
"""Bytes free below which answers are about to be refused, and below which it is time to make room."""
DISTANT = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"}
"""File systems of another machine, whose locks SQLite cannot rely on."""
FLEETING = {"tmpfs", "ramfs"}
"""File systems that are gone when the machine stops."""
MOUNTS = Path("/proc/mounts")


def folder_findings(folder: Path, file: Path | None) -> Iterator[Finding]:
    """The data directory or the folder of the database, with the database where it is a file in it."""
    if not folder.is_dir():
        yield Finding("data directory", Level.WARNING, f"{folder} is not there", "hornbook db upgrade makes it.")
        return
    yield judged(
        "data directory",
        folder,
        os.access(folder, os.W_OK | os.X_OK),
        "Whoever runs this may not write there. Run it as the owner, or set HORNBOOK_DATA_DIR.",
    )
    yield _rights(folder, file)
    yield _room(folder, file.stat().st_size if file is not None and file.exists() else 0)
    if file is not None and MOUNTS.exists():
        yield _ground(file_system_of(folder.resolve(), MOUNTS.read_text(encoding="utf-8", errors="replace")))


def _rights(folder: Path, file: Path | None) -> Finding:
    """Whether others of this machine can read or change everybody's answers."""
    ways = [stat.S_IMODE(folder.stat().st_mode)]
    # Who cannot enter the folder cannot reach the file in it.
    if file is not None and file.exists() and ways[0] & stat.S_IXOTH:
        ways.append(stat.S_IMODE(file.stat().st_mode))
    modes = ", ".join(f"{way:04o}" for way in ways)
    if any(way & stat.S_IWOTH for way in ways):
        return Finding("rights", Level.UNSAFE, f"{modes}: everybody may write", f"chmod o-rwx {folder}")
    if len(ways) > 1 and ways[1] & stat.S_IROTH:
        return Finding("rights", Level.WARNING, f"{modes}: everybody may read the answers", f"chmod o-rwx {folder}")
    return fine("rights", modes)


def _room(folder: Path, size: int) -> Finding:
    free = shutil.disk_usage(folder).free
    says = f"{in_bytes(free)} free" + (f", the database has {in_bytes(size)}" if size else "")
    mend = "Make room: a full disk refuses every answer."
    if free < FULL:
        return Finding("free space", Level.UNSAFE, says, mend)
    return judged("free space", says, free >= max(NEARLY_FULL, 2 * size), mend, Level.WARNING)


def _ground(kind: str) -> Finding:
    if kind in DISTANT:
        return Finding(
            "file system",
            Level.UNSAFE,
            f"{kind}: SQLite's locks do not hold over a network",
            "Move the database to a disk of this machine, or use PostgreSQL.",
        )
    return judged(
        "file system",
        kind + (": gone when the machine stops" if kind in FLEETING else ""),
        kind not in FLEETING,
        "Move the database to a disk, unless it is for trying things out.",
        Level.WARNING,
    )


def file_system_of(folder: Path, mounts: str) -> str:
    """The kind of file system that the folder is on, by the system's table of mounts; the innermost one counts."""
    found = [(Path("/"), "unknown")]
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) > 2:
            place = Path(words[1].replace("\\040", " "))
            if place == folder or place in folder.parents:
                found.append((place, words[2]))
    # Of several at one place, the last is on top.
    return max(reversed(found), key=lambda one: len(one[0].parts))[1]
