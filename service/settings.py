"""Every environment variable: its name, type, default and meaning; what is not known here is refused."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

PREFIX = "HORNBOOK_"
IGNORED = "HORNBOOK_TEST_"
LOG_LEVELS = ("info", "error")


class UnusableSettings(ValueError):
    """Some variables cannot be used; the message is for the person who set them, one line for each."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("Hornbook cannot start with these settings:\n" + "\n".join(f"  {line}" for line in mistakes))


def _about(
    read: Callable[[str], Any], kind: str, meaning: str, *, shown: str | None = None, secret: bool = False
) -> dict[str, Any]:
    """How a field is read and explained. `read` raises ValueError saying what would be right; `shown` words a
    default that depends on the machine; a secret may come from a file and is never printed.
    """
    return {"read": read, "kind": kind, "meaning": meaning, "shown": shown, "secret": secret}


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest} is needed")
        return int(text)

    return read


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise ValueError("a host name or an address is needed, say 127.0.0.1")
    return text


def _log_level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)} is needed")
    return text


def _public_url(text: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:_\[\]-]+(/[A-Za-z0-9._~/-]*)?", text):
        raise ValueError("an address like https://read.example.org is needed, without ? or #")
    return text.rstrip("/")


def _directory(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("an absolute path is needed")
    return path


def _database_url(text: str) -> str:
    """The address with the driver named; only the two databases that are tested are taken."""
    if re.fullmatch(r"sqlite:///[^?#]+", text) and not text.endswith(":memory:"):
        return text
    found = re.fullmatch(r"(?:postgres|postgresql|postgresql\+psycopg)://(.+)", text)
    if found:
        return f"postgresql+psycopg://{found[1]}"
    raise ValueError("sqlite:///… (a file) or postgresql://user:password@host/name is needed")


def default_data_dir(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where this user's programs keep their data: XDG on Unix, Application Support on macOS."""
    home = Path(environ.get("HOME") or Path.home())
    chosen = Path(environ.get("XDG_DATA_HOME", ""))
    if chosen.is_absolute():
        return chosen / "hornbook"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "hornbook"
    return home / ".local" / "share" / "hornbook"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this installation runs; one field for each variable, `HORNBOOK_` and the field's name in capitals."""

    data_dir: Path = field(
        default_factory=default_data_dir,
        metadata=_about(
            _directory,
            "directory",
            "where the embedded database lives",
            shown="`hornbook` in `$XDG_DATA_HOME`, else in `~/.local/share` (macOS: `~/Library/Application Support`)",
        ),
    )
    database_url: str = field(
        default="",
        repr=False,
        metadata=_about(
            _database_url,
            "address",
            "`sqlite:///…` (a file) or `postgresql://user:password@host/name`",
            shown="SQLite in the data directory",
            secret=True,
        ),
    )
    host: str = field(default="127.0.0.1", metadata=_about(_host, "text", "the address to listen on"))
    port: int = field(default=8000, metadata=_about(_whole(1, 65_535), "number", "the port to listen on"))
    workers: int = field(default=2, metadata=_about(_whole(1, 64), "number", "processes that answer requests"))
    threads: int = field(
        default=4,
        metadata=_about(_whole(1, 64), "number", "threads in each of them, each with up to three connections"),
    )
    max_body_bytes: int = field(
        default=1024 * 1024, metadata=_about(_whole(1024, 2**26), "number", "the largest request body taken")
    )
    proxy_hops: int = field(
        default=0,
        metadata=_about(_whole(0, 8), "number", "trusted proxies in front, whose X-Forwarded headers are believed"),
    )
    failed_tries: int = field(
        default=30,
        metadata=_about(
            _whole(1, 100_000), "number", "bad tokens from one address in five minutes before it is told to wait"
        ),
    )
    log_level: str = field(
        default="info", metadata=_about(_log_level, "word", "`info` logs requests and failures, `error` failures only")
    )
    public_url: str | None = field(
        default=None, metadata=_about(_public_url, "address", "where people reach this service, for absolute links")
    )

    def __post_init__(self) -> None:
        """Without a database of its own choosing, an installation has one file in its data directory."""
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'hornbook.db'}")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment; raises `UnusableSettings` with everything that is wrong, all at once."""
        known = {_variable(about): about for about in fields(cls)}
        mistakes = [_unknown(name, known) for name in sorted(environ) if _is_ours(name) and not _reads(name, known)]
        values: dict[str, Any] = {}
        for name, about in known.items():
            try:
                text = _text_of(name, about, environ)
                if text is not None:
                    values[about.name] = about.metadata["read"](text)
            except ValueError as error:
                mistakes.append(f"{name}: {error}.")
        if mistakes:
            raise UnusableSettings(mistakes)
        return cls(**{"data_dir": default_data_dir(environ), **values})

    @classmethod
    def table(cls) -> str:
        """The table of variables in README, as Markdown."""
        rows = ["| variable | type | default | meaning |", "|---|---|---|---|"]
        for about in fields(cls):
            name = f"`{_variable(about)}`" + (" (or `…_FILE`)" if about.metadata["secret"] else "")
            rows.append(f"| {name} | {about.metadata['kind']} | {_default(about)} | {about.metadata['meaning']} |")
        return "\n".join(rows) + "\n"


def _variable(about: Field[Any]) -> str:
    return PREFIX + about.name.upper()


def _default(about: Field[Any]) -> str:
    shown = about.metadata["shown"]
    if isinstance(shown, str):
        return shown
    return "none" if about.default is None or about.default is MISSING else f"`{about.default}`"


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(IGNORED)


def _reads(name: str, known: Mapping[str, Field[Any]]) -> bool:
    if name in known:
        return True
    about = known.get(name.removesuffix("_FILE"))
    return about is not None and about.metadata["secret"]


def _unknown(name: str, known: Mapping[str, Field[Any]]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
    return f"{name}: there is no such setting; {hint}"


def _text_of(name: str, about: Field[Any], environ: Mapping[str, str]) -> str | None:
    """What is set, from the variable or, for a secret, from the file it names; empty is the same as not set."""
    text, file = environ.get(name) or None, environ.get(f"{name}_FILE") or None
    if file is None or not about.metadata["secret"]:
        return text
    if text is not None:
        raise ValueError(f"set this or {name}_FILE, not both")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file named by {name}_FILE cannot be read ({type(error).__name__})") from None
