"""Why something about a database was not done."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was changed; the text says why, and what to do about it."""
