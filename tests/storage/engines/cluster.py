"""A Spark cluster on the loopback interface: a master, two workers and a Connect server, each a process of its own."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.conftest import PROJECT

HOST = "127.0.0.1"
SECONDS = 90  # until the cluster must be there; a quarter of it on a free machine
SMALL = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"  # quick to start, and to be done with little
CONFIGURED = {
    "spark.connect.grpc.binding.address": HOST,
    "spark.driver.host": HOST,
    "spark.driver.bindAddress": HOST,
    "spark.driver.extraJavaOptions": SMALL,
    "spark.executor.memory": "600m",
    "spark.executor.cores": "1",
    "spark.executor.extraJavaOptions": SMALL,
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}


class Cluster:
    """What a test may know of the cluster, and do to it."""

    def __init__(self, home: Path, folder: Path) -> None:
        self._home = home
        self._folder = folder
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self._master, self._connect = free_port(), free_port()
        self.address = f"sc://{HOST}:{self._connect}"

    def start(self) -> None:
        """Raises RuntimeError with what the processes said where the cluster does not come up."""
        daemon = "org.apache.spark.deploy"
        ports = ["--host", HOST, "--webui-port", "0"]
        self._run("master", "spark-class", f"{daemon}.master.Master", *ports, "--port", str(self._master))
        self._wait("master", self._master)
        for name in ("worker1", "worker2"):
            more = ["--cores", "1", "--memory", "1g", "-d", str(self._folder / name), self._url]
            self._run(name, "spark-class", f"{daemon}.worker.Worker", *ports, *more)
        self.serve()

    def serve(self) -> None:
        """Start the Connect server, at the same address each time."""
        given = {**CONFIGURED, "spark.connect.grpc.binding.port": str(self._connect)}
        options = [part for name, value in given.items() for part in ("--conf", f"{name}={value}")]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        self._run("server", "spark-submit", "--master", self._url, "--class", server, *options)
        self._wait("server", self._connect)

    def end_server(self) -> None:
        self._end(self._started.pop("server"))

    def end(self) -> None:
        """End every process, and what it started."""
        for process in reversed(self._started.values()):
            self._end(process)
        self._started.clear()

    def workers(self) -> int:
        """How many have told the master that they are there."""
        return self._said("master").count("Registering worker")

    def executors(self) -> int:
        """How many the workers have started."""
        return sum(
            self._said(name).count("Launched executor") + self._said(name).count("Asked to launch executor")
            for name in ("worker1", "worker2")
        )

    @property
    def _url(self) -> str:
        return f"spark://{HOST}:{self._master}"

    def _run(self, name: str, script: str, *arguments: str) -> None:
        """In a process group of its own: a worker's executors end with it."""
        with (self._folder / f"{name}.log").open("ab") as log:
            self._started[name] = subprocess.Popen(
                [str(self._home / "bin" / script), *arguments],
                cwd=self._folder,
                env=self._environment("800m" if name == "server" else "256m"),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - it takes no lock
            )

    def _environment(self, memory: str) -> Mapping[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))
        }
        return {
            **kept,
            "SPARK_HOME": str(self._home),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_DAEMON_MEMORY": memory,
            "SPARK_DAEMON_JAVA_OPTS": f"{SMALL} -Dspark.master.rest.enabled=false",
        }

    def _wait(self, name: str, port: int) -> None:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self._started[name].poll() is None:
            with suppress(OSError), socket.create_connection((HOST, port), 1):
                return
            time.sleep(0.1)
        raise RuntimeError(f"The {name} of the Spark cluster did not come up:\n{self._said(name)[-2000:]}")

    def _said(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        for blow in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, blow)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)


@contextmanager
def running_cluster(home: Path, folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(home, folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.end()


def spark_home() -> Path | None:
    """Where `make spark` has put it; None where it is not there, or there is no Java to run it."""
    found = sorted((PROJECT / "build" / "spark").glob("lib/python*/site-packages/pyspark/bin/spark-class"))
    return found[-1].parent.parent if found and shutil.which("java") else None


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def _end_with_parent() -> None:
    """On Linux a process is asked to end when the tests are killed, too."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
