"""A page on tides and a bank of questions on them, as units, with what tests do to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from service.content.documents import dump_document, load_unit
from service.domain.documents import UnitDocument
from service.interchange.gift import read_bank
from service.interchange.hugo import read_page

Raw = dict[str, Any]
PATH = "units/02-tides.md"
PAGE = """\
---
title: "Unit 2: Tides"
---

## Objectives

- Explain why there are two tides a day

## Preparation

- Read [How tides come about](https://tides.example/how)
- Watch [The tides at Mont-Saint-Michel](https://tides.example/mont)

A word about the weather.

Choose one and skim it:

- [Tables of the Bay of Fundy](https://tides.example/fundy)
- [Tables of the Solent](https://tides.example/solent)
- [Tables of Saint-Malo](https://tides.example/malo)

## Supplemental

- Read [Newton on tides](https://tides.example/newton)

## Class

### Monday: Introduction

### Friday: At the harbour
"""
BANK = """\
::Pull:: What pulls most at the sea? {=The moon ~The sun ~The wind}

How many high tides has a usual day, where there are two? {#2}

Which tide is lowest of all? {=neap ~spring}

What is an ebb, in a word of your own? {}
"""


def page(text: str = PAGE) -> UnitDocument:
    """A page as it is imported."""
    return read_page(text, PATH).unit


def bank(text: str = BANK) -> UnitDocument:
    """A bank as it is imported."""
    return read_bank(text, "banks/tides.gift").unit


def edited(unit: UnitDocument, change: Callable[[Raw], object]) -> UnitDocument:
    """The unit as somebody left it who edited its file."""
    raw = json.loads(json.dumps(dump_document(unit)))
    change(raw)
    return load_unit(raw)


def raw_of(unit: UnitDocument) -> Raw:
    """The unit as it is written."""
    return dump_document(unit)


# ------------------------------------------------------------------------------------ what somebody wrote by hand


def items(raw: Raw) -> list[Raw]:
    """What the page's first section holds."""
    found: list[Raw] = raw["sections"][0]["items"]
    return found


def options(raw: Raw) -> list[Raw]:
    """What there is to choose."""
    found: list[Raw] = items(raw)[-1]["choose"]["options"]
    return found
