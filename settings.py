"""The only reader of the environment. Frozen, typed; names every missing or wrong value at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from alerts.book.addresses import plain_number
from alerts.channels.outgoing import ForbiddenAddressError, Reach, place_of
from alerts.forms.whatsapp import ALERT, DIGEST, REPORT, RESOLVED, parse_template
from kpi.number_style import ENGLISH, NumberStyle, style_of
from kpi.periods.week_years import Anchor, Scheme
from kpi.sales.options import Changes, DayOrder, Options, Orphans
from kpi.schedule_words import read_schedule

LEVELS = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
MAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']{1,190}")
EITHER_CASE = {"HTTPS_PROXY", "NO_PROXY"}  # other programs write these small, too
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


def _number_style(value: Any) -> Any:
    return style_of(value.strip()) if isinstance(value, str) else value


def _engine(value: SecretStr) -> SecretStr:
    """An address may carry a token, so that it is never repeated."""
    if not re.fullmatch(r"duckdb|database|sc://[^/:\s]+(:\d{1,5})?(/.*)?", value.get_secret_value()):
        raise ValueError("write duckdb, database, or the address of a Spark Connect server, sc://host:port")
    return value


def _readable_schedule(value: str) -> str:
    """Words or cron that name no times are refused at the start, not at the first time that does not come."""
    read_schedule(value)
    return value


def _names(value: Any) -> Any:
    return (
        tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
    )


def _numbers(value: tuple[str, ...]) -> tuple[str, ...]:
    """As numbers are kept that people set up, so that one telephone has one address."""
    return tuple(dict.fromkeys(plain_number(one) for one in value))


def _operators_address(value: str) -> str:
    """Tokens go there: https, or http to this machine."""
    place_of(value, Reach.OPERATOR)
    return value


def _secret_address(value: SecretStr) -> SecretStr:
    """The same, for an address that is itself a secret."""
    _operators_address(value.get_secret_value())
    return value


def _proxy(value: SecretStr) -> SecretStr:
    """What is no proxy is refused at the start, not by the first message; it may hold a password and is not repeated."""
    text = value.get_secret_value()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise ValueError(
            "found no proxy, wanted an address with a host, such as http://proxy.example.com:3128"
        )
    return value


def _template(value: str) -> str:
    """A mapping that names no fields of ours is refused at the start, not by the first alert."""
    parse_template(value, ALERT)
    return value


def _page(value: str) -> str:
    try:
        place_of(value, Reach.ANYWHERE)
    except ForbiddenAddressError:
        raise ValueError(
            "write the address at which people open the page, such as https://kpi.example.com"
        ) from None
    return value.rstrip("/")


def _mail_address(value: str) -> str:
    if value and not MAIL.fullmatch(value):
        raise ValueError("write one address such as kpi@example.com, without a name")
    return value


def _mail_addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(MAIL.fullmatch(value) for value in values):
        raise ValueError("write addresses such as anna@example.com,ben@example.com")
    return values


def _hooks(value: Any) -> Any:
    """`NAME=URL,NAME=URL` by name; an address may hold a secret, so that none is ever repeated."""
    if not isinstance(value, str):
        return value
    pairs = [pair.strip().partition("=") for pair in value.split(",") if pair.strip()]
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name) and url for name, _, url in pairs):
        raise ValueError(
            "write NAME=URL,NAME=URL with names in lower case, such as teams=https://example.com/hook"
        )
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise ValueError("found a name twice, wanted each once")
    return {name: SecretStr(url) for name, _, url in pairs}


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
    number_style: Annotated[NumberStyle, BeforeValidator(_number_style)] = Field(ENGLISH, alias="KPI_LOCALE")
    fiscal_year_start: int = Field(1, alias="KPI_FISCAL_YEAR_START", ge=1, le=12)
    week_start: Annotated[int, BeforeValidator(_weekday)] = Field(0, alias="KPI_WEEK_START", ge=0, le=6)
    calendar: Scheme = Field(Scheme.MONTHS, alias="KPI_CALENDAR")
    calendar_anchor: Anchor = Field(Anchor.NEAREST, alias="KPI_CALENDAR_ANCHOR")
    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_channel: str = Field("", alias="SLACK_CHANNEL")
    slack_webhook_url: Annotated[SecretStr, AfterValidator(_secret_address)] | None = Field(
        None, alias="SLACK_WEBHOOK_URL"
    )
    slack_api_url: Annotated[str, AfterValidator(_operators_address)] = Field(
        "https://slack.com/api/", alias="SLACK_API_URL"
    )
    whatsapp_token: SecretStr | None = Field(None, alias="WHATSAPP_TOKEN")
    whatsapp_phone_number_id: str = Field("", alias="WHATSAPP_PHONE_NUMBER_ID")
    whatsapp_recipients: Annotated[tuple[str, ...], BeforeValidator(_names), AfterValidator(_numbers)] = (
        Field((), alias="WHATSAPP_RECIPIENTS")
    )
    whatsapp_api_url: Annotated[str, AfterValidator(_operators_address)] = Field(
        "https://graph.facebook.com", alias="WHATSAPP_API_URL"
    )
    whatsapp_api_version: str = Field("v26.0", alias="WHATSAPP_API_VERSION", pattern=r"^v\d+\.\d+$")
    whatsapp_template_alert: Annotated[str, AfterValidator(_template)] = Field(
        ALERT.name, alias="WHATSAPP_TEMPLATE_ALERT"
    )
    whatsapp_template_resolved: Annotated[str, AfterValidator(_template)] = Field(
        RESOLVED.name, alias="WHATSAPP_TEMPLATE_RESOLVED"
    )
    whatsapp_template_digest: Annotated[str, AfterValidator(_template)] = Field(
        DIGEST.name, alias="WHATSAPP_TEMPLATE_DIGEST"
    )
    whatsapp_template_report: Annotated[str, AfterValidator(_template)] = Field(
        REPORT.name, alias="WHATSAPP_TEMPLATE_REPORT"
    )
    whatsapp_app_secret: SecretStr | None = Field(None, alias="WHATSAPP_APP_SECRET")
    whatsapp_verify_token: SecretStr | None = Field(None, alias="WHATSAPP_VERIFY_TOKEN")
    smtp_host: str = Field("", alias="SMTP_HOST", pattern=r"^[A-Za-z0-9_.:-]+$")
    smtp_port: int = Field(0, alias="SMTP_PORT", ge=0, le=65_535)
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", alias="SMTP_SECURITY")
    smtp_user: str = Field("", alias="SMTP_USER")
    smtp_password: SecretStr | None = Field(None, alias="SMTP_PASSWORD")
    smtp_from: Annotated[str, AfterValidator(_mail_address)] = Field("", alias="SMTP_FROM")
    smtp_to: Annotated[tuple[str, ...], BeforeValidator(_names), AfterValidator(_mail_addresses)] = Field(
        (), alias="SMTP_TO"
    )
    webhooks: Annotated[dict[str, SecretStr], BeforeValidator(_hooks)] = Field({}, alias="KPI_WEBHOOKS")
    webhook_secret: SecretStr | None = Field(None, alias="KPI_WEBHOOK_SECRET")
    outgoing_private: bool = Field(False, alias="KPI_OUTGOING_PRIVATE")
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = Field(None, alias="HTTPS_PROXY")
    no_proxy: str = Field("", alias="NO_PROXY")
    page_url: Annotated[str, AfterValidator(_page)] = Field("http://127.0.0.1:8501", alias="KPI_PAGE_URL")
    alerts_per_hour: int = Field(20, alias="KPI_ALERTS_PER_HOUR", ge=0)
    read_memory_mib: int = Field(3072, alias="KPI_READ_MEMORY_MIB", ge=512, le=1_048_576)
    read_seconds: int = Field(120, alias="KPI_READ_SECONDS", ge=1, le=86_400)
    read_file_mib: int = Field(100, alias="KPI_READ_FILE_MIB", ge=1, le=4096)
    read_cells: int = Field(50_000_000, alias="KPI_READ_CELLS", ge=1_000, le=10_000_000_000)
    sales_source_folder: Path | None = Field(None, alias="KPI_SALES_SOURCE")
    sales_orphans: Orphans = Field(Orphans.INFER, alias="KPI_SALES_ORPHANS")
    sales_changes: Changes = Field(Changes.OVERWRITE, alias="KPI_SALES_CHANGES")
    sales_days: DayOrder = Field(DayOrder.EVIDENCE, alias="KPI_SALES_DAYS")
    sales_schedule: Annotated[str, AfterValidator(_readable_schedule)] = Field("", alias="KPI_SALES_SCHEDULE")
    sales_memory_mib: int = Field(1024, alias="KPI_SALES_MEMORY_MIB", ge=256, le=1_048_576)
    log_level: LEVELS = Field("INFO", alias="KPI_LOG_LEVEL")
    failpoint: str = Field("", alias="KPI_FAILPOINT")  # for fault tests: die at this seam

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the environment. An empty variable counts as unset. Raises `SettingsError` with all that is wrong."""
        environ = os.environ if environ is None else environ
        known = {name: field.alias for name, field in cls.model_fields.items()}
        given = {alias: environ[alias] for alias in known.values() if alias and environ.get(alias)}
        given |= {alias: small for alias in EITHER_CASE - set(given) if (small := environ.get(alias.lower()))}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            lines = [
                f"{fault['loc'][0]}: {fault['msg']}" if fault["loc"] else fault["msg"].partition(", ")[2]
                for fault in error.errors(include_input=False)
            ]
            raise SettingsError("The environment cannot be used.\n" + "\n".join(lines)) from None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        """Addresses that people could reach only by mistake, and a password in clear, are refused at the start."""
        reach = Reach.ANYWHERE if self.outgoing_private else Reach.PUBLIC
        for name, url in self.webhooks.items():
            try:
                place_of(url.get_secret_value(), reach)
            except ForbiddenAddressError as error:
                raise ValueError(f"KPI_WEBHOOKS, {name}: {error}") from None
        near = self.smtp_host in {"localhost", "127.0.0.1", "::1"}
        if self.smtp_password and self.smtp_security == "none" and not near:
            raise ValueError("SMTP_SECURITY: found none beside SMTP_PASSWORD, wanted starttls or tls")
        return self

    def missing(self, channel: str) -> tuple[str, ...]:
        """The variables that are not set, and without which no address of the channel is reached, whoever gave it."""
        needed: dict[str, dict[str, object]] = {
            "slack": {"SLACK_BOT_TOKEN": self.slack_bot_token},
            "whatsapp": {
                "WHATSAPP_TOKEN": self.whatsapp_token,
                "WHATSAPP_PHONE_NUMBER_ID": self.whatsapp_phone_number_id,
            },
            "email": {"SMTP_HOST": self.smtp_host, "SMTP_FROM": self.smtp_from},
            "webhook": {"KPI_WEBHOOKS": self.webhooks, "KPI_WEBHOOK_SECRET": self.webhook_secret},
        }
        return tuple(name for name, value in needed.get(channel, {}).items() if not value)

    @property
    def home_folder(self) -> Path:
        return self.home.expanduser().absolute()

    @property
    def inbox(self) -> Path:
        return self.inbox_folder.expanduser().absolute() if self.inbox_folder else self.home_folder / "inbox"

    @property
    def sales_source(self) -> Path:
        """The folder, or file, that the sales warehouse is made of."""
        chosen = self.sales_source_folder
        return chosen.expanduser().absolute() if chosen else self.home_folder / "sales"

    @property
    def sales_options(self) -> Options:
        return Options(self.sales_orphans, self.sales_changes, self.sales_days)
