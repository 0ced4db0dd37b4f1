"""When a database was backed up last, as far as this installation knows: a note in its data directory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Backup:
    """A copy of a database: where it was put, when it was begun, how large it is."""

    file: str
    at: str
    bytes: int

    @property
    def made_at(self) -> datetime:
        """When it was begun."""
        return datetime.fromisoformat(self.at)


def note(data_dir: Path, database: str, backup: Backup) -> None:
    """Remember the newest backup of the database, by its address without a password. Raises OSError."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    noted = _notes(data_dir) | {database: asdict(backup)}
    part = _place(data_dir).with_suffix(".part")
    part.write_text(json.dumps(noted, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(_place(data_dir))


def find(data_dir: Path, database: str) -> Backup | None:
    """The newest backup that was noted, whether or not its file is still there."""
    try:
        noted = _notes(data_dir)[database]
        backup = Backup(str(noted["file"]), str(noted["at"]), int(noted["bytes"]))
        return backup if backup.made_at.tzinfo else None
    except (KeyError, TypeError, ValueError):
        return None


def _place(data_dir: Path) -> Path:
    return data_dir / "last-backups.json"


def _notes(data_dir: Path) -> dict[str, dict[str, Any]]:
    try:
        noted = json.loads(_place(data_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}
