"""`python -m tests.bench [NAME …]`: what Hornbook costs beside a bare Flask, each figure against its goal."""

import sys
from pathlib import Path

if not __package__:  # started by its path, from whatever folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from service._bootstrap import ensure


def main() -> None:
    """Prepare the environment, then measure."""
    ensure("requirements-dev.lock", "tests.bench")
    from tests.bench import rows

    rows.main()


if __name__ == "__main__":
    main()
