"""WhatsApp: approved template messages through the Business Cloud API."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from alerts.channels.calls import JSON, Caller, as_json, asked_to_wait, json_of
from alerts.channels.posting import STRAIGHT_OUT, Answer, Post
from alerts.channels.whatsapp_codes import PACE, Instead, Verdict, verdict_of
from alerts.delivery import PATIENCE, DeliveryError, Letter, Recall, Result, Scope
from alerts.forms.whatsapp import Template, Templates, template_body
from alerts.message import Message
from alerts.telling.digest import digest_message

SETTINGS = "WHATSAPP_TOKEN or WHATSAPP_API_URL"
STANDARD = Templates()
TEMPLATE_CODES = "132"  # all that Meta says of templates begins so
MOST_GROWTH = 3  # times fourfold: of six seconds, six minutes and a half


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """Sends the template that fits to each recipient. Its id (`wamid`) means accepted, not yet delivered.

    Always a template: free text is only allowed within a day of the recipient's own last message.
    """

    token: str = field(default="", repr=False)
    phone_number_id: str = ""
    recipients: tuple[str, ...] = ()
    templates: Templates = STANDARD
    base_url: str = "https://graph.facebook.com"
    version: str = "v26.0"
    post: Post = STRAIGHT_OUT
    name: str = "whatsapp"
    needs: str = (
        "WhatsApp is not set up: set WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_RECIPIENTS"
    )
    pace: timedelta = PACE
    patience: timedelta = PATIENCE
    wants_proof: bool = True

    def addresses(self) -> tuple[str, ...]:
        return self.recipients if self.token and self.phone_number_id else ()

    def recall(self, address: str) -> Recall:  # noqa: ARG002 - the interface's
        return Recall.AWAIT

    def find(self, letter: Letter) -> str | None:  # noqa: ARG002 - the interface's
        """WhatsApp cannot be asked: it tells of itself what became of a message, by its webhook."""
        return None

    def send(self, letter: Letter) -> str:
        """What WhatsApp refuses for its template goes out once more, where its table says so: nothing was taken."""
        if not (self.token and self.phone_number_id):
            raise DeliveryError(Result.BROKEN, self.needs, scope=Scope.CHANNEL)
        message, template = letter.message, self.templates.of(letter.message)
        try:
            return self._posted(letter, message, template)
        except DeliveryError as error:
            instead = self._instead(error, template)
            if instead is Instead.NOTHING:
                raise
            if instead is Instead.OTHER:
                message, template = self._other(message, template)
                _log().warning("%s; sent by the template %s instead", error.detail, template.name)
        return self._posted(letter, message, template)

    def payload(self, letter: Letter, message: Message, template: Template) -> dict[str, Any]:
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": letter.address,
            "type": "template",
            "template": template_body(message, template),
            "biz_opaque_callback_data": letter.key,
        }

    def _instead(self, error: DeliveryError, template: Template) -> Instead:
        """What to send in place of what was refused. Any template but the alert's may not be approved yet, or wrong: by
        the alert's it still comes, and breaks no address that alerts go to.
        """
        if error.code.startswith(TEMPLATE_CODES) and template != self.templates.alert:
            return Instead.OTHER
        return verdict_of(error.status or 0, _number(error.code)).instead

    def _other(self, message: Message, template: Template) -> tuple[Message, Template]:
        """The second template, and the message as it can say it: an alert is a digest of one."""
        if template != self.templates.alert:
            return message, self.templates.alert
        summed_up = digest_message([message], message.note)
        return replace(summed_up, reference=message.reference), self.templates.digest

    def _posted(self, letter: Letter, message: Message, template: Template) -> str:
        caller = Caller("WhatsApp", SETTINGS, Scope.CHANNEL, (self.token,))
        url = f"{self.base_url.rstrip('/')}/{self.version}/{self.phone_number_id}/messages"
        headers = {"Authorization": f"Bearer {self.token}", **JSON}
        answer = caller.post(self.post, url, as_json(self.payload(letter, message, template)), headers)
        body = json_of(answer)
        if answer.status // 100 != 2:  # noqa: PLR2004 - HTTP: done
            raise _refused(caller, answer, body or {}, letter)
        try:
            return str((body or {})["messages"][0]["id"])
        except (LookupError, TypeError):
            raise caller.unreadable(answer) from None


def _refused(caller: Caller, answer: Answer, body: Mapping[str, Any], letter: Letter) -> DeliveryError:
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    code = error.get("code")
    meant = verdict_of(answer.status, code, transient=bool(error.get("is_transient")))
    data = error.get("error_data")
    details = data.get("details", "") if isinstance(data, dict) else ""
    said = f"{error.get('code', '')} {error.get('message', '')} {details}" if error else answer.text
    hint = f"; {meant.hint}" if meant.hint else ""
    return DeliveryError(
        meant.kind,
        caller.safe(f"WhatsApp answered {answer.status}: {said}") + hint,
        _wait(meant, answer, letter),
        meant.scope,
        unsure=meant.unsure,
        code=str(code) if isinstance(code, int) else "",
        status=answer.status,
    )


def _wait(meant: Verdict, answer: Answer, letter: Letter) -> timedelta | None:
    """As long as WhatsApp says; where it does not, fourfold each time that it said "slower" in a row."""
    if meant.wait is None or meant.kind is not Result.DEFERRED:
        return meant.wait
    times: int = 4 ** min(letter.deferred, MOST_GROWTH) if meant.grows else 1
    return asked_to_wait(answer, meant.wait * times)


def _number(code: str) -> int | None:
    return int(code) if code.isdecimal() else None


def _log() -> logging.Logger:
    return logging.getLogger("alerts.channels.whatsapp")
