"""`python3 -m service`: the whole of Hornbook from a bare Python; without a command it serves."""

import sys
from pathlib import Path

if not __package__:  # started by its path, from whatever folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from service._bootstrap import ensure


def main() -> None:
    """Prepare the environment, then do what `hornbook` does with the same arguments."""
    ensure("requirements.lock", "service")
    try:
        from service import cli

        arguments = sys.argv[1:]
        if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"--help", "--version"}):
            arguments = ["serve", *arguments]
        sys.argv[1:] = arguments
        cli.main()
    except KeyboardInterrupt:  # Ctrl-C while the program is still being loaded
        sys.exit(130)


if __name__ == "__main__":
    main()
