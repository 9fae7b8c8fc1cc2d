"""The JSON about rules and alerts that outsiders rely on, the same from the command line and from REST."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.book.reading import written_destination, written_route
from alerts.book.rules import written_condition
from alerts.book.words import write_duration
from alerts.forms.slack import slack_payload
from alerts.forms.whatsapp import Templates, template_body, whatsapp_text
from alerts.message import reference
from alerts.rules import Kind, Rule, Standing, State, Transition
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence
from contract import Json
from monitor.alerting.evaluation import Rehearsal
from storage.alert_book.parts import Changed
from storage.alerting.lanes import Lane
from storage.alerting.outbox import AttemptRow, DeliveryRow
from storage.alerting.rows import AlertRow
from storage.alerting.why import Told, Why
from storage.scheduled_reports import ScheduledReport

IN_WORDS = {
    State.NORMAL: "normal",
    State.PENDING: "pending",
    State.FIRING: "firing",
    State.RECOVERING: "recovering",
    State.NO_DATA: "no data",
    State.ERROR: "cannot be judged",
}
WORST_FIRST = (State.FIRING, State.RECOVERING, State.ERROR, State.PENDING, State.NO_DATA, State.NORMAL)
REHEARSED = "rehearsal"  # stands where a message that is sent has its key
Standings = Mapping[tuple[int, str], Standing]


def rule_json(rule: Rule) -> Json:
    """One rule, with the keys in which it can be written; times are texts such as `30m`, empty for none."""
    hold = rule.hold
    return {
        "id": rule.id,
        "name": rule.name,
        "dataset": rule.dataset,
        "kpi": rule.kpi or None,
        "grain": rule.grain or None,
        "by": rule.dimension,
        **written_condition(rule.condition),
        "for": hold.periods,
        "for_time": _span(hold.duration),
        "keep": _span(hold.keep),
        "severity": str(rule.severity),
        "labels": dict(rule.labels),
        "owner": rule.owner or None,
        "to": list(rule.channels),
        "automatic": rule.automatic,
    }


def standings_json(rule_id: int, stand: Standings) -> list[Json]:
    """How a rule stands for each member that was ever anything but normal."""
    return [
        {
            "member": member or None,
            "state": one.state.value,
            "in_words": IN_WORDS[one.state],
            "since": _moment(one.since),
            "episode": one.episode,
            "open": one.open,
            "reason": one.reason or None,
        }
        for (rule, member), one in sorted(stand.items())
        if rule == rule_id
    ]


def standing_words(rule_id: int, stand: Standings) -> str:
    """The worst of a rule's states, and how many members share it: `firing (2)`; the reason where it cannot be judged."""
    mine = [one for (rule, _), one in stand.items() if rule == rule_id]
    worst = next((state for state in WORST_FIRST if any(one.state is state for one in mine)), State.NORMAL)
    those = [one for one in mine if one.state is worst]
    reason = next((one.reason for one in those if one.reason), "")
    count = f" ({len(those)})" if len(those) > 1 else ""
    return f"{IN_WORDS[worst]}{count}{f': {reason}' if reason else ''}"


def alert_json(alert: AlertRow, stand: Standings | None = None) -> Json:
    """One change that people heard of, with what became of each message about it.

    `standing` is how its rule and member stand now, null where that was not asked; `quantity` what was judged: the
    value itself, a change, a share of the target.
    """
    now = (stand or {}).get((alert.rule_id, alert.member))
    return {
        "id": alert.id,
        "rule": alert.rule,
        "rule_id": alert.rule_id,
        "dataset": alert.dataset,
        "kpi": alert.kpi or None,
        "grain": alert.grain or None,
        "period": alert.period.isoformat(),
        "member": alert.member or None,
        "state": alert.state.value,
        "in_words": IN_WORDS[alert.state],
        "value": alert.value,
        "quantity": alert.quantity,
        "worst": alert.worst,
        "limit": alert.limit,
        "at": alert.at.isoformat(),
        "severity": alert.severity,
        "owner": alert.owner or None,
        "reference": reference(alert.rule_id, alert.member, alert.episode),
        "acknowledged": alert.acknowledged,
        "standing": IN_WORDS[now.state] if now else None,
        "deliveries": [_of_alert(delivery) for delivery in alert.deliveries],
    }


def scheduled_report_json(
    report: ScheduledReport, zone: ZoneInfo, now: datetime, *, view_gone: bool = False
) -> Json:
    """A report that is sent by the clock; `next` is when the business's clocks show it, null while it is paused.

    `view_gone`: its saved view is there no more, so that it is sent without one.
    """
    due = report.next_time(now, zone)
    return {
        "name": report.name,
        "dataset": report.dataset,
        "view": report.view or None,
        "view_gone": view_gone,
        "schedule": report.schedule,
        "to": list(report.channels),
        "paused": report.paused,
        "next": due.astimezone(zone).isoformat() if due else None,
        "created_at": report.created_at.isoformat(),
    }


