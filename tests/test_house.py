"""The rules of the house that no tool knows: ceilings, quiet packages, pages that keep up with the code."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"build", "dist", "screenshots", "__pycache__"}
SHOWN = {".ci", ".streamlit", ".editorconfig", ".gitignore"}

MAX_FUNCTION = 40  # lines, without decorators and docstring
MAX_FILE = 300

# These lists may only shrink.
LONG_FUNCTIONS: frozenset[str] = frozenset()
LONG_FILES: frozenset[str] = frozenset()
# Written once from Alembic's template, one statement a table, and never changed.
GENERATED = "storage/migrations/versions/"

# Put together here, so that this file does not name them itself.
NAMED_NOWHERE = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "/opt/" + "pypi",
    "/opt/" + "wheels",
    "index" + "-url",
    "find" + "-links",
    "/wo" + "rk/",
    "/ro" + "ot/",
)


@cache
def _files() -> tuple[Path, ...]:
    """Every file of the project; nothing that a tool made or that is hidden, save .ci and .streamlit."""
    tops = [path for path in PROJECT.iterdir() if not path.name.startswith(".") or path.name in SHOWN]
    below = [path for top in tops if top.is_dir() and top.name not in LEFT_OUT for path in top.rglob("*")]
    return tuple(
        path
        for path in sorted([*tops, *below])
        if path.is_file()
        and not any(
            part in LEFT_OUT or part.endswith(".egg-info") for part in path.relative_to(PROJECT).parts
        )
    )


def _modules() -> Iterator[tuple[str, str]]:
    for path in _files():
        if path.suffix == ".py":
            yield path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")


def _pyproject() -> dict[str, Any]:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def _project() -> dict[str, Any]:
    table: dict[str, Any] = _pyproject()["project"]
    return table


def _dependencies() -> set[str]:
    project = _project()
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return {_normal(re.split(r"[^\w.-]", line)[0]) for line in [*project["dependencies"], *extras]}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _page(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    documented = ast.get_docstring(function) is not None
    docstring = (body[0].end_lineno or 0) - body[0].lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def _long_functions() -> Iterator[str]:
    for name, text in _modules():
        if not name.startswith(GENERATED):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > MAX_FUNCTION:
                    yield f"{name}::{node.name}"


def test_no_function_is_longer_than_forty_lines() -> None:
    assert set(_long_functions()) - LONG_FUNCTIONS == set()


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    long = {
        name for name, text in _modules() if not name.startswith(GENERATED) and text.count("\n") > MAX_FILE
    }
    assert long - LONG_FILES == set()


def test_the_lists_of_exceptions_only_shrink() -> None:
    """What no longer exceeds a ceiling leaves its list."""
    long_files = {name for name, text in _modules() if text.count("\n") > MAX_FILE}
    assert (LONG_FUNCTIONS | LONG_FILES) - long_files - set(_long_functions()) == set()


def test_package_files_hold_a_docstring_and_no_code() -> None:
    talkative = {
        name
        for name, text in _modules()
        if name.endswith("__init__.py")
        and not (len(ast.parse(text).body) == 1 and ast.get_docstring(ast.parse(text)))
    }
    assert talkative == set()


def test_no_file_names_a_package_index_or_a_place_on_one_machine() -> None:
    naming = {
        (path.relative_to(PROJECT).as_posix(), word)
        for path in _files()
        for word in NAMED_NOWHERE
        if word.encode() in path.read_bytes()
    }
    assert naming == set()


def test_every_dependency_has_its_line_and_every_line_its_dependency() -> None:
    lines = re.findall(r"^\| `([\w.-]+)`", _page("docs/dependencies.md"), flags=re.MULTILINE)
    assert {_normal(name) for name in lines} == _dependencies()


def test_every_dependency_is_pinned_to_one_exact_version() -> None:
    lines = [line for line in _page("constraints.txt").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert _dependencies() - {_normal(line.split("==")[0]) for line in lines} == set()


def test_every_module_and_package_at_the_top_is_shipped_and_typed() -> None:
    tools = _pyproject()["tool"]
    code = {name.split("/")[0] for name, _ in _modules()} - {"tests", "benchmarks"}
    modules = {f"{name}.py" for name in tools["setuptools"]["py-modules"]}
    packages = {pattern.rstrip("*") for pattern in tools["setuptools"]["packages"]["find"]["include"]}
    assert (modules | packages, set(tools["mypy"]["files"]) - {"tests", "benchmarks"}) == (code, code)


def test_the_changelog_is_headed_by_the_version() -> None:
    headings = re.findall(r"^## \[(\d[^\]]*)\]", _page("CHANGELOG.md"), flags=re.MULTILINE)
    assert headings[0] == _project()["version"]


def test_the_readme_names_every_variable_of_the_environment_that_is_read() -> None:
    read = set(
        re.findall(r'"((?:KPI|SLACK|WHATSAPP|SMTP)_[A-Z_]+|HTTPS_PROXY|NO_PROXY)"', _page("settings.py"))
    )
    told = set(re.findall(r"^\| `([A-Z_]+)`", _page("README.md"), flags=re.MULTILINE))
    assert told == read


def test_the_architecture_page_names_every_folder() -> None:
    folders = {name.split("/")[0] for name, _ in _modules() if "/" in name}
    page = _page("docs/architecture.md")
    assert {folder for folder in folders if f"`{folder}/" not in page} == set()


def test_every_decision_is_numbered_once_and_says_context_choice_and_cost() -> None:
    pages = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        parts = re.findall(r"^## (\w+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert (page.name, parts) == (page.name, ["Context", "Choice", "Cost"])


def test_the_make_targets_of_the_contributing_page_exist() -> None:
    told = set(re.findall(r"`make (\w+)`", _page("CONTRIBUTING.md") + _page("README.md")))
    made = set(re.findall(r"^(\w+):", _page("Makefile"), flags=re.MULTILINE))
    assert told - made == set()
