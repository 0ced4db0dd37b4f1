"""`python3 -m tests`: the whole suite from a bare Python, a PostgreSQL included; arguments go to pytest."""

import os
import sys
from pathlib import Path

if not __package__:  # started by its path, from whatever folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from service._bootstrap import ROOT, ensure


def main() -> None:
    """Prepare the environment, then run pytest on every core (two workers at least: they find what one hides)."""
    ensure("requirements-dev.lock", "tests")
    import pytest

    os.chdir(ROOT)
    os.environ.setdefault("PYTEST_XDIST_AUTO_NUM_WORKERS", str(max(2, os.cpu_count() or 2)))
    sys.exit(pytest.main(["-n", "auto", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
