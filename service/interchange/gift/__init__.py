"""GIFT, the text format in which Moodle takes and gives questions."""

from __future__ import annotations

from service.interchange.gift.reading import read_bank
from service.interchange.gift.writing import write_bank

__all__ = ["read_bank", "write_bank"]
