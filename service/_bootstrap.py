"""Turns a bare Python and a package index into the environment that a lock describes, so that one command starts all.

Standard library only, and readable by any Python 3: the oldest must still be able to say that it is too old. That is
why annotations which an old Python cannot evaluate are quoted here.
"""

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
CONFIGURATION = ENVIRONMENT / "pyvenv.cfg"  # what makes a Python notice that it is in an environment
MARK = ENVIRONMENT / "hornbook.json"  # empty while work is going on: an environment cut short is made anew
WANTED = ENVIRONMENT / "hornbook.txt"
LOG = ENVIRONMENT / "hornbook.log"
PIP = [str(PYTHON), "-m", "pip", "install"]
# Whatever is set for installing as a user or for asking questions does not fit a virtual environment and a log.
CALM = {**os.environ, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}


class Stopped(Exception):
    """No environment can be made; the text is one sentence that says what to do."""


def ensure(lock: str, module: str) -> None:
    """Return where what `lock` names is installed, or run `python -m module` anew in a `.venv` made for it.

    An installed Hornbook (no lock beside the package) and a virtual environment of the user's own that holds what
    pyproject.toml asks for are left as they are. Ends the process with one sentence where nothing can be done.
    """
    try:
        refuse_what_cannot_work()
        if not (ROOT / lock).exists() or (inside() and is_ready(lock)) or is_provided(lock):
            return
        if not is_ready(lock):
            with turn():
                make_ready(lock)
    except Stopped as problem:
        sys.exit(f"hornbook: {problem}")
    except OSError as problem:
        where = problem.filename or ENVIRONMENT
        sys.exit(f"hornbook: {where} cannot be written ({problem.strerror}): mend that, or copy the folder elsewhere")
    except KeyboardInterrupt:
        sys.exit("hornbook: stopped before everything was installed; the next start begins anew")
    os.execv(str(PYTHON), [str(PYTHON), "-m", module, *sys.argv[1:]])


def refuse_what_cannot_work() -> None:
    """Raise `Stopped` on a Python or a system that Hornbook does not run on."""
    if sys.version_info < OLDEST:
        found = "{}.{}".format(*sys.version_info)
        raise Stopped(f"this is Python {found} and 3.11 or newer is needed: start it as, say, `python3.13 -m …`")
    if sys.platform == "win32":
        raise Stopped("Hornbook runs on Linux and macOS: on Windows, start it inside WSL")


def inside() -> bool:
    """Whether this process runs in this folder's own environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(ENVIRONMENT)


def is_provided(lock: str) -> bool:
    """Whether a virtual environment of the user's own has every distribution asked for, in whatever version."""
    if inside() or sys.prefix == sys.base_prefix:
        return False
    import tomllib
    from importlib import metadata

    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = asked["project"]["dependencies"] + (asked["dependency-groups"]["dev"] if "dev" in lock else [])
    present = {re.sub(r"[-_.]+", "-", each.name).lower() for each in metadata.distributions()}
    return present.issuperset(re.split(r"[^\w-]", each)[0] for each in wanted)


def fingerprint(lock: str) -> str:
    """What an installation of `lock` depends on, in one word."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in (lock, "pyproject.toml"))).hexdigest()


def birthplace() -> "dict[str, str]":
    """Where the environment was made and for which Python; it outlives neither a move nor an upgrade."""
    return {"folder": str(ROOT), "python": os.path.realpath(PYTHON)}


def remembered() -> "dict[str, str]":
    """Lock -> fingerprint of what is installed, with the birthplace; nothing of an environment that is of no use."""
    try:
        found: dict[str, str] = dict(json.loads(MARK.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError):
        return {}
    return found if PYTHON.exists() and CONFIGURATION.exists() and found.items() >= birthplace().items() else {}


def is_ready(lock: str) -> bool:
    """Whether the environment holds what `lock` names now."""
    return remembered().get(lock) == fingerprint(lock)


def make_ready(lock: str) -> None:
    """Make the environment where there is none of use, and install `lock` and the project itself into it."""
    started = time.monotonic()
    known = remembered()
    if known.get(lock) == fingerprint(lock):
        return  # another start did it while this one waited
    if not known:
        make_environment()
    for file in (MARK, LOG):
        file.write_text("", encoding="utf-8")
    entries = pinned(lock)
    say(f"Installing {len(entries)} packages …")
    if not (fetch_uv(entries.pop("uv")) and install(entries, *with_uv())):
        say("… with pip, since uv cannot; this takes a little longer")
        if not install(entries, PIP, CALM):
            raise Stopped(f"the packages could not be installed ({last_error()}): {LOG} has the whole story")
    # Another lock stays installed only if this one came from the same state of the project.
    still = {name: mark for name, mark in known.items() if (ROOT / name).is_file() and mark == fingerprint(name)}
    done = json.dumps({**birthplace(), **still, lock: fingerprint(lock)}, indent=1)
    MARK.with_suffix(".new").write_text(done, encoding="utf-8")
    MARK.with_suffix(".new").replace(MARK)
    say(f"Ready after {time.monotonic() - started:.0f} s.")


@contextmanager
def turn() -> "Iterator[None]":
    """Wait until no other start prepares this folder, and keep the others waiting meanwhile."""
    import fcntl  # not on Windows

    folder = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(folder, True)  # what a killed start leaves running goes on holding its turn
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another start that is preparing .venv …")
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(folder)


def make_environment() -> None:
    """Make an empty `.venv` in place of one that was cut short, moved or made for another Python."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Stopped(
            "this Python lacks its venv module: install it (on Debian and Ubuntu: `apt-get install python3-venv`)"
            " and start again"
        )
    if CONFIGURATION.exists() and not MARK.exists():
        raise Stopped(
            f"{ENVIRONMENT} was made by someone else: remove it, or install {ROOT / 'requirements.lock'} into it"
            " and start with its own python"
        )
    say("Making .venv …")
    if ENVIRONMENT.exists():
        CONFIGURATION.unlink(missing_ok=True)  # half removed, it must not look like someone else's
        shutil.rmtree(ENVIRONMENT)
    ENVIRONMENT.mkdir()
    MARK.touch()
    # A virtual environment can be removed under its own feet: the Python it was made from goes on.
    base = getattr(sys, "_base_executable", sys.executable)
    if not run([base, "-m", "venv", str(ENVIRONMENT)], CALM):
        raise Stopped(f"`python -m venv` failed ({last_error()}): mend that and start again")


