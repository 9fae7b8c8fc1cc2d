"""The invented wholesaler of the samples: what it sells, where, to whom, and how its year goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2025, 12, 17)

GROWTH = 0.14  # a year
WEEKDAYS = (0.95, 0.92, 0.98, 1.05, 1.20, 1.30, 0.60)  # from Monday
DEAR_FREIGHT = {(2025, 10): 1.03, (2025, 11): 1.24, (2025, 12): 1.10}  # what it did to the cost of goods

REGIONS = {"North": 1.00, "South": 0.80, "East": 0.65, "West": 1.20}
GOODS = {  # revenue of a plain day in a region of weight 1, and the share of it that the goods cost
    "Espresso": (920.0, 0.58),
    "Filter coffee": (710.0, 0.60),
    "Green tea": (430.0, 0.53),
    "Cocoa": (390.0, 0.62),
    "Mugs": (240.0, 0.49),
}
NOT_SOLD = {
    ("North", "Green tea"),
    ("South", "Cocoa"),
    ("South", "Mugs"),
    ("East", "Filter coffee"),
    ("East", "Mugs"),
    ("West", "Green tea"),
}

CITIES = ("Lisbon", "Porto", "Málaga", "Lyon", "Zürich", "Graz", "Kraków", "Malmö", "Ghent", "Cork")
TRADES = ("Café", "Bakery", "Bistro", "Deli", "Hotel", "Kitchen", "Canteen", "Market", "Roastery", "Tea Room")
NAMES = ("Alder", "Birch", "Cedar", "Clover", "Fern", "Hazel", "Juniper", "Linden", "Maple", "Rowan")
CATALOGUE = {
    "Coffee": (("House Espresso 1 kg", "17.90"), ("Decaf 500 g", "10.40"), ("Filter Roast 1 kg", "15.20")),
    "Tea": (("Sencha 250 g", "12.80"), ("Earl Grey 250 g", "9.60"), ("Peppermint 200 g", "7.10")),
    "Cocoa": (("Dark Cocoa 1 kg", "13.50"), ("Drinking Chocolate 1 kg", "11.30")),
    "Crockery": (("Espresso Cup", "4.90"), ("Stoneware Mug", "8.50"), ("Tea Pot", "24.00")),
    "Equipment": (("Milk Jug", "16.00"), ("Hand Grinder", "64.00"), ("Pour-over Set", "39.50")),
}


@dataclass(frozen=True, slots=True)
class FinanceRow:
    """One product in one region on one day, in euros."""

    day: date
    region: str
    product: str
    revenue: Decimal
    cogs: Decimal
    operating_expenses: Decimal


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Product:
    product_id: str
    name: str
    category: str
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """One line of an order. `discount` is an amount of money, taken off quantity x unit price."""

    order_id: str
    order_date: date
    customer: Customer
    product: Product
    quantity: int
    discount: Decimal

    @property
    def net_unit_price(self) -> Decimal:
        return self.product.unit_price - self.discount / self.quantity


def customers() -> list[Customer]:
    names = [f"{name} {trade}" for trade in TRADES for name in NAMES]
    return [Customer(f"C{n:04}", name, CITIES[n * 7 % len(CITIES)]) for n, name in enumerate(names, start=1)]


def products() -> list[Product]:
    goods = [(name, category, price) for category, shelf in CATALOGUE.items() for name, price in shelf]
    return [
        Product(f"P{n:03}", name, category, Decimal(price))
        for n, (name, category, price) in enumerate(goods, 1)
    ]
