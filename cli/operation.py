"""Commands that run things: serve, demo, watch, doctor, backup, restore."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import REFUSED, AsJson, now, opened, say, set_up_logging, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for it
    from wiring import System

SAFE = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "type",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 100,
}
OK, UNUSED, BAD = "ok", "not used", "does not work"

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.")]


def add_to(app: typer.Typer) -> None:
    for command in (serve, demo, watch, doctor, backup, restore):
        app.command()(command)


def serve(host: Host = "127.0.0.1", port: Port = 8501) -> None:
    """Serve the page and REST, watch the inbox and send alerts, in one process."""
    with opened() as system:  # a set-up that cannot work ends here, in one line
        say(f"The inbox is {system.road.folders.inbox}")
        _warn(system)
    _serve(host, port)


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8501,
    with_fakes: Annotated[
        bool,
        typer.Option("--with-fakes", help="Fake Slack and WhatsApp, too; a page shows what arrives there."),
    ] = False,
) -> None:
    """Serve sample data from a home of its own, gone afterwards. Needs no account and no token."""
    from cli.faked import faked_providers

    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="kpi-demo-"))
        ours = ("KPI_", "SLACK_", "WHATSAPP_", "SMTP_")
        for name in [name for name in os.environ if name.startswith(ours)]:
            del os.environ[name]  # a demonstration neither touches nor messages what an operator has set up
        os.environ["KPI_HOME"] = home
        if with_fakes:
            os.environ.update(stack.enter_context(faked_providers(_url(host, port))))
        _fill()
        _serve(host, port)


def _fill() -> None:
    """What the demo shows: files, thresholds, targets and sales."""
    from cli.etl_generate import write_source
    from cli.faked import send_trials
    from sample_data.demo import DEMO_FILES, DEMO_RULES, DEMO_SALES, DEMO_TARGETS
    from storage.alerting.thresholds import add_rule
    from storage.inbox import put
    from storage.targets import CLI, set_targets

    with opened() as system:
        with system.database.begin() as connection:
            for rule in DEMO_RULES:
                add_rule(connection, rule, now())
            set_targets(connection, "finance", DEMO_TARGETS, CLI, now())
        send_trials(system)
        for file in DEMO_FILES:
            put(system.road.folders.inbox, file.name, file.read_bytes())
        write_source(system.sales.source, DEMO_SALES)
        _ask_for_sales(system)
        say(f"Save a workbook into {system.road.folders.inbox} and see the page change.")


def _ask_for_sales(system: System) -> None:
    """The service carries the run out once the page is there."""
    from kpi.sales.options import Mode
    from storage.warehouse.asking import ask_for
    from storage.warehouse.runs import Wish

    wish = Wish("cli", str(system.sales.source), Mode.RELOAD, system.sales.options.mark)
    ask_for(system.database, wish, now())


def watch() -> None:
    """The service without a page: watch the inbox, judge rules, send alerts, until stopped."""
    from cli.etl_service import sales_service
    from monitor.service import Service

    with opened() as system:
        service = Service(system.road, system.channels, sales=sales_service(system), draw=system.drawn)
        service.start()
        _warn(system)
        say(f"Watching {system.road.folders.inbox}; stop with Ctrl-C.")
        try:
            _until_stopped()
        finally:
            service.stop()


def doctor(as_json: AsJson = False) -> None:
    """Check the set-up and say what is missing. Exit code 1 if something does not work."""
    with opened() as system:
        findings = _findings(system)
    if as_json:
        show_json([{"check": name, "found": found, "detail": detail} for name, found, detail in findings])
    else:
        show_table("Doctor", ["check", "found", "detail"], findings)
    if any(found == BAD for _, found, _ in findings):
        raise typer.Exit(REFUSED)


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write, ending in .tar.")],
    as_json: AsJson = False,
) -> None:
    """Write the database and the snapshots into one file, checked before it gets its name."""
    from storage.backup import BackupError, back_up

    with opened() as system:
        try:
            done = back_up(system.database, system.road.folders.snapshots, target)
        except (BackupError, OSError) as error:
            stop(str(error), REFUSED)
    if as_json:
        show_json(
            {
                "backup": str(target),
                "bytes": done.bytes,
                "datasets": done.datasets,
                "snapshots": done.snapshots,
            }
        )
    else:
        say(f"{target}: {done.datasets} datasets, {done.snapshots} snapshots, {done.bytes:,} bytes")


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `kpi backup` wrote.")], as_json: AsJson = False
) -> None:
    """Put a backup into an empty home folder. Refuses to write over a database."""
    from settings import Settings, SettingsError
    from storage.backup import BackupError, restore_into

    try:
        settings = Settings.from_env()
        done = restore_into(source, settings.home_folder)
    except (SettingsError, BackupError, OSError) as error:
        stop(str(error))
    if as_json:
        show_json(
            {"restored": str(settings.home_folder), "datasets": done.datasets, "snapshots": done.snapshots}
        )
    else:
        say(f"Restored {done.datasets} datasets and {done.snapshots} snapshots into {settings.home_folder}")


def _serve(host: str, port: int) -> None:
    from settings import Settings

    os.environ.setdefault("KPI_PAGE_URL", _url(host, port))
    set_up_logging(Settings.from_env().log_level)
    from app import app  # opens the database; see `serve`

    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # the server stops first; then whoever called tidies up
    say(f"The dashboard is at {_url(host, port)}")
    app.run(config={**_page_config(), "server.address": host, "server.port": port})


def _url(host: str, port: int) -> str:
    """Where the page is from here; an address that means all of the machine's is listened on, not called."""
    near = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - it is not listened on here
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"


