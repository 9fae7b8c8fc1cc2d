"""A Spark Connect server: its one session in this process, opened when first asked, and opened anew when it was lost."""

from __future__ import annotations

import logging
import socket
import warnings
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from storage.engines.contract import EngineUnavailableError

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

PORT = 15002
REACH_SECONDS = 5.0  # to find a server there at all
TRIES = 4  # of a call to a server that is there but does not answer; some seconds together
INSTEAD = "start it or correct KPI_ENGINE; with KPI_ENGINE=duckdb the same figures are worked out here"


class SparkServer:
    """What answers at `sc://host:port`. `shown` is the address without what may be a token."""

    def __init__(self, address: str) -> None:
        self._address = address
        parts = urlsplit(address)
        self._place = (parts.hostname or "", parts.port or PORT)
        self._session: SparkSession | None = None
        self._lock = Lock()
        self.shown = "sc://{}:{}".format(*self._place)

    def asked(self, question: Callable[[SparkSession], Any]) -> Any:
        """The answer of the session; asked once more of a new one where the server has forgotten it.

        EngineUnavailableError where it cannot be reached or cannot answer.
        """
        known = self._session  # a new one is not given a second chance
        for last in (known is None, True):
            session = self._opened()
            from pyspark.errors import PySparkException  # noqa: PLC0415 - there, as a session could be opened

            try:
                return question(session)
            except PySparkException as error:
                if last or not _is_lost(error):
                    raise EngineUnavailableError(f"{self.shown} cannot answer: {_said(error)}") from None
                self._lose(session)
        raise AssertionError

    def close(self) -> None:
        """Have the server forget the session."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            with suppress(Exception):  # a server that is gone has forgotten it
                session.client.release_session()
                session.client.close()

    def _opened(self) -> SparkSession:
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _lose(self, session: SparkSession) -> None:
        with self._lock:
            if self._session is session:
                self._session = None

    def _open(self) -> SparkSession:
        try:
            socket.create_connection(self._place, REACH_SECONDS).close()
        except OSError as error:
            reason = error.strerror or error
            raise EngineUnavailableError(f"{self.shown} cannot be reached ({reason}): {INSTEAD}") from None
        try:
            return _session_at(self._address)
        except ImportError:
            raise EngineUnavailableError(
                "KPI_ENGINE is a Spark address, but the client is not installed: install kpi-dashboard[spark]"
            ) from None
        except Exception as error:  # noqa: BLE001 - whatever the client meets there, no server of ours answers
            raise EngineUnavailableError(
                f"{self.shown} does not answer ({_said(error)}): {INSTEAD}"
            ) from None


def _session_at(address: str) -> SparkSession:
    """A session whose calls give up after seconds, not after ten minutes, and that writes no traces into our log."""
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")  # it is given Arrow only
    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]")  # an error says so already
    from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415 - only where it is used
    from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415

    logging.getLogger("SQLQueryContextLogger").disabled = True
    session = SparkSession(address)
    session.client.set_retry_policies([DefaultPolicy(max_retries=TRIES)])
    return session


def _is_lost(error: Exception) -> bool:
    """Whether the server has forgotten the session, or is another one by now."""
    said = f"{type(error).__name__} {error}"
    return any(word in said for word in ("INVALID_HANDLE", "SESSION_", "RetriesExceeded", "UNAVAILABLE"))


def _said(error: Exception) -> str:
    """What it says in one line; the lines that follow are the server's own trace."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    details = [line for line in lines if line.startswith("details = ")]
    return (details or lines or [type(error).__name__])[0][:300]
