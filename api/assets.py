"""What the page's charts are drawn with: plotly.js, as it comes with Python's plotly, packed once and kept by browsers."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import plotly
from plotly.offline import get_plotlyjs_version
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

PLACE = f"/assets/plotly-{get_plotlyjs_version()}.min.js"
FOREVER = "public, max-age=31536000, immutable"  # the version is in the name


def asset_routes() -> list[BaseRoute]:
    async def script(request: Request) -> Response:
        packed = "gzip" in request.headers.get("accept-encoding", "")
        content = await run_in_threadpool(_packed if packed else _script)
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(content, media_type="text/javascript", headers=headers)

    return [Route(PLACE, script)]


@cache
def _script() -> bytes:
    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


@cache
def _packed() -> bytes:
    """A third of the bytes; Streamlit sends its own scripts unpacked."""
    return gzip.compress(_script(), 6)
