"""`python -m cli` is `kpi`."""

from cli.main import run

run()
