"""The only reader of the environment. Frozen, typed; names every missing or wrong value at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from kpi.periods.week_years import Anchor, Scheme

LEVELS = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class SettingsError(Exception):
    """The environment cannot be used; the message has one line for each wrong value."""


def _weekday(value: Any) -> Any:
    return WEEKDAYS.index(value.lower()) if isinstance(value, str) and value.lower() in WEEKDAYS else value


def _zone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError("no time zone of that name; write one such as Europe/Berlin") from error


def _engine(value: SecretStr) -> SecretStr:
    """An address may carry a token, so that it is never repeated."""
    if not re.fullmatch(r"duckdb|database|sc://[^/:\s]+(:\d{1,5})?(/.*)?", value.get_secret_value()):
        raise ValueError("write duckdb, database, or the address of a Spark Connect server, sc://host:port")
    return value


def _names(value: Any) -> Any:
    return (
        tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
    )


class Settings(BaseModel):
    """What an operator can set, by the name of its environment variable. Secrets do not show in `repr`."""

    model_config = ConfigDict(
        frozen=True, arbitrary_types_allowed=True, extra="ignore", populate_by_name=True
    )

    home: Path = Field(Path("~/.kpi-dashboard"), alias="KPI_HOME")
    database_url: SecretStr | None = Field(None, alias="KPI_DATABASE_URL")
    inbox_folder: Path | None = Field(None, alias="KPI_INBOX")
    engine: Annotated[SecretStr, AfterValidator(_engine)] = Field(SecretStr("duckdb"), alias="KPI_ENGINE")
    engine_snapshots: str = Field(
        "",
        alias="KPI_ENGINE_SNAPSHOTS",
        pattern=r"^(/|(file|s3|s3a|s3n|gs|gcs|hdfs|viewfs|abfss?)://[^\s\[\]{}*?\\]+$)",
    )
    engine_memory_mib: int = Field(512, alias="KPI_ENGINE_MEMORY_MIB", ge=256, le=1_048_576)
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(ZoneInfo("UTC"), alias="KPI_TIMEZONE")
    fiscal_year_start: int = Field(1, alias="KPI_FISCAL_YEAR_START", ge=1, le=12)
    week_start: Annotated[int, BeforeValidator(_weekday)] = Field(0, alias="KPI_WEEK_START", ge=0, le=6)
    calendar: Scheme = Field(Scheme.MONTHS, alias="KPI_CALENDAR")
    calendar_anchor: Anchor = Field(Anchor.NEAREST, alias="KPI_CALENDAR_ANCHOR")
    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_channel: str = Field("", alias="SLACK_CHANNEL")
    slack_webhook_url: SecretStr | None = Field(None, alias="SLACK_WEBHOOK_URL")
    slack_api_url: str = Field("https://slack.com/api/", alias="SLACK_API_URL", pattern="^https?://")
    whatsapp_token: SecretStr | None = Field(None, alias="WHATSAPP_TOKEN")
    whatsapp_phone_number_id: str = Field("", alias="WHATSAPP_PHONE_NUMBER_ID")
    whatsapp_recipients: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        (), alias="WHATSAPP_RECIPIENTS"
    )
    whatsapp_api_url: str = Field(
        "https://graph.facebook.com", alias="WHATSAPP_API_URL", pattern="^https?://"
    )
    whatsapp_api_version: str = Field("v26.0", alias="WHATSAPP_API_VERSION", pattern=r"^v\d+\.\d+$")
    whatsapp_template_alert: str = Field("kpi_alert_v1", alias="WHATSAPP_TEMPLATE_ALERT")
    whatsapp_template_resolved: str = Field("kpi_resolved_v1", alias="WHATSAPP_TEMPLATE_RESOLVED")
    read_memory_mib: int = Field(3072, alias="KPI_READ_MEMORY_MIB", ge=512, le=1_048_576)
    read_seconds: int = Field(120, alias="KPI_READ_SECONDS", ge=1, le=86_400)
    read_file_mib: int = Field(100, alias="KPI_READ_FILE_MIB", ge=1, le=4096)
    read_cells: int = Field(50_000_000, alias="KPI_READ_CELLS", ge=1_000, le=10_000_000_000)
    log_level: LEVELS = Field("INFO", alias="KPI_LOG_LEVEL")
    failpoint: str = Field("", alias="KPI_FAILPOINT")  # for fault tests: die at this seam

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the environment. An empty variable counts as unset. Raises `SettingsError` with all that is wrong."""
        environ = os.environ if environ is None else environ
        known = {name: field.alias for name, field in cls.model_fields.items()}
        given = {alias: environ[alias] for alias in known.values() if alias and environ.get(alias)}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            lines = [f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors(include_input=False)]
            raise SettingsError("The environment cannot be used.\n" + "\n".join(lines)) from None

    @property
    def home_folder(self) -> Path:
        return self.home.expanduser().absolute()

    @property
    def inbox(self) -> Path:
        return self.inbox_folder.expanduser().absolute() if self.inbox_folder else self.home_folder / "inbox"