def transitions_json(changes: Sequence[Transition]) -> list[Json]:
    """When a rule would have fired and cleared; `state` is firing or ok, as in an alert."""
    return [
        {
            "period": one.verdict.period.isoformat() if one.verdict else one.at.date().isoformat(),
            "member": one.member or None,
            "state": (State.FIRING if one.tells is Kind.FIRING else State.NORMAL).value,
            "value": one.verdict.value if one.verdict else None,
        }
        for one in changes
        if one.tells
    ]


def rehearsal_json(found: Rehearsal, templates: Templates) -> Json:
    """What a rule would have done over the stored history, and the last message as each provider would get it.

    The messages are null where it would never have fired; `at_once` where nobody is told anything when it is saved.
    """
    said = found.message
    return {
        "transitions": transitions_json(found.transitions),
        "message": said.text if said else None,
        "at_once": found.told_at_once.text if found.told_at_once else None,
        "slack": slack_payload(said, REHEARSED) if said else None,
        "whatsapp": {
            "template": template_body(said, templates.of(said)),
            "text": whatsapp_text(said, templates),
        }
        if said
        else None,
    }


def why_json(found: Why) -> Json:
    seen = found.acknowledged
    return {
        "alert": alert_json(found.alert),
        "acknowledged": {"by": seen.by, "note": seen.note, "at": seen.at.isoformat()} if seen else None,
        "silent": found.silent or None,
        "messages": [told_json(one) for one in found.messages],
    }


def told_json(one: Told) -> Json:
    """One message, what became of it in words, and every line about it."""
    return {
        **delivery_json(one.message),
        "became": one.outcome,
        "together_with": one.together,
        "lines": [attempt_json(line) for line in one.lines],
    }


def delivery_json(one: DeliveryRow) -> Json:
    """One owed message; `error` says why it waits or will never be sent, `status` what the provider said since."""
    return {
        "id": one.id,
        "alert": one.alert_id,
        "kind": one.kind.value,
        "channel": one.channel,
        "address": one.address or None,
        **_of_alert(one),
        "status": one.status,
        "title": one.title,
        "due_at": one.due_at.isoformat(),
        "created_at": one.created_at.isoformat(),
        "sent_at": _moment(one.sent_at),
    }


def attempt_json(line: AttemptRow) -> Json:
    """An attempt, or why none was made: `result` is sent, retry, deferred, broken, dead, held, dropped or again."""
    return {
        "number": line.number,
        "at": line.at.isoformat(),
        "result": str(line.result),
        "detail": line.detail,
        "http_status": line.status,
        "code": line.code or None,
    }


def destination_json(one: Destination, lane: Lane | None = None) -> Json:
    """One destination; `broken` says why nothing goes out there at present, `waiting` how many messages are kept."""
    return {
        **written_destination(one),
        "hours": written_destination(one).get("hours"),
        "address": one.address or None,
        "standard": one.standard,
        "proved": one.proved,
        "needs": one.needs or None,
        "broken": lane.broken_reason if lane and lane.broken_since else None,
        "waiting": lane.waiting if lane else 0,
    }


def destination_words(one: Json) -> str:
    """How a destination of `destination_json` is, for a person to read."""
    unproved = "" if one["proved"] else "waits for a test message to be accepted"
    if one["broken"]:
        return f"broken: {one['broken']}" + (f"; {unproved}" if unproved else "")
    if not one["address"] and one["needs"]:
        return str(one["needs"])
    return unproved or "ready"


def route_json(route: Route) -> Json:
    usual: Json = {"match": {}, "to": [], "goes_on": False, "group_by": [], "wait": "0", "interval": "0"}
    rest = {"repeat": "0", "second": "", "second_after": write_duration(route.second_after)}
    return {"name": route.name, **usual, **rest, **written_route(route)}


def silence_json(silence: Silence) -> Json:
    return {
        "id": silence.id,
        "name": silence.name or None,
        "start": silence.start.isoformat(),
        "end": silence.end.isoformat(),
        "rule_id": silence.rule_id,
        "member": silence.member,
        "match": dict(silence.matchers or {}),
        "reason": silence.reason,
        "created_by": silence.created_by or None,
    }


def change_json(one: Changed) -> Json:
    """One thing that a book changed: `added`, `changed` or `removed`."""
    return {"effect": one.effect.value, "table": one.table, "name": one.name, "detail": one.detail or None}


def _of_alert(delivery: DeliveryRow) -> dict[str, Any]:
    return {
        "destination": delivery.destination,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "provider_id": delivery.provider_id,
        "error": delivery.error,
    }


def _span(length: timedelta) -> str:
    return write_duration(length) if length else ""


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
