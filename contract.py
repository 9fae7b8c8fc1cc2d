"""The JSON that outsiders rely on, the same from the command line and from REST."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kpi.calculator import KpiValue
from kpi.definitions import Definition
from kpi.figures.ranking import Ranked
from kpi.report import Issue
from kpi.values import SliceError
from monitor.pipeline import Loaded
from storage.catalogs import Listed
from storage.datasets import Dataset
from storage.defining import Preview, as_written
from storage.definitions import Change
from storage.evidence import Evidence, Restatement
from storage.loads import Load
from storage.mappings import KeptAnswer
from storage.provenance import SheetRows

MOST_ISSUES = 1000  # the rest are in load_issues

Json = dict[str, Any]


def load_json(loaded: Loaded) -> Json:
    """One load; `issues` lists at most 1,000."""
    report = loaded.report
    answer: Json = {
        "source": loaded.source,
        "dataset": loaded.dataset,
        "sha256": loaded.sha256,
        "status": loaded.status.value,
        "version": loaded.version,
        "rows": asdict(report.rows),
        "sheets": [
            {
                "name": sheet.name,
                "used": sheet.used,
                "reason": sheet.reason,
                "header_row": sheet.header_row,
                "rows": asdict(sheet.rows),
                "columns": [asdict(column) for column in sheet.columns],
                "fingerprint": sheet.fingerprint,
            }
            for sheet in report.sheets
        ],
        "issues": [issue_json(issue) for issue in report.issues[:MOST_ISSUES]],
        "seconds": round(loaded.seconds, 3),
        "load_id": loaded.load_id,
    }
    if loaded.difference:
        answer["difference"] = loaded.difference.to_dict()
    if report.questions:
        answer["questions"] = [{**asdict(q), "candidates": list(q.candidates)} for q in report.questions]
    if report.error:
        answer["error"] = asdict(report.error)
    return answer


def recorded_load_json(load: Load) -> Json:
    """One load as it was recorded; its issues are asked for by themselves."""
    return {
        "id": load.id,
        "source": load.source,
        "dataset": load.dataset,
        "sha256": load.sha256,
        "status": load.status.value,
        "version": load.version,
        "rows": asdict(load.rows),
        "error": asdict(load.error) if load.error else None,
        "origin": load.origin,
        "at": load.at.isoformat(),
        "seconds": round(load.seconds, 3),
    }


def mapping_json(kept: KeptAnswer) -> Json:
    """One thing that was said about a layout; for a field, the key is the header, and an empty answer leaves it out."""
    return {
        "fingerprint": kept.fingerprint,
        "dataset": kept.dataset,
        "kind": kept.kind.value,
        "key": kept.key,
        "answer": kept.answer,
        "at": kept.at.isoformat(),
    }


def dataset_json(dataset: Dataset) -> Json:
    return {
        "dataset": dataset.name,
        "version": dataset.version,
        "first_day": dataset.first_day.isoformat(),
        "last_day": dataset.last_day.isoformat(),
        "cadence": dataset.cadence.value,
        "updated_at": dataset.updated_at.isoformat(),
        "fields": [asdict(field) for field in dataset.fields],
    }


def condition(text: str) -> tuple[str, str]:
    """`DIM=MEMBER` as the two; ValueError where there is no `=`."""
    dimension, found, member = text.partition("=")
    if not found:
        raise SliceError(f"found {text!r}, wanted DIMENSION=MEMBER, such as region=North")
    return dimension.strip(), member.strip()


def issue_json(issue: Issue) -> Json:
    return asdict(issue)


def value_json(dataset: str, value: KpiValue, unit: str, level: str = "") -> Json:
    """One KPI value, null where undefined; `level` is the column of the members where a hierarchy was asked for."""
    projected: Json = {"projected": True, "why": value.why or None} if value.projected else {}
    return {
        "dataset": dataset,
        "kpi": value.kpi,
        "grain": value.grain.value,
        "period": value.period.isoformat(),
        "member": value.member or None,
        "value": value.value,
        "unit": unit,
        "complete": value.complete,
        **projected,
        **({"by": level} if level else {}),
    }


def ranked_json(dataset: str, found: Ranked, unit: str, level: str = "") -> Json:
    """A value with its member's place; of all others as one, `member` is null and `others` says how many they are."""
    place = {"rank": found.rank, "share": found.share, **({"others": found.others} if found.others else {})}
    return value_json(dataset, found.value, unit, level) | place


