"""Sessions of `page.py` without a browser: they speak the page's own protocol over a websocket, as a browser does.

Forty browsers on a machine measure the browsers. What the server takes for a run of the page shows without them.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LARGEST = 2**26  # bytes of a message


@dataclass(slots=True)
class Session:
    """One open page."""

    socket: websockets.ClientConnection
    query: str

    async def run(self) -> float:
        """Have the page run anew; milliseconds until all of it has come."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        began = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while True:
            answer = await self.socket.recv(decode=False)
            if ForwardMsg.FromString(answer).WhichOneof("type") == "script_finished":
                return (time.perf_counter() - began) * 1_000


async def opened(url: str, query: str) -> Session:
    """A page that has been drawn once."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    socket = await websockets.connect(
        address, subprotocols=[websockets.Subprotocol("streamlit")], max_size=LARGEST
    )
    session = Session(socket, query)
    await session.run()
    return session


async def refreshed(sessions: list[Session], every: float, seconds: float) -> list[float]:
    """Each has the page run every so many seconds, all of them spread over that time; milliseconds of each run."""
    taken: list[float] = []
    ends = time.monotonic() + seconds

    async def go_on(session: Session, phase: float) -> None:
        await asyncio.sleep(phase)
        while time.monotonic() < ends:
            began = time.monotonic()
            taken.append(await session.run())
            await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))

    await asyncio.gather(*(go_on(session, every * at / len(sessions)) for at, session in enumerate(sessions)))
    return taken
