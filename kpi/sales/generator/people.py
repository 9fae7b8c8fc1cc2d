"""The customers: names and places of several countries, in the order in which the customers came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from faker import Faker

from kpi.sales.generator.csv_lines import Numbers, named
from kpi.sales.generator.plan import Plan

CUSTOMER_COLUMNS = ("customer_id", "name", "city", "region", "country", "segment")
LOCALES = ("de_DE", "pl_PL", "pt_PT", "cs_CZ", "sv_SE", "de_CH", "da_DK", "es_ES")  # with cities that exist
NAMES, COMPANIES, CITIES = 150, 200, 15  # of each country
REGIONS = ("North", "East", "South", "West", "Centre")
SEGMENTS = ("Consumer", "Corporate", "Small business")
SHARES = (0.62, 0.23, 0.15)
FIRST_NUMBER = 100_001
ON_THE_FIRST_DAY = 0.35  # of the customers; the others come one by one until NO_MORE of the time is over
NO_MORE = 0.95
FEW_BUY_MUCH = 1.16  # the exponent at which a fifth of the customers buys four fifths
MOST_BOUGHT = 150  # times what the least of them buys


@dataclass(frozen=True, slots=True)
class Customers:
    """One a row: their columns as text, when each came as a share of the time, and how much each buys."""

    columns: tuple[pa.Array, ...]
    came: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True, slots=True)
class _Country:
    first_names: list[str]
    last_names: list[str]
    companies: list[str]
    cities: list[str]
    name: str


def customers(plan: Plan) -> Customers:
    """As many as the plan says. The same plan gives the same."""
    random = np.random.default_rng([plan.seed, 1])
    count = plan.customer_count
    countries = [_country(locale, plan.seed) for locale in LOCALES]
    country = random.integers(0, len(LOCALES), count)
    city = np.minimum((random.pareto(1.0, count) * 2).astype(np.int64), CITIES - 1)
    segment = random.choice(len(SEGMENTS), count, p=SHARES)
    columns = (
        named("C", np.arange(count) + FIRST_NUMBER),
        _names(random, countries, country, segment == 0),
        _of(countries, "cities", country, city),
        pa.array(REGIONS).take(pa.array((city + country) % len(REGIONS))),
        pa.array([one.name for one in countries]).take(pa.array(country)),
        pa.array(SEGMENTS).take(pa.array(segment)),
    )
    came = np.sort(np.where(random.random(count) < ON_THE_FIRST_DAY, 0.0, random.random(count) * NO_MORE))
    came[0] = 0.0  # somebody has to buy on the first day
    return Customers(columns, came, np.minimum(1 + random.pareto(FEW_BUY_MUCH, count), MOST_BOUGHT))


def _country(locale: str, seed: int) -> _Country:
    fake = Faker(locale)
    fake.seed_instance(f"{seed} {locale}")
    return _Country(
        [fake.first_name() for _ in range(NAMES)],
        [fake.last_name() for _ in range(NAMES)],
        [fake.company() for _ in range(COMPANIES)],
        _different(fake.city, CITIES),
        fake.current_country(),
    )


def _different(draw: Callable[[], str], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw()] = None
    return list(found)


def _names(
    random: np.random.Generator, countries: list[_Country], country: Numbers, person: np.ndarray
) -> pa.Array:
    count = len(country)
    first = _of(countries, "first_names", country, random.integers(0, NAMES, count))
    last = _of(countries, "last_names", country, random.integers(0, NAMES, count))
    company = _of(countries, "companies", country, random.integers(0, COMPANIES, count))
    return pc.if_else(pa.array(person), pc.binary_join_element_wise(first, last, " "), company)


def _of(countries: list[_Country], what: str, country: Numbers, number: Numbers) -> pa.Array:
    """Of each customer's country, the one with this number."""
    lists = [getattr(one, what) for one in countries]
    width = len(lists[0])
    return pa.array([text for one in lists for text in one]).take(pa.array(country * width + number))
