"""What is asked of the generator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2025, 12, 31)
MOST_ROWS, MOST_MEMBERS = 1_000_000_000, 5_000_000
MOST_DIRTY = 0.5
SALES_OF_A_CUSTOMER, SALES_OF_A_PRODUCT = 20, 500  # on average, where nobody says how many there are
FEWEST_MEMBERS, MOST_CUSTOMERS, MOST_PRODUCTS = 40, 200_000, 2_000  # likewise


class PlanError(ValueError):
    """Nothing can be made of what was asked; the message names the option, what was found and what is wanted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`rows` are the lines of sales.csv below its header, of which `dirty` is the share that something is wrong with."""

    rows: int
    seed: int
    dirty: float = 0.02
    first: date = FIRST_DAY
    last: date = LAST_DAY
    customers: int = 0  # without duplicates and other dirt; 0: by the number of rows
    products: int = 0

    def __post_init__(self) -> None:
        for option, found, least, most in (
            ("rows", self.rows, 1, MOST_ROWS),
            ("seed", self.seed, 0, 2**63 - 1),
            ("dirty", self.dirty, 0, MOST_DIRTY),
            ("customers", self.customers, 0, MOST_MEMBERS),
            ("products", self.products, 0, MOST_MEMBERS),
        ):
            if not least <= found <= most:
                raise PlanError(f"{option}: found {found}, wanted a number from {least} to {most:,}")
        if not date(1900, 1, 1) <= self.first <= self.last <= date(2199, 12, 31):
            raise PlanError(
                f"start and end: found {self.first} and {self.last}, wanted two days from 1900 to 2199 in order"
            )

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def customer_count(self) -> int:
        return self.customers or min(max(self.rows // SALES_OF_A_CUSTOMER, FEWEST_MEMBERS), MOST_CUSTOMERS)

    @property
    def product_count(self) -> int:
        return self.products or min(max(self.rows // SALES_OF_A_PRODUCT, FEWEST_MEMBERS), MOST_PRODUCTS)
