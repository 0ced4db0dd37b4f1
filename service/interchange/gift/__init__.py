"""GIFT, the text format in which Moodle takes and gives questions."""

from __future__ import annotations

from service.interchange.gift.reading import read_bank

__all__ = ["read_bank"]
