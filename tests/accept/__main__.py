"""`python -m tests.accept [ID …]`: crashes, races and leaks, provoked on purpose; one line for each promise."""

import sys
from pathlib import Path

if not __package__:  # started by its path, from whatever folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from service._bootstrap import ensure


def main() -> None:
    """Prepare the environment, then try."""
    ensure("requirements-dev.lock", "tests.accept")
    from tests.accept import rows

    rows.main()


if __name__ == "__main__":
    main()
