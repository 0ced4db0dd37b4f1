"""Hugo Markdown: pages of a course's site, as instructors write them."""

from __future__ import annotations

from service.interchange.hugo.reading import is_unit_page, read_page
from service.interchange.hugo.vocabulary import load_vocabulary

__all__ = ["is_unit_page", "load_vocabulary", "read_page"]
