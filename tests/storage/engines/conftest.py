"""The places where statements can run, each for real: a database on every server, and a Spark cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.storage.engines.cluster import Cluster, running_cluster, spark_home


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home = spark_home()
    if home is None:
        reason = "no Java on the PATH, or no Spark in build/spark: `make spark` installs it"
        if os.environ.get("KPI_REQUIRE_SPARK"):
            pytest.fail(f"KPI_REQUIRE_SPARK is set, but there is {reason}")
        pytest.skip(f"NOT TESTED ON A SPARK CLUSTER: {reason}")
    with running_cluster(home, tmp_path_factory.mktemp("spark")) as started:
        yield started