def _page_config() -> dict[str, object]:
    """The project's page settings and theme; Streamlit itself looks for them in the current folder only.

    An installed wheel has no such file: what concerns safety and privacy holds there too.
    """
    import tomllib

    import app

    file = Path(app.__file__).parent / ".streamlit" / "config.toml"
    found = dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")))) if file.exists() else {}
    return {**SAFE, **found}


def _flat(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """`{"theme": {"dark": {"base": …}}}` as `theme.dark.base`, the way options are named."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _until_stopped() -> None:
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    stopping.wait()


def _findings(system: System) -> list[tuple[str, str, str]]:
    """What was looked at, how it was found, and what to do where it does not work."""
    from sqlalchemy import text

    from storage.leases import find_beat

    inbox = system.road.folders.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    with system.database.read() as connection:
        beat = find_beat(connection, "service")
        lite = system.database.engine.dialect.name == "sqlite"
        version = connection.execute(text("SELECT sqlite_version()" if lite else "SELECT version()")).scalar()
    alive = beat is not None and beat.expires_at > now()
    return [
        (
            "database",
            OK,
            f"{system.database.engine.url.render_as_string(hide_password=True)}, version {version}",
        ),
        ("engine", *_engine_found(system)),
        ("inbox", OK if os.access(inbox, os.R_OK | os.W_OK) else BAD, str(inbox)),
        (
            "service",
            OK if alive else UNUSED,
            "watching" if alive else "nobody watches: start `kpi serve` or `kpi watch`",
        ),
        *(
            (one.name, OK if one.addresses() else UNUSED, ", ".join(one.addresses()) or one.needs)
            for one in system.channels
        ),
        *((f"webhook {name}", BAD, why) for name, why in _doubtful(system)),
        *(("whatsapp api", OK, told) for told in [_expiring(system)] if told),
    ]


def _warn(system: System) -> None:
    """At the start, of what works today and not for much longer."""
    if told := _expiring(system):
        say(f"WhatsApp: {told}")


def _expiring(system: System) -> str:
    """What to do before WhatsApp's API goes away, where it is used and does within ninety days."""
    from alerts.channels.whatsapp_codes import version_warning

    used = any(one.name == "whatsapp" and one.addresses() for one in system.channels)
    return version_warning(system.settings.whatsapp_api_version, system.today(now())) if used else ""


def _doubtful(system: System) -> list[tuple[str, str]]:
    """Receivers of webhooks that nothing can reach, and why."""
    from alerts.channels.webhook import Webhook

    return [found for one in system.channels if isinstance(one, Webhook) for found in one.doubts().items()]


def _engine_found(system: System) -> tuple[str, str]:
    """Which engine works figures out, or why it does not and what to do."""
    from storage.engines.contract import EngineUnavailableError

    try:
        return OK, system.engine.describe()
    except EngineUnavailableError as error:
        return BAD, str(error)
