"""The command line as outsiders see it: a process, its exit code, its stdout and its stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import PROJECT

SHOP = "Date,Region,Revenue,COGS\n2025-10-01,North,100,60\n2025-10-31,South,50,40\n2025-11-02,North,30,3\n"
THIN = SHOP.replace("50,40", "50,90")


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Kpi = Callable[..., Answer]


@pytest.fixture
def kpi(tmp_path: Path) -> Kpi:
    """Run `kpi` with a home folder of its own."""

    def run(*arguments: str, **environment: str) -> Answer:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KPI_", "SLACK_", "WHATSAPP_"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=PROJECT,
            env={**kept, "KPI_HOME": str(tmp_path / "home"), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    path.write_text(SHOP)
    return path


def test_a_load_says_what_it_read_and_the_second_time_that_nothing_changed(kpi: Kpi, shop: Path) -> None:
    first, second = kpi("load", str(shop), "--json"), kpi("load", str(shop), "--json")
    (loaded,), (unchanged,) = first.json, second.json
    assert (first.code, second.code) == (0, 0)
    assert {key: loaded[key] for key in ("source", "dataset", "status", "version", "rows", "issues")} == {
        "source": "shop.csv",
        "dataset": "shop",
        "status": "loaded",
        "version": 1,
        "rows": {"read": 3, "loaded": 3, "rejected": 0, "set_aside": 0},
        "issues": [],
    }
    assert (unchanged["status"], unchanged["version"], unchanged["sha256"]) == (
        "unchanged",
        1,
        loaded["sha256"],
    )
    (sheet,) = loaded["sheets"]
    fields = [(column["header"], column["field"], column["confidence"]) for column in sheet["columns"]]
    assert (sheet["used"], sheet["header_row"]) == (True, 1)
    assert fields == [
        ("Date", "date", 1.0),
        ("Region", "region", 1.0),
        ("Revenue", "revenue", 1.0),
        ("COGS", "cogs", 1.0),
    ]


def test_a_dry_run_commits_nothing(kpi: Kpi, shop: Path) -> None:
    assert kpi("load", str(shop), "--dry-run", "--json").json[0]["status"] == "loaded"
    assert kpi("values", "--dataset", "shop").code == 2


def test_values_by_month_and_by_member(kpi: Kpi, shop: Path) -> None:
    kpi("load", str(shop))
    months = kpi("values", "--dataset", "shop", "--kpi", "revenue", "--json").json
    members = kpi(
        "values", "--dataset", "shop", "--kpi", "revenue", "--grain", "year", "--by", "region", "--json"
    ).json
    assert [(one["period"], one["value"], one["complete"]) for one in months] == [
        ("2025-10-01", 150.0, True),
        ("2025-11-01", 30.0, False),
    ]
    assert [(one["member"], one["value"]) for one in members] == [("North", 130.0), ("South", 50.0)]


def test_a_corrected_file_replaces_what_the_earlier_one_said_and_both_are_known(kpi: Kpi, shop: Path) -> None:
    kpi("load", str(shop))
    shop.write_text(SHOP.replace("100,60", "200,60"))
    assert kpi("load", str(shop), "--json").json[0]["version"] == 2
    said = kpi(
        "history",
        "--dataset",
        "shop",
        "--kpi",
        "revenue",
        "--grain",
        "month",
        "--period",
        "2025-10-15",
        "--json",
    )
    assert [(one["value"], one["since_version"], one["until_version"]) for one in said.json] == [
        (150.0, 1, 2),
        (250.0, 2, None),
    ]


def test_a_number_is_explained_down_to_its_rows(kpi: Kpi, shop: Path) -> None:
    kpi("load", str(shop))
    found = kpi(
        "explain",
        "--dataset",
        "shop",
        "--kpi",
        "gross_margin",
        "--grain",
        "month",
        "--period",
        "2025-10-01",
        "--json",
    ).json
    assert found["value"] == pytest.approx(50 / 150)
    assert found["with_numbers"] == "(revenue 150 − cogs 100) / revenue 150 = 33.3 %"
    assert [(one["source"], one["first_row"], one["last_row"], one["rows"]) for one in found["rows"]] == [
        ("shop.csv", 2, 3, 2)
    ]


def test_a_breach_is_an_alert_that_is_delivered_once_and_then_resolved(kpi: Kpi, shop: Path) -> None:
    rule = ("--dataset", "shop", "--kpi", "gross_margin", "--below", "0.2", "--to", "console")
    assert kpi("rules", "add", *rule, "--json").json["below"] == 0.2
    shop.write_text(THIN)
    kpi("load", str(shop))
    kpi("load", str(shop))
    assert kpi("check").code == 1
    first, second = kpi("deliver", "--once"), kpi("deliver", "--once")
    (alert,) = kpi("alerts", "--open", "--json").json
    assert (alert["state"], alert["period"], alert["value"]) == ("firing", "2025-10-01", 0.0)
    assert alert["deliveries"] == [
        {"destination": "console", "state": "sent", "attempts": 1, "provider_id": "console", "error": None}
    ]
    assert ("below its limit" in first.err, "below its limit" in second.err) == (True, False)
    shop.write_text(SHOP)
    kpi("load", str(shop))
    assert kpi("check").code == 0
    assert "back to normal" in kpi("deliver", "--once").err


def test_a_rule_can_be_rehearsed_and_removed(kpi: Kpi, shop: Path) -> None:
    shop.write_text(THIN)
    kpi("load", str(shop))
    number = str(
        kpi("rules", "add", "--dataset", "shop", "--kpi", "gross_margin", "--below", "0.2", "--json").json[
            "id"
        ]
    )
    assert kpi("rules", "backtest", number, "--json").json == [
        {"period": "2025-10-01", "member": None, "state": "firing", "value": 0.0}
    ]
    assert [rule["id"] for rule in kpi("rules", "list", "--json").json] == [int(number)]
    assert kpi("rules", "remove", number).code == 0
    assert kpi("rules", "list", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("values", "--dataset", "nope"), "there is no dataset 'nope'"),
        (("values", "--dataset", "shop", "--kpi", "revenu"), "did you mean `revenue`"),
        (
            ("values", "--dataset", "shop", "--grain", "decade"),
            "--grain: found 'decade', wanted one of day, week",
        ),
        (("values", "--dataset", "shop", "--where", "north"), "wanted DIMENSION=MEMBER"),
        (
            ("rules", "add", "--dataset", "shop", "--kpi", "revenue"),
            "give exactly one of --below and --above",
        ),
        (
            ("rules", "add", "--dataset", "shop", "--kpi", "revenue", "--below", "1", "--to", "fax"),
            "no channel or destination 'fax'",
        ),
        (
            ("rules", "add", "--dataset", "shop", "--kpi", "revenue", "--below", "9", "--recover", "1"),
            "recovers at 1",
        ),
        (("rules", "remove", "7"), "there is no rule 7"),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_code_2_and_says_why(
    kpi: Kpi, shop: Path, arguments: tuple[str, ...], said: str
) -> None:
    kpi("load", str(shop))
    answer = kpi(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"KPI_TIMEZONE": "Mars"}, "KPI_TIMEZONE: Value error, no time zone of that name"),
        ({"KPI_DATABASE_URL": "sqlite:////proc/nowhere/kpi.db"}, "cannot be opened"),
    ],
)
def test_a_set_up_that_cannot_work_ends_with_code_2_in_plain_words(
    kpi: Kpi, environment: dict[str, str], said: str
) -> None:
    answer = kpi("rules", "list", **environment)
    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_refused_files_are_answers_and_not_errors(kpi: Kpi, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "letter.xlsx").write_bytes(b"%PDF-1.7 not a workbook")
    paths = [str(tmp_path / name) for name in ("empty.csv", "letter.xlsx", "missing.csv")]
    answer = kpi("load", *paths, "--json")
    assert answer.code == 1
    assert [(one["status"], one["error"]["code"]) for one in answer.json] == [
        ("rejected", "empty_file"),
        ("rejected", "wrong_type"),
        ("rejected", "cannot_open"),
    ]


def test_a_backup_can_be_restored_into_an_empty_home_and_gives_the_same_values(
    kpi: Kpi, shop: Path, tmp_path: Path
) -> None:
    kpi("load", str(shop))
    asked = ("values", "--dataset", "shop", "--json")
    before = kpi(*asked).json
    assert kpi("backup", str(tmp_path / "kpi.tar")).code == 0
    assert kpi("restore", str(tmp_path / "kpi.tar")).code == 2
    other = str(tmp_path / "other")
    assert kpi("restore", str(tmp_path / "kpi.tar"), KPI_HOME=other).code == 0
    assert kpi(*asked, KPI_HOME=other).json == before


def test_the_doctor_names_what_is_not_used_and_finds_nothing_broken(kpi: Kpi) -> None:
    answer = kpi("doctor", "--json")
    assert answer.code == 0
    assert {one["check"]: one["found"] for one in answer.json} == {
        "database": "ok",
        "engine": "ok",
        "inbox": "ok",
        "service": "not used",
        "console": "ok",
        "slack": "not used",
        "whatsapp": "not used",
        "email": "not used",
        "webhook": "not used",
    }


def test_help_comes_without_the_heavy_libraries() -> None:
    script = "import sys, cli.main; print(sorted(set(sys.modules) & {'pandas', 'sqlalchemy', 'streamlit', 'pyarrow', 'duckdb'}))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
