"""`kpi targets`, as outsiders see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_cli import Kpi, kpi, shop  # noqa: F401 - fixtures

SET = ("targets", "set", "--dataset", "shop", "--kpi", "revenue")


@pytest.fixture
def loaded(kpi: Kpi, shop: Path) -> Kpi:  # noqa: F811
    kpi("load", str(shop))
    return kpi


def aims(kpi: Kpi) -> list[tuple[str, str, str, str | None, float]]:  # noqa: F811
    found = kpi("targets", "list", "--dataset", "shop", "--json").json
    return [(one["kpi"], one["grain"], one["period"], one["member"], one["value"]) for one in found]


def test_a_target_is_set_listed_and_removed(loaded: Kpi) -> None:
    done = loaded(*SET, "--period", "2025-10", "--value", "300", "--json")
    assert (done.code, done.json["kpi"], done.json["value"], done.json["origin"]) == (
        0,
        "revenue",
        300,
        "cli",
    )
    assert aims(loaded) == [("revenue", "month", "2025-10-01", None, 300)]
    removed = loaded(
        "targets", "remove", "--dataset", "shop", "--kpi", "revenue", "--period", "2025-10", "--json"
    )
    assert (removed.json, aims(loaded)) == ({"removed": 1}, [])


def test_the_figures_follow_at_once(loaded: Kpi) -> None:
    loaded(*SET, "--period", "2025-10", "--value", "300")
    asked = ("values", "--dataset", "shop", "--kpi", "target_attainment", "--end", "2025-10-31", "--json")
    (value,) = loaded(*asked).json
    assert (value["period"], value["value"], value["unit"]) == ("2025-10-01", 0.5, "percent")


def test_a_member_has_a_target_of_its_own(loaded: Kpi) -> None:
    loaded(*SET, "--period", "Oct 2025", "--value", "200", "--by", "region", "--member", "North")
    assert aims(loaded) == [("revenue", "month", "2025-10-01", "North", 200)]


def test_a_member_that_the_data_do_not_have_is_kept_with_a_warning(loaded: Kpi) -> None:
    done = loaded(*SET, "--period", "2025-10", "--value", "200", "--by", "region", "--member", "north")
    assert "region has no member 'north'; did you mean `North`? It is kept for a member to come." in done.err
    assert (done.code, aims(loaded)) == (0, [("revenue", "month", "2025-10-01", "north", 200)])


def test_the_pace_says_how_the_running_month_stands(loaded: Kpi) -> None:
    loaded(*SET, "--period", "2025-11", "--value", "300")
    (pace,) = loaded("targets", "pace", "--dataset", "shop", "--json").json
    assert (pace["period"], pace["until"], pace["actual"], pace["complete"]) == (
        "2025-11-01",
        "2025-11-02",
        30,
        False,
    )
    assert (pace["target_so_far"], pace["ahead"], pace["target"]) == (20, 10, 300)


def test_what_was_exported_can_be_imported(loaded: Kpi, tmp_path: Path) -> None:
    loaded(*SET, "--period", "2025-10", "--value", "300.25")
    loaded(*SET, "--period", "2025-Q3", "--value", "900", "--by", "region", "--member", "North")
    loaded(
        "targets", "set", "--dataset", "shop", "--kpi", "gross margin", "--period", "2025", "--value", "30%"
    )
    file = tmp_path / "targets.csv"
    assert loaded("targets", "export", str(file), "--dataset", "shop", "--json").json["targets"] == 3
    before = aims(loaded)
    for key, period, whom in (("revenue", "2025-10", ()), ("revenue", "2025-Q3", ("--by", "region", "--member", "North")),
                              ("gross_margin", "2025", ())):  # fmt: skip
        loaded("targets", "remove", "--dataset", "shop", "--kpi", key, "--period", period, *whom)
    assert aims(loaded) == []
    done = loaded("targets", "import", str(file), "--dataset", "shop", "--json")
    assert (done.code, done.json["rows"]["set_aside"]) == (0, 3)
    assert (
        aims(loaded)
        == before
        == [
            ("gross_margin", "year", "2025-01-01", None, 0.3),
            ("revenue", "month", "2025-10-01", None, 300.25),
            ("revenue", "quarter", "2025-07-01", "North", 900),
        ]
    )


@pytest.mark.parametrize(
    ("options", "because"),
    [
        pytest.param(("--period", "soon", "--value", "1"), "found the period 'soon'", id="no period"),
        pytest.param(("--period", "2025", "--value", "much"), "found the value 'much'", id="no number"),
        pytest.param(
            ("--period", "2025", "--value", "1", "--by", "regio", "--member", "North"), "did you mean `region`", id="no dimension"
        ),
    ],
)  # fmt: skip
def test_what_can_be_no_target_says_why(loaded: Kpi, options: tuple[str, ...], because: str) -> None:
    done = loaded(*SET, *options)
    assert done.code == 2
    assert because in done.err
    assert aims(loaded) == []


def test_an_unknown_kpi_is_told_with_a_guess(loaded: Kpi) -> None:
    done = loaded(
        "targets", "set", "--dataset", "shop", "--kpi", "revenu", "--period", "2025", "--value", "1"
    )
    assert (done.code, "did you mean `revenue`" in done.err) == (2, True)


def test_an_import_of_lines_that_are_not_understood_ends_with_1_and_takes_the_others(
    loaded: Kpi, tmp_path: Path
) -> None:
    file = tmp_path / "targets.csv"
    file.write_text("KPI,Period,Value\nrevenue,2025-10,300\nrevenu,2025-10,300\n")
    done = loaded("targets", "import", str(file), "--dataset", "shop", "--json")
    assert (done.code, done.json["rows"]) == (1, {"read": 2, "loaded": 0, "rejected": 1, "set_aside": 1})
    assert len(aims(loaded)) == 1


def test_the_targets_behind_an_attainment_are_named(loaded: Kpi) -> None:
    for period, value in (("2025-09", "100"), ("2025-10", "300"), ("2025", "9000")):
        loaded(*SET, "--period", period, "--value", value)
    asked = ("explain", "--dataset", "shop", "--kpi", "target_attainment", "--period", "2025-10-01")
    found = loaded(*asked, "--json").json
    assert found["inputs"] == {"revenue": 150, "target": 300}
    assert [(one["grain"], one["period"], one["value"], one["origin"]) for one in found["targets"]] == [
        ("month", "2025-10-01", 300, "cli"),
        ("year", "2025-01-01", 9000, "cli"),
    ]
    assert all(word in loaded(*asked).out for word in ("Targets of these days", "9000.0", "cli"))
    plain = loaded(*asked[:4], "revenue", *asked[5:], "--json").json
    assert plain["targets"] == []
