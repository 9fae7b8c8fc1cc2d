"""Catalogues and definitions with what every KPI needs."""

from __future__ import annotations

from typing import Any

from kpi.definitions import Catalog, Definition, read_catalog, read_definition

FIELDS = """
[fields]
measures = ["revenue", "cogs"]
rates = ["unit_price"]
texts = ["category", "order_id"]
"""
PLAIN = """
label = "A"
unit = "number"
favourable = "none"
decimals = 1
description = "A."
"""


def catalog_with(*entries: str) -> Catalog:
    """A catalogue of KPIs a, b, …, each with what every KPI needs and the given lines."""
    named = zip("abcdef", entries, strict=False)
    return read_catalog(FIELDS + "".join(f"[kpi.{key}]{PLAIN}{entry}\n" for key, entry in named))


OWN = {"label": "Own", "description": "Own.", "unit": "number", "favourable": "none", "decimals": 1}


def own(key: str, formula: str = "", **more: Any) -> Definition:
    return read_definition(key, {**OWN, **({"formula": formula} if formula else {}), **more}, owner="Ada")
