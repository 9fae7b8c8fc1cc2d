"""The products: what is sold, at which list price, and how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kpi.sales.generator.csv_lines import Numbers, amounts, named
from kpi.sales.generator.plan import Plan

PRODUCT_COLUMNS = ("product_id", "name", "category", "subcategory", "unit_price")
FIRST_NUMBER = 1_001
CATEGORIES = {
    "Coffee": ("Espresso", "Filter", "Decaf"),
    "Tea": ("Green", "Black", "Herbal"),
    "Equipment": ("Grinders", "Machines", "Kettles"),
    "Tableware": ("Cups", "Glasses", "Pots"),
    "Sweets": ("Chocolate", "Biscuits", "Syrups"),
    "Supplies": ("Filters", "Cleaning", "Packaging"),
}
USUAL_PRICES = (14.0, 9.0, 160.0, 18.0, 7.0, 6.0)  # of each category
NAMES = ("Aurora", "Bravo", "Café", "Delta", "Élan", "Fjord", "Gusto", "Harbour", "Ilha", "Jubiläum", "Kraków", "Lumière",
         "Mañana", "Nordstjärna", "Ópera", "Piazza", "Quinta", "Rosée", "Señor", "Tōkyō")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Products:
    """One a row: their columns as text, the list price in cents, and the share of lines that is about each."""

    columns: tuple[pa.Array, ...]
    cents: Numbers
    share: np.ndarray


def products(plan: Plan) -> Products:
    """As many as the plan says. The same plan gives the same."""
    random = np.random.default_rng([plan.seed, 2])
    count = plan.product_count
    number = np.arange(count)
    category = number % len(CATEGORIES)
    kinds = [kind for kinds in CATEGORIES.values() for kind in kinds]
    kind = category * 3 + number // len(CATEGORIES) % 3
    usual = np.array(USUAL_PRICES)[category]
    cents = np.maximum((usual * random.lognormal(0.0, 0.5, count) * 10).astype(np.int64) * 10 - 10, 90)
    weight = 1 / (random.permutation(count) + 3.0)  # a few sell well, many hardly at all
    subcategory = pa.array(kinds).take(pa.array(kind))
    columns = (
        named("P", number + FIRST_NUMBER),
        pc.binary_join_element_wise(
            pa.array(NAMES).take(pa.array(random.integers(0, len(NAMES), count))),
            subcategory,
            named("No. ", number + 1),
            " ",
        ),
        pa.array(list(CATEGORIES)).take(pa.array(category)),
        subcategory,
        amounts(cents),
    )
    return Products(columns, cents, weight / weight.sum())
