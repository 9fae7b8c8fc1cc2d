"""The application under /api: its routes, and errors as {"error": {"code", "message"}}."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from alerts.book.entries import EntryError
from alerts.book.toml import BookError
from api import (
    v1,
    v1_alerting,
    v1_analytics,
    v1_dashboards,
    v1_definitions,
    v1_etl,
    v1_explain,
    v1_loads,
    v1_reports,
    v1_rules,
    v1_scheduled_reports,
    v1_targets,
)
from dashboard.boards.layout import UnfitBoardError
from kpi.catalogue.catalog_file import CatalogError
from kpi.loading.answer_text import AnswerError
from kpi.targeting.target_terms import TargetError
from kpi.values import SliceError
from monitor.pipeline import ConflictError
from storage.alerting.destinations import DestinationError
from storage.alerting.rule_checks import RuleError
from storage.dashboards import BoardError
from storage.definitions import MeanwhileError
from storage.engines.contract import EngineUnavailableError
from storage.figures import UnknownDatasetError
from storage.mappings import LayoutError
from storage.warehouse.reading import NoWarehouseError
from storage.warehouse.runs import BusyError
from wiring import System


def build_api(system: System) -> FastAPI:
    """REST over the system's parts. Its OpenAPI is at /api/v1/openapi.json; no page of it loads code from elsewhere."""
    api = FastAPI(
        title="KPI dashboard", version="1", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json"
    )
    api.state.system = system
    api.include_router(v1.router)
    api.include_router(v1_explain.router)
    api.include_router(v1_loads.router)
    api.include_router(v1_reports.router)
    api.include_router(v1_definitions.router)
    api.include_router(v1_targets.router)
    api.include_router(v1_rules.router)
    api.include_router(v1_alerting.router)
    api.include_router(v1_etl.router)
    api.include_router(v1_analytics.router)
    api.include_router(v1_dashboards.router)
    api.include_router(v1_scheduled_reports.router)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(UnknownDatasetError, _unknown)
    api.add_exception_handler(CatalogError, _unfit)
    api.add_exception_handler(ConflictError, _conflict)
    api.add_exception_handler(MeanwhileError, _conflict)
    api.add_exception_handler(BusyError, _conflict)
    api.add_exception_handler(SliceError, _unfit)
    api.add_exception_handler(NoWarehouseError, _no_warehouse)
    api.add_exception_handler(TargetError, _unfit)
    for unfit in (EntryError, RuleError, DestinationError):
        api.add_exception_handler(unfit, _unfit_entry)
    api.add_exception_handler(BookError, _unfit_book)
    api.add_exception_handler(UnfitBoardError, _unfit_dashboard)
    api.add_exception_handler(BoardError, _conflict)
    api.add_exception_handler(EngineUnavailableError, _unavailable)
    api.add_exception_handler(AnswerError, _unfit_answer)
    api.add_exception_handler(LayoutError, _unknown_layout)
    return api


def _refused(_request: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return _error(status, HTTPStatus(status).phrase.lower().replace(" ", "_"), detail)


def _invalid(_request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    said = (f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in faults)
    return _error(422, "invalid_request", "; ".join(said))


def _unknown(_request: Request, error: Exception) -> Response:
    return _error(404, "unknown_dataset", str(error))


def _conflict(_request: Request, error: Exception) -> Response:
    return _error(409, "conflict", str(error))


def _unfit(_request: Request, error: Exception) -> Response:
    return _error(422, "unfit_question", str(error))


def _unfit_entry(_request: Request, error: Exception) -> Response:
    return _error(422, "unfit_entry", str(error))


def _unfit_book(_request: Request, error: Exception) -> Response:
    return _error(422, "unfit_book", str(error))


def _unfit_dashboard(_request: Request, error: Exception) -> Response:
    return _error(422, "unfit_dashboard", str(error))


def _unavailable(_request: Request, error: Exception) -> Response:
    return _error(503, "engine_unavailable", str(error))


def _unfit_answer(_request: Request, error: Exception) -> Response:
    return _error(422, "unfit_answer", str(error))


def _unknown_layout(_request: Request, error: Exception) -> Response:
    return _error(404, "unknown_layout", str(error))


def _no_warehouse(_request: Request, error: Exception) -> Response:
    return _error(404, "no_warehouse", str(error))


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
