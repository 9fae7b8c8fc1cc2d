"""A channel's POST: every way in which it can come to nothing, as a DeliveryError that shows no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from alerts.channels.outgoing import ForbiddenAddressError
from alerts.channels.posting import Answer, MalformedError, NoAnswerError, Post
from alerts.delivery import DeliveryError, Result, Scope, retry_after, safe_detail

JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the provider's name, the settings that may be wrong, what they concern, and what nobody may see."""

    name: str
    settings: str
    scope: Scope
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def post(self, post: Post, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The provider's answer, whatever it says. DeliveryError where there is none."""
        try:
            return post(url, body, headers)
        except ForbiddenAddressError as error:
            detail = self.safe(f"{self.name} cannot be called: {error}; correct {self.settings}")
            raise DeliveryError(Result.BROKEN, detail, scope=self.scope) from None
        except MalformedError as error:
            detail = f"{self.name} cannot be called ({error}); {self.settings} is malformed"
            raise DeliveryError(Result.BROKEN, detail, scope=self.scope) from None
        except NoAnswerError as error:
            said = self.safe(f"no answer from {self.name} ({error.reason})")
            raise DeliveryError(Result.RETRY, said, unsure=error.unsure) from None

    def safe(self, text: str) -> str:
        return safe_detail(text, self.secrets)

    def unreadable(self, answer: Answer) -> DeliveryError:
        """It may have been taken: nobody can tell from this."""
        detail = self.safe(f"{self.name} answered {answer.status} without sense: {answer.text}")
        return DeliveryError(Result.RETRY, detail, unsure=True, status=answer.status)


def as_json(payload: Mapping[str, Any]) -> bytes:
    """In ASCII: half of a letter from a broken cell must not stop a message."""
    return json.dumps(payload).encode("ascii")


def json_of(answer: Answer) -> dict[str, Any] | None:
    """The object that was answered; None for anything else, such as a proxy's HTML."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def asked_to_wait(answer: Answer, otherwise: timedelta) -> timedelta:
    return retry_after(answer.headers.get("retry-after"), otherwise)