def pinned(lock: str) -> "dict[str, str]":
    """The lock's entries: distribution -> its lines, hashes included; one for each version, if Pythons differ in it."""
    found: dict[str, str] = {}
    for entry in re.split(r"^(?=\w)", (ROOT / lock).read_text(encoding="utf-8"), flags=re.M):
        if "==" in entry:
            name = entry.split("==")[0]
            found[name] = found.get(name, "") + entry
    return found


def fetch_uv(entry: str) -> bool:
    """Install uv as the lock's `entry` says; False where there is none for this platform or in this index."""
    if run([*PIP, "--retries", "2", "--only-binary", ":all:", "--require-hashes", "-r", written([entry])], CALM):
        return True
    if re.search(r"Retrying \(|Could not fetch URL", LOG.read_text(encoding="utf-8", errors="replace")):
        raise Stopped(
            f"the package index cannot be reached ({LOG} has the details): check the connection, or name an index"
            " that can be reached in PIP_INDEX_URL, and start again"
        )
    return False


def install(entries: "dict[str, str]", installer: "list[str]", environment: "dict[str, str]") -> bool:
    """Install a lock's entries, and the project as a link to this folder; whether all went well."""
    return run([*installer, "--require-hashes", "-r", written(entries.values())], environment) and run(
        [*installer, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], environment
    )


def written(entries: "Iterable[str]") -> str:
    """The path of a requirements file that holds `entries`."""
    WANTED.write_text("".join(entries), encoding="utf-8")
    return str(WANTED)


def with_uv() -> "tuple[list[str], dict[str, str]]":
    """The command that installs with uv, and its environment, which holds what pip is configured with."""
    printed = subprocess.run([*PIP[:3], "config", "list"], capture_output=True, text=True, check=False, env=CALM).stdout
    flags, settings = as_uv_says_it(pip_settings(printed))
    uv = [str(ENVIRONMENT / "bin" / "uv"), "pip", "install", "--compile-bytecode", "--python", str(PYTHON)]
    return [*uv, *flags], {**settings, **CALM}  # what somebody told uv itself comes first


def pip_settings(printed: str) -> "dict[str, str]":
    """What `pip config list` printed, as option -> value; variables outdo the command's section, that [global]."""
    found = {}
    for section in ("global", "install", ":env:"):
        for option, value in re.findall(rf"^{section}\.([\w-]+)=(.+)$", printed, flags=re.M):
            found[option.replace("default-timeout", "timeout")] = str(ast.literal_eval(value))
    return found


def as_uv_says_it(pip: "dict[str, str]") -> "tuple[list[str], dict[str, str]]":
    """Flags and variables that tell uv what pip is told; addresses in variables, since they may hold a password."""
    words = {option: value.split() for option, value in pip.items()}
    settings = {UV_NAMES[option]: " ".join(value) for option, value in words.items() if option in UV_NAMES}
    if "find-links" in pip:
        settings["UV_FIND_LINKS"] = ",".join(words["find-links"])
    flags = ["--no-index"] if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"} else []
    # pip looks through all indexes alike, and so shall uv; the hashes say which file is meant.
    return flags, {**settings, "UV_INDEX_STRATEGY": "unsafe-best-match"}


def run(command: "list[str]", environment: "dict[str, str]") -> bool:
    """Run a program with what it prints going to the log; whether it went well."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        return (
            subprocess.call(  # close_fds: see `turn`
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=False
            )
            == 0
        )


def last_error() -> str:
    """The last line of the log that speaks of an error."""
    lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if "error" in line.lower()), "no reason given")


def say(text: str) -> None:
    """Show progress where it does not mix with what a command prints."""
    print(f"hornbook: {text}", file=sys.stderr, flush=True)
