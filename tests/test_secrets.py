"""Tokens come from the environment and go nowhere but to their provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.service import clock
from settings import Settings
from storage.alerting.lanes import make_lanes
from storage.alerting.schema import lanes
from tests.fakes.mail import PASSWORD, USER, FakeMail
from tests.fakes.providers import SECRET, WEBHOOK_PATH, FakeProviders
from tests.homes import HEALTHY, THIN, environment, run
from wiring import build

CANARY = "nobody-may-see"  # part of every secret of the fakes
TOLD = ("slack", "whatsapp", "webhook", "email")
RULE = ("--dataset", "shop", "--kpi", "gross_margin", "--below", "0.2", "--to", ",".join(TOLD))


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    providers = FakeProviders()
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture
def mail() -> Iterator[FakeMail]:
    server = FakeMail()
    server.start()
    yield server
    server.stop()


def everything(home: Path, fake: FakeProviders, mail: FakeMail) -> dict[str, str]:
    """Every channel set up, and WhatsApp's number proved."""
    settings = {
        **environment(home, fake),
        "WHATSAPP_APP_SECRET": f"app-{CANARY}",
        "WHATSAPP_VERIFY_TOKEN": f"verify-{CANARY}",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail.port),
        "SMTP_SECURITY": "none",
        "SMTP_USER": USER,
        "SMTP_PASSWORD": PASSWORD,
        "SMTP_FROM": "kpi@example.com",
        "SMTP_TO": "anna@example.com",
        "KPI_WEBHOOKS": f"teams={fake.url}/hook/a-path-that-{CANARY}",
        "KPI_WEBHOOK_SECRET": SECRET,
        "KPI_OUTGOING_PRIVATE": "true",
    }
    system = build(Settings.from_env(settings))
    with system.database.begin() as connection:
        make_lanes(connection, [("whatsapp", settings["WHATSAPP_RECIPIENTS"])], clock())
        connection.execute(lanes.update().values(proved_at=clock()))
    system.close()
    return settings


@pytest.mark.parametrize("way", ["token", "webhook"])
def test_no_secret_is_in_the_database_the_logs_or_an_answer_whatever_the_providers_say(
    tmp_path: Path, fake: FakeProviders, mail: FakeMail, way: str
) -> None:
    settings = {**everything(tmp_path / "home", fake, mail), "KPI_LOG_LEVEL": "DEBUG"}
    if way == "webhook":
        settings |= {"SLACK_BOT_TOKEN": "", "SLACK_WEBHOOK_URL": f"{fake.url}{WEBHOOK_PATH}"}
    shop = tmp_path / "shop.csv"
    said = [run(settings, "rules", "add", *RULE)]
    for content, answer in ((THIN, "echo"), (HEALTHY, "drop")):
        for provider in ("slack", "webhook", "whatsapp", "hook"):
            fake.script(provider, answer)
        mail.script("auth", f"535 {PASSWORD} is wrong", f"535 {PASSWORD} is wrong")
        shop.write_text(content)
        said += [run(settings, "load", str(shop)), run(settings, "deliver", "--once", "--json")]
    said += [run(settings, "alerts", "--json"), run(settings, "doctor", "--json")]
    assert [code for code, _, _ in said] == [0] * len(said)
    assert {one.provider for one in fake.received} == {
        "slack" if way == "token" else "webhook",
        "whatsapp",
        "hook",
    }
    assert "[secret]" in said[-2][1] or "[secret]" in said[2][1]
    assert [text for _, out, err in said for text in (out, err) if CANARY in text] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if CANARY.encode() in path.read_bytes()] == []


def test_no_secret_is_in_the_repr_of_the_parts(tmp_path: Path, fake: FakeProviders, mail: FakeMail) -> None:
    settings = everything(tmp_path / "home", fake, mail)
    settings |= {
        "SLACK_WEBHOOK_URL": f"{fake.url}{WEBHOOK_PATH}",
        "HTTPS_PROXY": f"http://user:{CANARY}@proxy:1",
    }
    system = build(Settings.from_env(settings))
    system.close()
    assert CANARY not in f"{system!r} {system.settings!r} {system.settings} {system.channels}"


def test_the_password_of_the_database_is_not_in_what_is_said_when_it_cannot_be_opened(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://kpi:{CANARY}@127.0.0.1:1/kpi?connect_timeout=1"
    code, out, err = run({**environment(tmp_path), "KPI_DATABASE_URL": url}, "rules", "list")
    assert (code, out, CANARY in err) == (2, "", False)
    assert "postgresql+psycopg://kpi:***@127.0.0.1:1/kpi" in err
