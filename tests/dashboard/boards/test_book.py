"""The book of dashboards and views: the same again whatever is in it, and every mistake with its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.book.toml import BookError
from dashboard.boards.board import Board, Card, Look
from dashboard.boards.book import read_book, write_book
from dashboard.saved_views.address import KEYS
from storage.saved_views import SavedView

WHOLE = """\
# with a [[comment]]
[[dashboard]]
name = "Sales"
dataset = "orders"

[[dashboard.card]]
look = "text"
text = \"\"\"
[[dashboard]]
name = "no heading" ]] ''' # no comment
\"\"\"

[[dashboard.card]]
look = "breakdown"
"kpi" = 'revenue'
by = "region"

[[view]]
name = "North"
dataset = "orders"
default = true

[view.address]
grain = "week"
"orders.region" = ["North", "South"]
"""

texts = st.text(st.characters(codec="utf-8"), max_size=60)
odd = st.sampled_from(
    ['"""', "'''", "]]", "[[dashboard]]", "\\", "\r\n", "\n\n", "#", "😀", "\x7f", "\x00", "={}"]
)
wild = st.lists(st.one_of(texts, odd), max_size=4).map("".join)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30).map(
    str.strip
)
names = names.filter(lambda name: name not in ("", "Overview"))
cards = st.builds(
    Card,
    st.sampled_from(list(Look)),
    kpi=names,
    by=names,
    title=wild,
    text=wild,
    top=st.integers(2, 50),
    width=st.integers(1, 4),
    height=st.integers(1, 3),
)
boards = st.builds(Board, names, names, st.lists(cards, max_size=3).map(tuple))


@st.composite
def views(draw: st.DrawFn) -> SavedView:
    dataset = draw(names)
    keys = st.one_of(
        st.sampled_from([key for key in KEYS if key not in ("period", "grain")]),
        wild.map(lambda key: f"{dataset}.{key}a"[:250]),
    )
    address = draw(st.dictionaries(keys, st.lists(wild, min_size=1, max_size=3), max_size=4))
    pairs = tuple((key, value) for key, values in address.items() for value in values)
    return SavedView(dataset, draw(names), pairs, draw(st.booleans()))


@settings(deadline=None)
@given(
    st.lists(boards, max_size=3, unique_by=lambda one: one.name),
    st.lists(views(), max_size=3, unique_by=lambda one: one.dataset),
)
def test_what_is_written_is_read_as_the_same(written: list[Board], kept: list[SavedView]) -> None:
    book = read_book(write_book(written, kept))
    assert ([one for _, one in book.boards], [one for _, one in book.views]) == (written, kept)
    for number, (entry, _) in enumerate(book.boards):
        text = write_book(written, kept).split("\n")
        assert text[entry.place.lines[""] - 1] == "[[dashboard]]"
        assert text[entry.place.lines["name"] - 1].startswith("name = ")
        assert [text[one.lines[""] - 1] for one in entry.cards] == ["[[dashboard.card]]"] * len(
            written[number].cards
        )


def test_a_book_as_people_write_it_is_read() -> None:
    book = read_book(WHOLE)
    text = "[[dashboard]]\nname = \"no heading\" ]] ''' # no comment\n"
    assert [one for _, one in book.boards] == [
        Board(
            "Sales",
            "orders",
            (
                Card(Look.TEXT, text=text, width=4),
                Card(Look.BREAKDOWN, "revenue", by="region", width=2),
            ),
        )
    ]
    query = (("grain", "week"), ("orders.region", "North"), ("orders.region", "South"))
    assert [one for _, one in book.views] == [SavedView("orders", "North", query, is_default=True)]
    assert [dict(one.lines) for one in book.boards[0][0].cards] == [
        {"": 6, "look": 7, "text": 8},
        {"": 13, "look": 14, "kpi": 15, "by": 16},
    ]


def wrong(text: str) -> list[str]:
    with pytest.raises(BookError) as caught:
        read_book(text)
    return str(caught.value).split("\n")


def test_every_mistake_is_said_at_once_with_its_line_and_key() -> None:
    text = (
        WHOLE.replace('by = "region"', "width = 7")
        .replace('look = "text"', 'lok = "text"')
        .replace('grain = "week"', 'grain = "weak"\nperoid = "Custom"\n"shop.region" = "North"')
        .replace("default = true", 'default = "yes"\nowner = "Ann"')
    )
    assert wrong(text) == [
        (
            'line 6, dashboard "Sales", card 1, key `look`: it is missing: one of kpi, trend, breakdown, '
            "distribution, table, text"
        ),
        'line 7, dashboard "Sales", card 1, key `lok`: there is no such key; did you mean `look`?',
        'line 13, dashboard "Sales", card 2, key `by`: it is missing: a dimension, whose members a breakdown shows',
        'line 16, dashboard "Sales", card 2, key `width`: found 7, wanted a whole number from 1 to 4',
        "line 21, view \"North\", key `default`: found 'yes', wanted true or false",
        'line 22, view "North", key `owner`: there is no such key',
        (
            "line 24, view \"North\", key `address`: `grain`: found 'weak', wanted one of day, week, month, quarter, "
            "year"
        ),
        (
            'line 24, view "North", key `address`: `peroid`: there is no such choice; did you mean `period`?; a '
            "filter is written `orders.` and the dimension"
        ),
        (
            'line 24, view "North", key `address`: `shop.region`: there is no such choice; a filter is written '
            "`orders.` and the dimension"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[dashboard]", "this is no TOML"),
        ("[[dashbord]]\n", "found `dashbord`; did you mean `dashboard`? A book has [[dashboard]], each with"),
        ("[view]\nname = 'a'\n", "found `view` alone; an entry begins with a line [[view]]"),
        ("[[view]]\ndataset = 'a'\n", "line 1, view, key `name`: it is missing"),
        ("[[view]]\nname = 3\ndataset = 'a'\n", "line 2, view, key `name`: found 3, wanted a text"),
        (
            "[[view]]\nname = 'a'\ndataset = 'a'\naddress = { tab = 3 }\n",
            'line 4, view "a", key `address`: wanted a table of texts, or of lists of texts',
        ),
        (
            "[[dashboard]]\nname = 'a'\ndataset = 'b'\ncard = 'x'\n",
            'line 4, dashboard "a", key `card`: wanted a list of cards',
        ),
        (
            "dashboard = [{ name = 'a', dataset = 'b', card = [{ look = 'donut' }] }]\n",
            "dashboard \"a\", card 1, key `look`: found 'donut', wanted one of kpi",
        ),
        ("# " + "a" * (1 << 20), "the text is larger than 1024 KiB"),
    ],
)
def test_what_is_no_book_says_why(text: str, said: str) -> None:
    assert wrong(text)[0].startswith(said)


def test_a_name_stands_once_and_one_view_of_a_dataset_is_the_default() -> None:
    board = "[[dashboard]]\nname = 'a'\ndataset = 'b'\n"
    view = "[[view]]\nname = '{}'\ndataset = 'b'\ndefault = true\n"
    assert wrong(board * 2 + view.format("x") + view.format("y")) == [
        'line 5, dashboard "a", key `name`: another one is called that, in line 2',
        "line 14, view \"y\", key `default`: 'x' is the default of b already; one can be",
    ]
