"""The `kpi` command. Imports what a command needs when it runs, so that help answers at once."""

from __future__ import annotations

import sys
import traceback
from uuid import uuid4

import typer

from cli import (
    alerting,
    analytics,
    dashboards,
    data,
    defining,
    definitions,
    etl,
    etl_generate,
    figures,
    loads,
    mapping,
    operation,
    report,
    targets,
)
from cli.output import say

app = typer.Typer(
    name="kpi",
    help="Drop a workbook in; read the right KPIs; hear in Slack or WhatsApp what matters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data.add_to(app)
figures.add_to(app)
report.add_to(app)
loads.add_to(app)
mapping.add_to(app)
definitions.add_to(app)
defining.add_to(definitions.definitions)
targets.add_to(app)
alerting.add_to(app)
etl.add_to(app)
analytics.add_to(app)
dashboards.add_to(app)
etl_generate.add_to(etl.etl)
operation.add_to(app)


def run() -> None:
    """Run the command line. Exit codes: 0 done, 1 refused or breached, 2 usage or set-up, 3 an internal error."""
    try:
        app()
    except Exception as error:  # the last door: whatever was not foreseen ends here, with a reference
        reference = uuid4().hex[:8]
        traceback.print_exc(file=sys.stderr)
        say(f"kpi: internal error {reference}: {type(error).__name__}. Nothing more was done.")
        raise SystemExit(3) from error
