"""A webhook of anybody's: JSON over https, signed as Standard Webhooks does, so that receivers can check whose it is.

The signature is HMAC-SHA256 over `id.timestamp.body` in base64; a receiver that has seen the id has seen the message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from alerts.channels.calls import JSON, Caller, as_json, asked_to_wait
from alerts.channels.outgoing import ForbiddenAddressError, Reach, addresses_of, place_of
from alerts.channels.posting import Answer, Post
from alerts.delivery import PATIENCE, DeliveryError, Letter, Recall, Result, Scope
from alerts.forms.webhook import webhook_body

OUTSIDE = Post(reach=Reach.PUBLIC)
SLOWER = timedelta(seconds=30)  # where a receiver says "slower" without a Retry-After
ENCODED = "whsec_"  # before a secret that is written in base64
TOO_MANY, TOO_LARGE = 429, 413
OF_THE_MESSAGE = frozenset({400, 415, 422})  # it does not take this one; the next it may
NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to the receivers in `urls`, each known by its name: the address itself may be a secret, and is not shown."""

    urls: Mapping[str, str] = field(default_factory=lambda: NOWHERE, repr=False)
    secret: str = field(default="", repr=False)
    post: Post = OUTSIDE
    clock: Callable[[], float] = time.time  # seconds since 1970, as receivers hold them against their own
    name: str = "webhook"
    needs: str = "no webhook is set up: set KPI_WEBHOOKS and KPI_WEBHOOK_SECRET"
    pace: timedelta = timedelta()
    patience: timedelta = PATIENCE
    wants_proof: bool = False

    def addresses(self) -> tuple[str, ...]:
        return tuple(self.urls) if self.secret else ()

    def recall(self, address: str) -> Recall:  # noqa: ARG002 - the interface's
        """A receiver tells a repetition by its id, which is the same."""
        return Recall.NONE

    def find(self, letter: Letter) -> str | None:  # noqa: ARG002 - the interface's
        """A receiver cannot be asked."""
        return None

    def send(self, letter: Letter) -> str:
        """Its id is the one that we sent along."""
        url = self.urls.get(letter.address, "")
        if not (url and self.secret):
            detail = f"there is no webhook {letter.address}; set KPI_WEBHOOKS and KPI_WEBHOOK_SECRET"
            raise DeliveryError(Result.BROKEN, detail, scope=Scope.ADDRESS)
        body = as_json(webhook_body(letter.message, letter.key, letter.picture))
        moment = str(int(self.clock()))
        headers = {
            **JSON,
            "webhook-id": letter.key,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self.secret, letter.key, moment, body),
        }
        caller = Caller(
            f"the webhook {letter.address}", "KPI_WEBHOOKS", Scope.ADDRESS, self._secrets(letter.address, url)
        )
        answer = caller.post(self.post, url, body, headers)
        if answer.status // 100 == 2:  # noqa: PLR2004 - HTTP: done
            return letter.key
        raise _refused(caller, answer)

    def doubts(self) -> dict[str, str]:
        """Why receivers cannot be reached, by their names: what can be known without sending anything."""
        return {name: doubt for name, url in self.urls.items() if (doubt := self._doubt(url))}

    def _doubt(self, url: str) -> str:
        try:
            place = place_of(url, self.post.reach)
            addresses_of(place, self.post.reach, self.post.resolve)
        except ForbiddenAddressError as error:
            return f"{error}; correct KPI_WEBHOOKS"
        except (OSError, UnicodeError):
            return f"{place.host} means nothing here; correct KPI_WEBHOOKS, or mend the look-up of names"
        return ""

    def _secrets(self, name: str, url: str) -> tuple[str, ...]:
        parts = urlsplit(url)
        hidden = (self.secret, url, parts.path, parts.path.rpartition("/")[2], parts.query)
        return tuple(one for one in hidden if one != name)


def signature(secret: str, key: str, moment: str, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of `key.moment.body` in base64; a secret that begins with `whsec_` is base64 itself."""
    digest = hmac.digest(
        _secret_bytes(secret), b".".join((key.encode(), moment.encode(), body)), hashlib.sha256
    )
    return f"v1,{base64.b64encode(digest).decode()}"


def _secret_bytes(secret: str) -> bytes:
    if secret.startswith(ENCODED):
        try:
            return base64.b64decode(secret.removeprefix(ENCODED), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()


def _refused(caller: Caller, answer: Answer) -> DeliveryError:
    """What it said that it does not want; anything but "slower" and "later" is for a person to look at."""
    said = caller.safe(f"{caller.name} answered {answer.status}: {answer.text}")
    status = answer.status
    if status == TOO_MANY:
        wait = asked_to_wait(answer, SLOWER)
        return DeliveryError(Result.DEFERRED, said, wait, Scope.ADDRESS, status=status)
    if status >= 500 or status == 408:  # noqa: PLR2004 - HTTP: their failure, or a time-out
        return DeliveryError(Result.RETRY, said, unsure=True, status=status)
    if status == TOO_LARGE:
        return DeliveryError(Result.DEAD, said, status=status)
    scope = Scope.MESSAGE if status in OF_THE_MESSAGE else Scope.ADDRESS
    return DeliveryError(Result.BROKEN, said, scope=scope, status=status)
