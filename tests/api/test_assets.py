"""The script that draws charts: whole, packed for who can unpack it, and kept by browsers until its version changes."""

from __future__ import annotations

from pathlib import Path

import plotly
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.assets import PLACE, asset_routes
from dashboard.plot import component

SCRIPT = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


def test_it_is_the_script_of_the_installed_plotly_and_may_be_kept_for_ever() -> None:
    answer = TestClient(Starlette(routes=asset_routes())).get(PLACE)
    assert answer.content == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 3


def test_who_cannot_unpack_it_gets_it_as_it_is() -> None:
    answer = TestClient(Starlette(routes=asset_routes())).get(PLACE, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == SCRIPT


def test_its_name_has_the_version_that_charts_ask_for() -> None:
    assert f"/{component.SCRIPT}" == PLACE
