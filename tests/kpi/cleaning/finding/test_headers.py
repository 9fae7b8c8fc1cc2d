"""Headers taken apart: what they are called, by what their numbers are multiplied, and in which currency they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.finding.headers import Unit, read_header, read_unit
from kpi.cleaning.vocabulary import vocabulary

THOUSAND, MILLION = 1_000, 1_000_000


@pytest.mark.parametrize(
    ("text", "words", "scale", "currency"),
    [
        ("Revenue (USD k)", "revenue", THOUSAND, "USD"),
        ("Revenue, k€", "revenue", THOUSAND, "EUR"),
        ("Revenue [TEUR]", "revenue", THOUSAND, "EUR"),
        ("Revenue - TEUR", "revenue", THOUSAND, "EUR"),
        ("Revenue/TEUR", "revenue", THOUSAND, "EUR"),
        ("TEUR", "teur", THOUSAND, "EUR"),
        ("Umsatz in Tsd. EUR", "umsatz", THOUSAND, "EUR"),
        ("Umsatz (T€)", "umsatz", THOUSAND, "EUR"),
        ("Sales in thousands", "sales", THOUSAND, ""),
        ("Revenue ($000)", "revenue", THOUSAND, "$"),
        ("Revenue $000s", "revenue", THOUSAND, "$"),
        ("Revenue $'000", "revenue", THOUSAND, "$"),
        ("Revenue (x 1,000)", "revenue", THOUSAND, ""),
        ("Revenue (in millions of USD)", "revenue", MILLION, "USD"),
        ("Montant en milliers d'euros", "montant", THOUSAND, "EUR"),
        ("Umsatz Mio. €", "umsatz", MILLION, "EUR"),
        ("Revenue €m", "revenue", MILLION, "EUR"),
        ("Revenue £m", "revenue", MILLION, "GBP"),
        ("Sales $M", "sales", MILLION, "$"),
        ("Sales US$m", "sales", MILLION, "USD"),
        ("Revenue (₹ Cr)", "revenue", 10_000_000, "INR"),
        ("Revenue (net, USD k)", "revenue net", THOUSAND, "USD"),
        ("Revenue (USD) (k)", "revenue", THOUSAND, "USD"),
        ("Revenue (k)", "revenue", THOUSAND, ""),
        ("Amount in EUR", "amount", 1, "EUR"),
        ("Betrag (EUR)", "betrag", 1, "EUR"),
        ("Revenue (¥)", "revenue", 1, ""),
        ("Revenue MUSD", "revenue", MILLION, "USD"),
        ("Revenue EURm", "revenue", MILLION, "EUR"),
        ("Ventas (kARS)", "ventas", THOUSAND, "ARS"),
        ("Umsatz (TEuro)", "umsatz", THOUSAND, "EUR"),
        ("Receita (R$ mil)", "receita", THOUSAND, "BRL"),
        ("Revenue (Rs. in Lakhs)", "revenue", 100_000, ""),
        ("Omzet (in duizenden euro's)", "omzet", THOUSAND, "EUR"),
        ("Revenue (thou.)", "revenue", THOUSAND, ""),
        ("Umsatz/1000", "umsatz", THOUSAND, ""),
        ("Umsatz in 1000", "umsatz", THOUSAND, ""),
        ("Ventas (miles)", "ventas", THOUSAND, ""),
        ("Ventas en miles", "ventas", THOUSAND, ""),
        ("CA (k€)", "chiffre affaires", THOUSAND, "EUR"),
    ],
)
def test_a_unit_leaves_the_words_and_gives_scale_and_currency(
    text: str, words: str, scale: int, currency: str
) -> None:
    header = read_header(text)
    assert (header.words, header.scale, header.currency) == (words, scale, currency)


@pytest.mark.parametrize(
    "text",
    [
        "Plan B (K)", "Region (M)", "Team K", "Vitamin K", "Length (m)", "Sales US", "First try", "Balance (Cr)",
        "Type (B)", "Price per k", "Model 1000", "Sales 2000", "Year 2000", "000", "EUR/USD", "2025",
        "Distance (miles)", "Sales MN", "Goal $5m", "Revenue 2 million", "Umsatz Sekt", "Turnover BAUD", "T1",
    ],
)  # fmt: skip
def test_a_letter_or_a_number_alone_is_no_unit(text: str) -> None:
    header = read_header(text)
    assert (header.scale, header.unit, header.currency) == (1, "", "")


@pytest.mark.parametrize(
    ("text", "words", "unit"),
    [
        ("Weight (kg)", "weight", "kg"),
        ("Quantity, pcs", "quantity", "pcs"),
        ("Sales (kg)", "sales kg", "kg"),
        ("Revenue (%)", "revenue %", "%"),
        ("Margin (%)", "margin %", "%"),
    ],
)
def test_other_units_leave_the_words_unless_these_would_then_mean_money_or_a_sum(
    text: str, words: str, unit: str
) -> None:
    header = read_header(text)
    assert (header.words, header.unit, header.scale) == (words, unit, 1)


@given(
    name=st.sampled_from(["Revenue", "Umsatz", "Gross Sales", "COGS", "Marketing"]),
    multiple=st.sampled_from(
        [("", 1), ("k", 1_000), ("m", MILLION), ("Mio.", MILLION), ("bn", 10**9), ("Tsd.", 1_000)]
    ),
    currency=st.sampled_from(
        [("EUR", "EUR"), ("€", "EUR"), ("USD", "USD"), ("$", "$"), ("£", "GBP"), ("CHF", "CHF")]
    ),
    form=st.sampled_from(["{} ({} {})", "{} [{}{}]", "{}, {} {}", "{} in {} {}", "{} {} {}", "{} - {}{}"]),
    swapped=st.booleans(),
)
def test_a_header_and_its_unit_come_apart_as_they_were_put_together(
    name: str, multiple: tuple[str, int], currency: tuple[str, str], form: str, *, swapped: bool
) -> None:
    parts = (currency[0], multiple[0]) if swapped else (multiple[0], currency[0])
    header = read_header(form.format(name, *parts))
    assert (header.words, header.scale, header.currency) == (name.lower(), multiple[1], currency[1])


# Words and names as they stand in headers. Some end like a currency and begin like a multiple: kars, mars, bars, baud.
ORDINARY = """
account accounts actual address adjusted age agent aisle alt amount annual apparel area arrears article asset auto award
back bags bakery balance bank bar bars base basket batch baud beds beer bikes bill billing birth block board bonus book
books booking bottles box branch brand break bricks budget building bulk bus business buyer cafe campaign cancelled cap
car card cars case cash category cells centre chain change channel charge chart cheese city class client clinic close
clothes club coal coats code coffee cogs collection colour comment commission company contract copper core corp cost
cotton count country coupon course cover credit crew crop cup customer daily date day dealer debit deck delivery demand
department deposit design desk diesel discount district division docks door draft drinks driver drugs dry due duty east
eggs email employee end energy engine entry equipment event exit expense export fabric factory farm fashion fee field film
final finance fish fleet floor flour food freight fresh fruit fuel fund furniture garden gas gift glass goal goods grade
grain gross group growth guest hardware health heat height help herbs home hospital hotel hour house ice import income
index industry inks insurance interest inventory invoice iron issue item jars jobs juice kars keys kids kiosks kitchen
kit krone lab labour lager lamp land leads leather legal length lens level licence limit line linen list loan location
logistics loss lot luxury machine mail main maker mall manager map margin market mars maud meals meat media medical
member menu metal meter mile milk mills mine mix mobile model module month motor music name net news night north note
nuts office offline oil online open option orders origin other outlet output oven owner pack packs paid pallet panel
paper park part parts party payment pearl pens people period pet phone piece pipe plan plant plastic plate play plum
pool port post power premium price print product profit project promo property public pump purchase quality quantity
rack rail rank rate raw real region rent repair report retail return revenue rice road room row rubber sales salt sand
school score seat season sector seeds segment sekt sell series service share shelf shift ship shirt shoes shop site size
skin small snacks soap sofa soft solar south spare spirits sport spread staff stage stamp stars start state status steel
stock stone store street stud style sugar suite sum supply support table tank tape target tars task tax tcop tea team tech
term test textile ticket tile timber time tires title toner tools top total tour toys track trade train transit travel
tray trend trial tron trub truck tube type tyres unit units urban user utility value van vat vendor video view volume
wages ward warehouse wars water wear web week weight west wheat wholesale wine wire wood wool work yarn year yield zar
zone umsatz erlöse kosten menge kunde laden markt werk filiale ort bier brot fass fleisch gemüse hof holz kiste käse
maler meister milch mitte mode möbel nord obst ost quelle rest rosen stadt süd tee teller tische tor tuch ware wein
ventes achats boutique caisse carte cave client fleurs fruits lait lieu mer miel mil mur nom pain prix rayon sud vins
ventas compras fruta leche mar mesa miel norte pan sur tienda vino vendite acquisti latte mare pane vino vendas loja
mesa leite omzet winkel brood kaas keuken markt merk plaats verkoop wijn
""".split()  # noqa: SIM905 -- five hundred lines otherwise
MONTHS = sorted(vocabulary().months)
WEEKDAYS = sorted(word for day in range(1, 8) for word in vocabulary().sets[f"weekday_{day}"])


@pytest.mark.parametrize("shape", [str.lower, str.title, str.upper], ids=["lower", "title", "upper"])
@pytest.mark.parametrize(
    "form", ["{}", "Revenue {}", "Revenue ({})", "Revenue, {}", "Revenue - {}", "{} 2025"]
)
def test_no_month_no_weekday_and_no_ordinary_word_is_a_unit(form: str, shape: Callable[[str], str]) -> None:
    texts = [form.format(shape(word)) for word in (*ORDINARY, *MONTHS, *WEEKDAYS)]
    assert [text for text in texts if read_header(text).scale != 1 or read_header(text).maybe != 1] == []


@pytest.mark.parametrize(
    ("text", "unit", "maybe"),
    [
        ("Ventas (mil €)", "mil €", THOUSAND),
        ("Revenue (thousands of francs)", "thousands of francs", THOUSAND),
        ("Revenue (thousand units)", "", 1),
    ],
)
def test_a_unit_that_is_not_understood_is_kept_for_a_question(text: str, unit: str, maybe: int) -> None:
    header = read_header(text)
    assert (header.scale, header.unit, header.maybe) == (1, unit, maybe)


def test_a_text_that_is_nothing_but_a_unit_is_read_as_one() -> None:
    assert read_unit("in thousands of EUR") == Unit(1_000, "EUR")
    assert read_unit("Sales in thousands") is None


def test_a_last_word_such_as_in_stays_where_there_is_no_unit() -> None:
    assert read_header("Checked in").words == "checked in"
