"""Silences: what is not to be told for a while."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.definitions import who
from cli.output import AsJson, now, opened, say, show_json, show_table, stop
from cli.rule_options import pairs
from cli.rules import refusals, unknown

if TYPE_CHECKING:  # the command line's help must not wait for these
    from zoneinfo import ZoneInfo

    from alerts.sending.silences import Silence

silences = typer.Typer(name="silences", help="What is not to be told for a while.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(silences)


@silences.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """The silences that hold or are to come."""
    import contract_alerting
    from storage.alerting.silences import list_silences

    with opened() as system, system.database.read() as connection:
        found = list_silences(connection, None if everything else now())
    show_json([contract_alerting.silence_json(one) for one in found]) if as_json else _show(found)


@silences.command("add")
def add(
    for_: Annotated[
        str, typer.Option("--for", metavar="TIME", help="For so long, such as 2h or 3 days.")
    ] = "",
    until: Annotated[str, typer.Option(help="Until then, as '2025-12-24 18:00' in KPI_TIMEZONE.")] = "",
    start: Annotated[str, typer.Option("--from", help="From then on; from now on by default.")] = "",
    rule: Annotated[int | None, typer.Option(help="A rule's number; any rule by default.")] = None,
    member: Annotated[str | None, typer.Option(help="A member; any by default.")] = None,
    match: Annotated[
        list[str],
        typer.Option(metavar="KEY=TEXT", help="severity=info, region=N*; repeatable; all must fit."),
    ] = [],  # noqa: B006
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    name: Annotated[str, typer.Option(help="A name for it.")] = "",
    by: Annotated[str, typer.Option(help="Who asks; by default whoever is logged in here.")] = "",
    as_json: AsJson = False,
) -> None:
    """Tell nobody of what matches for a while. The states go on; what is open afterwards is told then."""
    import contract_alerting
    from alerts.book.entries import WrittenSilence, checked
    from alerts.book.reading import silence_from
    from alerts.book.words import read_duration
    from storage.alerting.silences import add_silence
    from storage.alerting.thresholds import find_rule

    if bool(for_) == bool(until):
        stop("say how long: --for 2h, or --until '2025-12-24 18:00'")
    with opened() as system, refusals(), system.database.begin() as connection:
        if rule is not None and find_rule(connection, rule) is None:
            stop(unknown(rule))
        zone = system.settings.timezone
        begin = _moment(start, zone, "--from") if start else now()
        try:
            end = begin + read_duration(for_) if for_ else _moment(until, zone, "--until")
        except ValueError as error:
            stop(f"--for: {error}")
        said = {"name": name, "start": begin, "end": end, "reason": reason, "created_by": by or who()}
        written = checked(WrittenSilence, {**said, "member": member, "match": pairs(match, "--match")})
        made = add_silence(connection, silence_from(written, rule, now()), now())
    show_json(contract_alerting.silence_json(made)) if as_json else _show([made])


@silences.command("end")
def end(
    number: Annotated[int, typer.Argument(metavar="ID", help="The silence's number.")],
    as_json: AsJson = False,
) -> None:
    """End a silence now; what it held back and is still true is told."""
    from storage.alerting.silences import end_silence

    with opened() as system, system.database.begin() as connection:
        if not end_silence(connection, number, now()):
            stop(f"no silence {number} holds or is to come; `kpi silences list` shows those that do")
    show_json({"ended": number}) if as_json else say(f"The silence {number} is over.")


def _moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    """A day or moment by the clocks of the business, unless it says its own offset."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        stop(f"{option}: found {text!r}, wanted a moment such as 2025-12-24 or '2025-12-24 18:00'")
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _show(found: list[Silence]) -> None:
    rows = [
        (one.id, one.name or None, f"{one.start:%Y-%m-%d %H:%M}", f"{one.end:%Y-%m-%d %H:%M}", _of(one), one.reason,
         one.created_by or None)
        for one in found
    ]  # fmt: skip
    headers = ["id", "name", "from (UTC)", "until (UTC)", "of", "reason", "by"]
    show_table("Silences", headers, rows)


def _of(one: Silence) -> str:
    """What it matches, for a person to read."""
    parts = [f"rule {one.rule_id}"] if one.rule_id is not None else []
    parts += [f"member {one.member or 'the whole'}"] if one.member is not None else []
    parts += [f"{key}={text}" for key, text in (one.matchers or {}).items()]
    return ", ".join(parts)
