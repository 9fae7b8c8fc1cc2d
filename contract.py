"""The JSON that outsiders rely on, the same from the command line and from REST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from alerts.rules import Rule
from kpi.calculator import Explanation, KpiValue
from kpi.definitions import Definition
from kpi.report import Issue
from kpi.values import SliceError
from monitor.pipeline import Loaded
from storage.alert_log import AlertRow
from storage.datasets import Dataset
from storage.figures import Figures
from storage.kpi_data import StoredValue
from storage.loads import Load
from storage.mappings import KeptAnswer
from storage.provenance import RowRange

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


def value_json(dataset: str, value: KpiValue, unit: str) -> Json:
    """One KPI value; `value` is null where it is undefined."""
    return {
        "dataset": dataset,
        "kpi": value.kpi,
        "grain": value.grain.value,
        "period": value.period.isoformat(),
        "member": value.member or None,
        "value": value.value,
        "unit": unit,
        "complete": value.complete,
    }


def definition_json(definition: Definition) -> Json:
    return {
        "kpi": definition.key,
        "label": definition.label,
        "description": definition.description,
        "formula": definition.formula,
        "unit": definition.unit.value,
        "favourable": definition.favourable.value,
    }


def stored_json(stored: StoredValue, load: Load | None) -> Json:
    """One value as it was said, with the load that brought it; `until_version` null while it holds."""
    return {
        "value": stored.value,
        "complete": stored.complete,
        "since_version": stored.since_version,
        "until_version": stored.until_version,
        "computed_at": stored.computed_at.isoformat(),
        "load": {"id": load.id, "source": load.source, "sha256": load.sha256} if load else None,
    }


def explanation_json(
    figures: Figures, found: Explanation, rows: Sequence[RowRange], said: Sequence[StoredValue]
) -> Json:
    """Where one number comes from."""
    return {
        "dataset": figures.dataset.name,
        "kpi": found.kpi,
        "label": found.label,
        "description": found.description,
        "formula": found.formula,
        "grain": found.value.grain.value,
        "period": found.value.period.isoformat(),
        "value": found.value.value,
        "complete": found.value.complete,
        "with_numbers": found.text,
        "inputs": {one.name: one.value for one in found.inputs},
        "version": figures.dataset.version,
        "rows": [asdict(one) for one in rows],
        "history": [stored_json(one, None) for one in said],
    }


def rule_json(rule: Rule) -> Json:
    return {
        "id": rule.id,
        "name": rule.name,
        "dataset": rule.dataset,
        "kpi": rule.kpi,
        "grain": rule.grain,
        "by": rule.dimension,
        rule.direction.value: rule.limit,
        "recover": rule.recovery,
        "for": rule.periods,
        "severity": rule.severity,
        "to": list(rule.channels),
    }


def alert_json(alert: AlertRow) -> Json:
    """One change of state, with what became of each message about it."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "dataset": alert.dataset,
        "kpi": alert.kpi,
        "grain": alert.grain,
        "period": alert.period.isoformat(),
        "member": alert.member or None,
        "state": alert.state,
        "value": alert.value,
        "limit": alert.limit,
        "at": alert.at.isoformat(),
        "deliveries": [
            {
                "destination": delivery.destination,
                "state": delivery.state,
                "attempts": delivery.attempts,
                "provider_id": delivery.provider_id,
                "error": delivery.error,
            }
            for delivery in alert.deliveries
        ],
    }
