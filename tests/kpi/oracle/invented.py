"""Random rows and random questions about them; everything follows from one number, the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

GRAINS = ("day", "week", "month", "quarter", "year", "total")
DIMENSIONS = ("region", "category")
REGIONS = ("North", "South", "It's a \\ back' or 1=1", None)
CATEGORIES = ("Sofa", "Chair", "Lamp")
Row = dict[str, date | Decimal | str | None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a slice in plain words, and the day that counts as now."""

    grain: str
    by: str | None
    where: tuple[tuple[str, str], ...]
    without: tuple[tuple[str, str], ...]
    start: date | None
    end: date | None
    upto: date


@dataclass(frozen=True, slots=True)
class Invented:
    """One example. `fiscal` is the month in which the year starts, `week` the weekday (0 Monday) of the week."""

    seed: int
    rows: tuple[Row, ...]
    question: Question
    fiscal: int
    week: int


def invent(seed: int) -> Invented:
    """An example: up to 60 rows over some months, with gaps, returns, missing costs and rows without a region."""
    random = Random(seed)
    first = date(2023, 1, 1) + timedelta(days=random.randrange(500))
    span = random.choice((1, 20, 90, 400, 800))
    rows = tuple(_row(random, first, span) for _ in range(random.randint(1, 60)))
    days = sorted(row["date"] for row in rows if isinstance(row["date"], date))
    question = _question(random, days[0], days[-1])
    return Invented(seed, rows, question, random.choice((1, 1, 4, 7, 10)), random.choice((0, 0, 6)))


def _row(random: Random, first: date, span: int) -> Row:
    revenue = _money(random, 500, returns=0.15)
    return {
        "date": first + timedelta(days=random.randrange(span)),
        "revenue": None if random.random() < 0.05 else revenue,
        "cogs": None if random.random() < 0.1 else _money(random, 300, returns=0.1),
        "stock": None if random.random() < 0.2 else Decimal(random.randrange(50)),
        "order_id": f"O{random.randrange(25)}",
        "customer_id": None if random.random() < 0.1 else f"C{random.randrange(8)}",
        "product": random.choice(("desk", "bed", None)),
        "region": random.choice(REGIONS),
        "category": random.choice(CATEGORIES),
    }


def _money(random: Random, most: int, returns: float) -> Decimal:
    amount = Decimal(random.randrange(most * 100)) / 100
    return -amount if random.random() < returns else amount


def _question(random: Random, first: date, last: date) -> Question:
    span = (last - first).days
    start = first + timedelta(days=random.randint(-10, span)) if random.random() < 0.3 else None
    end = (start or first) + timedelta(days=random.randint(0, span + 10)) if random.random() < 0.3 else None
    by = random.choice((None, None, *DIMENSIONS))
    return Question(
        grain=random.choice(GRAINS),
        by=by,
        where=tuple(_picked(random) for _ in range(random.choice((0, 0, 1, 2)))),
        without=tuple(_picked(random) for _ in range(random.choice((0, 0, 0, 1)))),
        start=start,
        end=end,
        upto=last + timedelta(days=random.choice((0, 0, 5, 40, 400, -(span // 2)))),
    )


def _picked(random: Random) -> tuple[str, str]:
    if random.random() < 0.5:
        return "category", random.choice(CATEGORIES)
    return "region", random.choice(REGIONS) or "(blank)"
