"""How a rule or member stands, as a badge and in words; a colour never stands alone."""

from __future__ import annotations

from alerts.rules import Standing, State
from dashboard.alert_queries import Judged
from dashboard.alerting.words import STATES
from kpi.format import count_of

LOOK = {
    State.NORMAL: ("blue", "check"),
    State.PENDING: ("gray", "hourglass_top"),
    State.FIRING: ("orange", "warning"),
    State.RECOVERING: ("gray", "trending_up"),
    State.NO_DATA: ("gray", "help"),
    State.ERROR: ("orange", "block"),
}


def badge(state: State, words: str = "") -> str:
    """Markdown; `words` take the place of the state's own."""
    colour, icon = LOOK[state]
    return f":{colour}-badge[:material/{icon}: {words or STATES[state]}]"


def stands_now(judged: Judged | None) -> str:
    """How a rule that was just saved stands; None: nobody knows yet."""
    if judged is None:
        return "It could not be judged now; that is done as soon as its figures can be worked out."
    if judged.firing:
        members = count_of(len(judged.firing), "member") if judged.rule.dimension else ""
        return f"It fires now{f' for {members}' if members else ''}: who hears of it stands under History."
    if judged.state is State.NORMAL:
        return "It is judged: nothing is the matter now."
    why = next((one.reason for one in judged.standings.values() if one.state is judged.state), "")
    return f"It is judged: {STATES[judged.state]}{f', {why}' if why else ''}."


def still_open(one: Standing) -> bool:
    """Whether a breach is open though the state does not say so: it cannot be judged now, or is about to clear."""
    return one.open and one.state is not State.FIRING