def definition_json(definition: Definition) -> Json:
    return {
        "kpi": definition.key,
        "label": definition.label,
        "description": definition.description,
        "formula": definition.formula,
        "unit": definition.unit.value,
        "favourable": definition.favourable.value,
    }


def restatement_json(said: Restatement) -> Json:
    """One value as it was said, and what brought it; `until_version` null while it holds."""
    stored, version, load = said.stored, said.version, said.load
    return {
        "value": stored.value,
        "complete": stored.complete,
        "since_version": stored.since_version,
        "until_version": stored.until_version,
        "computed_at": stored.computed_at.isoformat(),
        "definition_version": stored.definition_version,
        "cause": version.cause.value if version else None,
        "load": {"id": load.id, "source": load.source, "sha256": load.sha256} if load else None,
    }


def explanation_json(evidence: Evidence) -> Json:
    """Where one number comes from. `rows` says where they stand, file by file; of each sheet the first ranges."""
    found = evidence.explanation
    used = found.used
    return {
        "dataset": evidence.dataset.name,
        "kpi": found.kpi,
        "label": found.label,
        "description": found.description,
        "formula": found.formula,
        "definition": definition_in_full_json(evidence.definition),
        "grain": found.value.grain.value,
        "period": found.value.period.isoformat(),
        "period_in_words": found.period,
        "value": found.value.value,
        "complete": found.value.complete,
        "with_numbers": found.text,
        "inputs": {one.name: one.value for one in found.inputs},
        "notes": list(found.notes),
        "version": evidence.dataset.version,
        "filters": {
            "where": [list(pair) for pair in used.where] if used else [],
            "without": [list(pair) for pair in used.without] if used else [],
        },
        "targets": [one.to_dict() for one in evidence.targets],
        "rows_in_words": used.words if used else evidence.lost,
        "row_count": evidence.rows if used else None,
        "rows": [_sheet_rows_json(one) for one in evidence.sheets],
        "loads": [
            {**recorded_load_json(load), "until_version": load.until_version} for load in evidence.loads
        ],
        "history": [restatement_json(one) for one in evidence.said],
    }


def definition_in_full_json(one: Definition) -> Json:
    return {
        **definition_json(one),
        "version": one.version,
        "owner": one.owner or None,
        "kind": one.kind.value,
        "form": one.form,
        "decimals": one.decimals,
    }


def listed_json(one: Listed) -> Json:
    """One KPI of the catalogue. `missing`: what the data that were asked about lack for it, or why it cannot be used."""
    entry = (one.change.entry if one.change else None) or {}
    told = definition_in_full_json(one.definition) if one.definition else {"kpi": one.key, **entry}
    change = one.change
    return {
        **told,
        "own": change is not None,
        "retired": change is not None and change.entry is None,
        "version": change.version if change else 1,
        "owner": change.owner if change else None,
        "at": change.at.isoformat() if change else None,
        "missing": one.missing or None,
    }


def change_json(change: Change) -> Json:
    """One change of a definition; `entry` is as in a catalogue file, null where the KPI was retired."""
    return {
        "kpi": change.key,
        "version": change.version,
        "at": change.at.isoformat(),
        "owner": change.owner,
        "retired": change.entry is None,
        "entry": as_written(change) or None,
    }


def preview_json(dataset: str, one: Preview) -> Json:
    """What saving a definition would do, and the values it would give."""
    unit = str((one.wish.entry or {}).get("unit", ""))
    return {
        "kpi": one.wish.key,
        "effect": one.effect.value,
        "version": one.version,
        "missing": one.missing or None,
        "values": [value_json(dataset, value, unit) for value in one.gives],
    }


def _sheet_rows_json(one: SheetRows) -> Json:
    answer = asdict(one)
    more = answer.pop("more")
    return {**answer, "ranges": [list(ends) for ends in one.ranges], "more_ranges": more}
