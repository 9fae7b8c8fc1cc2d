"""What is told where a breach ends because it is about nothing any more: no channel says that it has become better."""

from __future__ import annotations

from datetime import timedelta

from alerts.forms.whatsapp import whatsapp_text
from alerts.judging.ending import ended
from alerts.message import Message
from alerts.telling.retelling import unwatched_message
from alerts.telling.wording import write
from tests.alerts.builders import firing, thin_margin
from tests.alerts.forms.cases import MONDAY, about, fired
from tests.moments import NOON

HOURS = timedelta(hours=5)
GONE = "North is no longer in the data"


def of_a_member() -> Message:
    change = ended(thin_margin(), firing(), "North", NOON + HOURS, GONE)
    assert change is not None
    return write(change, about())


def test_it_says_why_and_how_long_it_lasted_and_gives_no_value() -> None:
    message = of_a_member()
    assert (message.title, message.value, message.lasted, message.reason) == (
        "Net margin (North) is no longer watched: North is no longer in the data",
        "–",
        "5 h",
        GONE,
    )


def test_on_whatsapp_it_is_no_return_to_normal() -> None:
    text = whatsapp_text(of_a_member())
    assert text.startswith(f"KPI alert: Net margin (North) is no longer watched: {GONE}. The value is –")


def test_what_was_said_when_it_fired_is_taken_back_in_the_same_words_and_under_the_same_reference() -> None:
    was = fired()
    told = unwatched_message(was, MONDAY, MONDAY + HOURS, "its rule was removed")
    assert (told.title, told.reference, told.limit, told.value) == (
        "Net margin is no longer watched: its rule was removed",
        was.reference,
        was.limit,
        "–",
    )
