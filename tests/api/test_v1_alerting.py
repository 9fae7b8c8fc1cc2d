"""Rules, alerts and whom to tell, over REST."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from monitor.alerting.dispatch import deliver_owed
from monitor.alerting.evaluation import judge_now
from monitor.service import clock
from wiring import System

SHOP = b"Date,Region,Revenue,COGS\n2025-09-30,North,100,60\n2025-10-31,South,50,90\n2025-11-02,North,30,3\n"
THIN = {"dataset": "shop", "kpi": "gross_margin", "below": "20%", "to": ["console"]}
FIRES = [{"period": "2025-10-01", "member": None, "state": "firing", "value": -0.8}]


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", SHOP)})
        yield client


@pytest.fixture
def fired(client: TestClient, system: System) -> TestClient:
    """The rule is set, its alert has been delivered."""
    client.post("/api/v1/rules", json=THIN)
    judge_now(system.database, system.road.desk, "shop", clock())
    send(system)
    return client


def send(system: System) -> int:
    return len(deliver_owed(system.database, system.channels, system.road.desk.destinations, clock))


def refused(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def test_a_rule_is_set_read_changed_and_removed(client: TestClient) -> None:
    made = client.post("/api/v1/rules", json={**THIN, "for": 2, "labels": {"team": "x"}})
    assert (made.status_code, made.json()["below"], made.json()["for"], made.json()["hints"]) == (
        201,
        0.2,
        2,
        [],
    )
    changed = client.patch("/api/v1/rules/1", json={"severity": "critical", "labels": None})
    assert (changed.json()["id"], changed.json()["severity"], changed.json()["labels"]) == (1, "critical", {})
    (held,) = client.get("/api/v1/rules", params={"dataset": "shop"}).json()
    assert (held["severity"], held["standings"]) == ("critical", [])
    assert client.delete("/api/v1/rules/1").json() == {"removed": 1}
    answers = [
        client.delete("/api/v1/rules/1"),
        client.patch("/api/v1/rules/1", json={}),
        client.get("/api/v1/rules/1/backtest"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize(
    ("change", "code", "because"),
    [
        ({"below": "much"}, "invalid_request", "below: Value error, found 'much'"),
        ({"above": 1}, "unfit_entry", "give exactly one condition"),
        ({"kpi": "gross_margi"}, "unfit_entry", "did you mean `gross_margin`"),
        ({"to": ["fax"]}, "unfit_entry", "there is no channel or destination 'fax'"),
        ({"recover": 0.1}, "unfit_entry", "recovers at 0.1"),
        ({"colour": "red"}, "invalid_request", "colour"),
    ],
)
def test_what_can_be_no_rule_is_a_422_that_says_why(
    client: TestClient, change: dict[str, Any], code: str, because: str
) -> None:
    status, found, message = refused(client.post("/api/v1/rules", json={**THIN, **change}))
    assert (status, found, because in message) == (422, code, True)
    assert client.get("/api/v1/rules").json() == []


def test_a_rule_is_rehearsed_before_and_after_it_is_set(client: TestClient) -> None:
    before = client.post("/api/v1/rules/backtest", json=THIN).json()
    client.post("/api/v1/rules", json=THIN)
    after = client.get("/api/v1/rules/1/backtest").json()
    assert (before["transitions"], after["transitions"]) == (FIRES, FIRES)
    assert before["slack"]["text"].startswith("Gross margin is below its limit")
    assert before["whatsapp"]["template"]["name"] == "kpi_alert_v1"


def test_a_clumsy_number_has_a_hint(client: TestClient) -> None:
    made = client.post("/api/v1/rules", json={**THIN, "below": 30}).json()
    assert made["hints"] == ["30 means 3,000 %; where 30 % is meant, write 30% or 0.3"]


def test_why_a_message_came_and_who_has_seen_it(fired: TestClient) -> None:
    (alert,) = fired.get("/api/v1/alerts", params={"open": True}).json()
    path = f"/api/v1/alerts/{alert['id']}"
    seen = [fired.post(f"{path}/acknowledge", json={"by": who}).json() for who in ("ann", "bob")]
    found = fired.get(f"{path}/why").json()
    assert [(one["acknowledged"], one["by"]) for one in seen] == [(True, "ann"), (False, "ann")]
    assert (alert["standing"], found["alert"]["acknowledged"]) == ("firing", True)
    assert [(one["destination"], one["state"]) for one in found["messages"]] == [("console", "sent")]
    assert fired.get("/api/v1/alerts/9/why").status_code == 404


def test_a_destination_is_named_tried_and_removed(client: TestClient) -> None:
    wanted = {"name": "ops", "channel": "whatsapp", "address": "+49 151 1234567"}
    made = client.post("/api/v1/destinations", json=wanted)
    assert (made.status_code, made.json()["address"], made.json()["proved"]) == (201, "491511234567", False)
    assert client.post("/api/v1/rules", json={**THIN, "to": ["ops"]}).json()["to"] == ["ops"]
    assert client.post("/api/v1/destinations/ops/test").status_code == 202
    (waits,) = [one for one in client.get("/api/v1/destinations").json() if one["name"] == "ops"]
    assert (waits["waiting"], waits["budget"]) == (1, 20)
    assert client.delete("/api/v1/destinations/ops").json() == {"removed": "ops", "named_by": ["rule 1"]}
    answers = (client.delete("/api/v1/destinations/ops"), client.post("/api/v1/destinations/ops/test"))
    assert [answer.status_code for answer in answers] == [404, 404]


def test_an_address_that_can_be_none_is_refused(client: TestClient) -> None:
    wanted = {"name": "ops", "channel": "email", "address": "ops"}
    assert "wanted an e-mail address" in refused(client.post("/api/v1/destinations", json=wanted))[2]
    assert (
        "wanted one of console"
        in refused(client.post("/api/v1/destinations", json={**wanted, "channel": "fax"}))[2]
    )


def test_a_route_is_set_and_removed(client: TestClient) -> None:
    wanted = {"name": "crit", "match": {"severity": "critical"}, "to": ["console"], "repeat": "4 hours"}
    assert client.post("/api/v1/routes", json=wanted).json()["repeat"] == "4h"
    assert [one["name"] for one in client.get("/api/v1/routes").json()] == ["crit"]
    assert client.post("/api/v1/routes", json={**wanted, "to": ["nobody"]}).status_code == 422
    assert [client.delete("/api/v1/routes/crit").status_code for _ in range(2)] == [200, 404]


def test_a_silence_is_set_and_ended(client: TestClient) -> None:
    client.post("/api/v1/rules", json=THIN)
    end = (clock() + timedelta(hours=1)).isoformat()
    made = client.post("/api/v1/silences", json={"rule_id": 1, "end": end, "reason": "we count"})
    assert (made.status_code, made.json()["rule_id"], made.json()["reason"]) == (201, 1, "we count")
    assert len(client.get("/api/v1/silences").json()) == 1
    number = made.json()["id"]
    assert [client.delete(f"/api/v1/silences/{number}").status_code for _ in range(2)] == [200, 404]
    assert client.get("/api/v1/silences").json() == []
    assert client.post("/api/v1/silences", json={"rule_id": 7, "end": end}).status_code == 422
    assert client.post("/api/v1/silences", json={"end": end}).status_code == 422


def test_only_what_was_given_up_is_sent_again(fired: TestClient) -> None:
    (sent,) = fired.get("/api/v1/deliveries").json()
    assert (sent["state"], sent["kind"]) == ("sent", "firing")
    status, code, _ = refused(fired.post(f"/api/v1/deliveries/{sent['id']}/resend"))
    assert (status, code) == (409, "conflict")
    assert fired.get("/api/v1/deliveries", params={"state": "dead"}).json() == []
    assert fired.post("/api/v1/deliveries/99/resend").status_code == 404


def test_the_book_is_written_and_taken_in(fired: TestClient) -> None:
    text = fired.get("/api/v1/alerting/export")
    assert (text.headers["content-type"], text.text.count("[[rule]]")) == ("text/plain; charset=utf-8", 1)

    def take(content: str, **asked: bool) -> Any:
        return fired.post(
            "/api/v1/alerting/import", params=asked, content=content, headers={"content-type": "text/plain"}
        )

    assert take(text.text).json() == []
    changed = text.text.replace("warning", "critical")
    expected = {
        "effect": "changed", "table": "rule", "name": "shop: gross_margin below 0.2",
        "detail": "severity warning -> critical",
    }  # fmt: skip
    assert [take(changed, dry_run=dry).json() for dry in (True, False)] == [[expected], [expected]]
    status, code, message = refused(take("[[rule]]\ndataset = 3\n"))
    assert (status, code, "line 2, rule, key `dataset`" in message) == (422, "unfit_book", True)
    assert [one["effect"] for one in take("# nothing", replace=True).json()] == ["removed"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "rules"), ("patch", "rules/1"), ("delete", "rules/1"), ("post", "alerts/1/acknowledge"),
        ("post", "destinations"), ("post", "destinations/console/test"), ("delete", "routes/x"),
        ("post", "silences"), ("delete", "silences/1"), ("post", "deliveries/1/resend"), ("post", "alerting/import"),
    ],
)  # fmt: skip
def test_a_page_of_another_site_may_not_write(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"/api/v1/{path}", headers={"origin": "http://elsewhere"})
    assert answer.status_code == 403
