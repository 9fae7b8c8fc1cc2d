"""The two dimensions whose members come from the source, as the steps see them: alike but for their names."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.sales.source import Role


@dataclass(frozen=True, slots=True)
class Dimension:
    """`id`, `name` and `attributes` are columns of typed tables; `measures` those of lists that are numbers, by the name
    they have in the star. `word` names it in tables of ours and to people.
    """

    word: str
    role: Role
    attributes: tuple[str, ...]
    measures: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.word}_id"

    @property
    def key(self) -> str:
        return f"{self.word}_key"

    @property
    def name(self) -> str:
        return self.word

    @property
    def star(self) -> str:
        return f"dim_{self.word}"

    @property
    def told(self) -> tuple[str, ...]:
        """What the star says about a member, beside its id, in the order of its columns."""
        return ("name", *self.attributes, *(name for _, name in self.measures))


CUSTOMER = Dimension("customer", Role.CUSTOMERS, ("city", "region", "country", "segment"))
PRODUCT = Dimension("product", Role.PRODUCTS, ("category", "subcategory"), (("unit_price", "list_price"),))
DIMENSIONS = (CUSTOMER, PRODUCT)
