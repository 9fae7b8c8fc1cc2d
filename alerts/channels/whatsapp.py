"""WhatsApp: approved template messages through the Business Cloud API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from requests.auth import AuthBase

from alerts.delivery import DeliveryError, Result, Scope, retry_after, safe_detail
from alerts.message import Kind, Message, whatsapp_parameters

PACE = timedelta(minutes=1)
PAIR_PACE = timedelta(seconds=6)  # one message in six seconds to one recipient
SPAM_PAUSE = timedelta(hours=1)
Verdict = tuple[Result, Scope, timedelta | None]

TRANSIENT: Verdict = (Result.RETRY, Scope.MESSAGE, None)
SLOWER: Verdict = (Result.DEFERRED, Scope.CHANNEL, PACE)
SLOWER_FOR_ONE: Verdict = (Result.DEFERRED, Scope.ADDRESS, PAIR_PACE)
SPAM: Verdict = (Result.DEFERRED, Scope.CHANNEL, SPAM_PAUSE)
ACCOUNT: Verdict = (Result.BROKEN, Scope.CHANNEL, None)
ALLOW_LIST: Verdict = (Result.BROKEN, Scope.ADDRESS, None)
# The alert's template may fail while the resolved one works
TEMPLATE: Verdict = (Result.BROKEN, Scope.MESSAGE, None)
UNDELIVERABLE: Verdict = (Result.DEAD, Scope.MESSAGE, None)

# Meta: decide on the code, not on the HTTP status, title or subcode.
VERDICTS: Mapping[Verdict, tuple[int, ...]] = {
    TRANSIENT: (1, 2, 131000, 131016, 131057, 135000),
    SLOWER: (4, 80007, 130429),
    SLOWER_FOR_ONE: (131056,),
    SPAM: (131048,),
    ACCOUNT: (0, 3, 10, 190, *range(200, 300), 368, 130497, 131005, 131031, 131042, 131045),
    ALLOW_LIST: (131030,),
    TEMPLATE: (100, 131008, 131009, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016),
    UNDELIVERABLE: (130472, 131021, 131026, 131047, 131049, 131050),
}
BY_CODE = {code: verdict for verdict, codes in VERDICTS.items() for code in codes}


@dataclass(frozen=True, slots=True)
class _Bearer(AuthBase):
    """As an `auth` and not a header: a .netrc entry for the host would replace the header."""

    token: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """Sends the template that fits to each recipient. Its id (`wamid`) means accepted, not yet delivered.

    Always a template: free text is only allowed within a day of the recipient's own last message.
    """

    token: str = field(default="", repr=False)
    phone_number_id: str = ""
    recipients: tuple[str, ...] = ()
    template_alert: str = "kpi_alert_v1"
    template_resolved: str = "kpi_resolved_v1"
    language: str = "en_US"
    base_url: str = "https://graph.facebook.com"
    version: str = "v25.0"
    timeouts: tuple[float, float] = (10, 20)  # seconds to connect, and between bytes of the answer
    name: str = "whatsapp"
    needs: str = (
        "WhatsApp is not set up: set WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_RECIPIENTS"
    )

    def addresses(self) -> tuple[str, ...]:
        return self.recipients if self.token and self.phone_number_id else ()

    def send(self, message: Message, address: str, key: str) -> str:
        if not (self.token and self.phone_number_id):
            raise DeliveryError(Result.BROKEN, self.needs, scope=Scope.CHANNEL)
        try:
            with requests.Session() as http:
                answer = http.post(
                    f"{self.base_url.rstrip('/')}/{self.version}/{self.phone_number_id}/messages",
                    json=self.payload(message, address, key),
                    auth=_Bearer(self.token),
                    timeout=self.timeouts,
                    allow_redirects=False,  # a redirect would carry the token to wherever it points
                )
        except ValueError as error:  # its text would show the header with the token
            detail = f"WhatsApp cannot be called ({type(error).__name__}); correct WHATSAPP_TOKEN or WHATSAPP_API_URL"
            raise DeliveryError(Result.BROKEN, detail, scope=Scope.CHANNEL) from None
        except requests.RequestException as error:
            reason = self._safe(f"{type(error).__name__}: {error}")
            raise DeliveryError(Result.RETRY, f"no answer from WhatsApp ({reason})") from None
        return self._message_id(answer)

    def payload(self, message: Message, address: str, key: str) -> dict[str, Any]:
        template = self.template_resolved if message.kind is Kind.RESOLVED else self.template_alert
        parameters = [{"type": "text", "text": text} for text in whatsapp_parameters(message)]
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": address,
            "type": "template",
            "template": {
                "name": template,
                "language": {"code": self.language},
                "components": [{"type": "body", "parameters": parameters}],
            },
            "biz_opaque_callback_data": key,
        }

    def _message_id(self, answer: requests.Response) -> str:
        body = _json(answer)
        if answer.ok and not answer.is_redirect:
            try:
                return str(body["messages"][0]["id"])
            except (LookupError, TypeError):
                detail = self._safe(
                    f"WhatsApp answered {answer.status_code} without a message id: {answer.text}"
                )
                raise DeliveryError(Result.RETRY, detail) from None
        raise self._refused(answer, body)

    def _refused(self, answer: requests.Response, body: dict[str, Any]) -> DeliveryError:
        error = body.get("error")
        error = error if isinstance(error, dict) else {}
        kind, scope, wait = _verdict(answer.status_code, error)
        if kind is Result.DEFERRED:
            wait = retry_after(answer.headers.get("Retry-After"), wait or PACE)
        data = error.get("error_data")
        details = data.get("details", "") if isinstance(data, dict) else ""
        said = f"{error.get('code', '')} {error.get('message', '')} {details}" if error else answer.text
        return DeliveryError(kind, self._safe(f"WhatsApp answered {answer.status_code}: {said}"), wait, scope)

    def _safe(self, text: str) -> str:
        return safe_detail(text, (self.token,))


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:  # a proxy's HTML
        return {}
    return body if isinstance(body, dict) else {}


def _verdict(status: int, error: dict[str, Any]) -> Verdict:
    code = error.get("code")
    if isinstance(code, int) and code in BY_CODE:
        return BY_CODE[code]
    if status == 429:  # noqa: PLR2004 - HTTP: too many requests
        return SLOWER
    if error.get("is_transient") or status >= 500 or status == 408:  # noqa: PLR2004 - HTTP classes
        return TRANSIENT
    return ACCOUNT if status in {301, 302, 307, 308, 401, 403, 404} else TEMPLATE
