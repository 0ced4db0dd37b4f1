"""What Hornbook costs beside a bare Flask, measured: `python -m tests.bench`."""
