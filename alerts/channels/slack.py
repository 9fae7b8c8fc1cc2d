"""Slack: a bot token (chat.postMessage) or, as a quick start, an incoming webhook."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from alerts.channels.calls import JSON, Caller, as_json, json_of
from alerts.channels.posting import STRAIGHT_OUT, Post
from alerts.channels.slack_errors import NO_THREAD, NOT_READABLE, SLOWER, is_word, refusal, verdict_of
from alerts.channels.slack_files import add_picture, hurried
from alerts.delivery import (
    DeliveryError,
    Letter,
    PartlySentError,
    Recall,
    Result,
    Scope,
    UntoldError,
    retry_after,
)
from alerts.forms.slack import slack_payload

WEBHOOK = "webhook"
PACE = timedelta(seconds=1)
LOOK_BACK = timedelta(
    minutes=10
)  # before the first attempt nobody knows of: its lease, and clocks that differ
PAGE, MOST_PAGES = 200, 10
MOST_SECONDS = 30.0  # for each look
OK = 200
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LONGEST_CODE = 60  # that its column holds


class _Client(WebClient):
    """The library's client over our own POST. Its methods call `api_call`, whose own transport follows redirects with the
    token in hand, and does not say whether anything was sent before it failed.
    """

    def __init__(self, token: str, base_url: str, caller: Caller, post: Post) -> None:
        # The library's own retry is off: it posts twice when an answer is lost.
        super().__init__(token, base_url.rstrip("/") + "/", logger=_silent(), retry_handlers=[])
        self._caller = caller
        self._post = post

    def api_call(self, api_method: str, **said: Any) -> SlackResponse:
        """SlackApiError where Slack refuses it, DeliveryError where it does not answer."""
        body, kind = _form(said["params"]) if "params" in said else (as_json(said["json"]), JSON)
        url = f"{self.base_url}{api_method}"
        headers = {**self.headers, "Authorization": f"Bearer {self.token}", **kind}
        answer = self._caller.post(self._post, url, body, headers)
        data = json_of(answer)
        response = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=url,
            req_args={},
            data={"error": f"no JSON: {answer.text}"} if data is None else data,
            headers=dict(answer.headers),
            status_code=answer.status,
        )
        response.validate()  # type: ignore[no-untyped-call]
        return response


@dataclass(frozen=True, slots=True)
class Slack:
    """Posts to `channels` with the bot token, else through the webhook, whose address is shown as "webhook".

    The token is better: only it gives an id by which the message can be found again and answered in its thread.
    """

    token: str = field(default="", repr=False)
    channels: tuple[str, ...] = ()
    webhook_url: str = field(default="", repr=False)  # whoever knows it can post: a secret
    base_url: str = "https://slack.com/api/"
    post: Post = STRAIGHT_OUT
    name: str = "slack"
    needs: str = "Slack is not set up: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or SLACK_WEBHOOK_URL"
    pace: timedelta = PACE
    patience: timedelta = timedelta(seconds=210)  # two looks, the text up to three times, and the picture
    wants_proof: bool = False

    def addresses(self) -> tuple[str, ...]:
        if self.token and self.channels:
            return self.channels
        return (WEBHOOK,) if self.webhook_url else ()

    def recall(self, address: str) -> Recall:
        return Recall.NONE if address == WEBHOOK else Recall.ASK

    def send(self, letter: Letter) -> str:
        """The id is `channel:ts` from the bot, `webhook` from the webhook, which tells nothing more.

        What Slack refuses as it stands goes out once more, as plain text or outside its thread: nothing was posted. A
        picture follows in the thread of the text, PartlySentError where it cannot; the webhook carries none.
        """
        self._check(letter.address)
        posted = self._said(letter)
        if letter.picture and letter.address != WEBHOOK:
            post, caller = hurried(self.post), self._caller("SLACK_API_URL")
            hasty = replace(self, post=post)
            if why := add_picture(hasty.ask, post, caller, posted, letter.picture, letter.message.title):
                raise PartlySentError(posted, f"its picture was left out: {why}")
        return posted

    def _said(self, letter: Letter) -> str:
        payload = slack_payload(letter.message, letter.key, letter.owed_since.isoformat())
        if letter.thread and letter.address != WEBHOOK:
            payload |= {"thread_ts": letter.thread.rpartition(":")[2], "reply_broadcast": True}
        while True:
            try:
                return self._posted(payload, letter.address)
            except DeliveryError as error:
                left_out = _left_out(error) & set(payload)
                if not left_out:
                    raise
                payload = {name: value for name, value in payload.items() if name not in left_out}

    def find(self, letter: Letter) -> str | None:
        """By the key that rides along as metadata: in the channel's history, and in the thread that it belongs to."""
        self._check(letter.address)
        if letter.address == WEBHOOK:
            return None
        since = (letter.unsure_since or letter.owed_since) - LOOK_BACK
        asked = {"oldest": f"{since.timestamp():.6f}", "include_all_metadata": True, "limit": PAGE}
        channel, _, thread = letter.thread.rpartition(":")
        channel = channel or letter.address
        for message in self._messages(WebClient.conversations_history, {**asked, "channel": channel}):
            if _is_it(message, letter):
                return f"{channel}:{message['ts']}"
        if thread:
            replies = {**asked, "channel": channel, "ts": thread}
            for message in self._messages(WebClient.conversations_replies, replies):
                if _is_it(message, letter):
                    return f"{channel}:{message['ts']}"
        return None

    def _check(self, address: str) -> None:
        settings = "SLACK_WEBHOOK_URL" if address == WEBHOOK else "SLACK_BOT_TOKEN"
        if not (self.webhook_url if address == WEBHOOK else self.token):
            detail = f"the message is for Slack {address}, which needs {settings}; set it again"
            raise DeliveryError(Result.BROKEN, detail, scope=Scope.ADDRESS)

    def _posted(self, payload: dict[str, Any], address: str) -> str:
        if address == WEBHOOK:
            return self._through_webhook(payload)
        answer = self.ask(WebClient.chat_postMessage, {"channel": address, **payload})
        try:
            return f"{answer['channel']}:{answer['ts']}"
        except KeyError:
            detail = self._caller("SLACK_BOT_TOKEN").safe("Slack said ok without an id of the message")
            raise DeliveryError(Result.RETRY, detail, unsure=True, status=OK) from None

    def _through_webhook(self, payload: dict[str, Any]) -> str:
        caller = self._caller("SLACK_WEBHOOK_URL")
        answer = caller.post(self.post, self.webhook_url, as_json(payload), JSON)
        said = answer.text.strip()
        if answer.status == OK and said == "ok":
            return WEBHOOK
        raise self._error(answer.status, said, answer.headers)

    def ask(self, method: Callable[..., SlackResponse], arguments: dict[str, Any]) -> SlackResponse:
        """Call a method of the library's client with the token; DeliveryError says why it came to nothing."""
        client = _Client(
            self.token, self.base_url, self._caller("SLACK_BOT_TOKEN or SLACK_API_URL"), self.post
        )
        try:
            return method(client, **arguments)
        except SlackApiError as error:
            raise self._refused(error.response) from None

    def _messages(
        self, method: Callable[..., SlackResponse], arguments: dict[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        """Page by page. UntoldError where Slack does not let the bot look, or there are too many to look through."""
        until, cursor = time.monotonic() + MOST_SECONDS, ""
        for _page in range(MOST_PAGES):
            try:
                answer = self.ask(method, {**arguments, "cursor": cursor} if cursor else arguments)
            except DeliveryError as error:
                hint = NOT_READABLE.get(error.code)
                if hint is None and (error.kind, error.scope) != (Result.BROKEN, Scope.MESSAGE):
                    raise
                said = f"Slack does not let the bot see whether it had arrived ({error.code})"
                raise UntoldError(f"{said}: {hint}" if hint else said) from None
            yield from (answer.get("messages") or ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
            if time.monotonic() > until:
                break
        raise UntoldError("there are too many messages since to look whether it had arrived")

    def _refused(self, answer: SlackResponse) -> DeliveryError:
        notes = (answer.get("response_metadata") or {}).get("messages", ())
        return self._error(answer.status_code, str(answer.get("error", "")), answer.headers, notes)

    def _error(
        self, status: int, error: str, headers: Mapping[str, str], said: Sequence[object] = ()
    ) -> DeliveryError:
        meant = verdict_of(status, error)
        wait = meant.wait
        if meant.kind is Result.DEFERRED:
            wait = retry_after(headers.get("retry-after"), SLOWER)
        detail = self._caller("").safe(refusal(status, error, said))
        code = error[:LONGEST_CODE] if is_word(error) else ""
        return DeliveryError(
            meant.kind, detail, wait, meant.scope, unsure=meant.unsure, code=code, status=status
        )

    def _caller(self, settings: str) -> Caller:
        path = urlsplit(self.webhook_url).path
        secrets = (self.token, self.webhook_url, path, path.rpartition("/")[2])
        return Caller("Slack", settings, Scope.CHANNEL, secrets)


def _left_out(error: DeliveryError) -> set[str]:
    """What of a payload may be why it was refused, and is not needed for it to be heard."""
    if error.code in NO_THREAD:
        return {"thread_ts", "reply_broadcast"}
    if error.kind is not Result.DEAD:
        return set()
    return {"blocks", "metadata"} if "metadata" in error.code else {"blocks"}


def _form(arguments: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """What is None is left out; Slack knows yes and no as 1 and 0."""
    given = {k: int(v) if isinstance(v, bool) else v for k, v in arguments.items() if v is not None}
    return urlencode(given).encode(), FORM


def _is_it(message: Mapping[str, Any], letter: Letter) -> bool:
    """By key, which the first rules of every home have alike, and by when it came to be owed."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict) or payload.get("delivery") != letter.key:
        return False
    owed = letter.owed_since.isoformat()
    return bool(payload.get("owed", owed) == owed)


def _silent() -> logging.Logger:
    """The library logs URLs and bodies; a webhook's URL is a secret and the error reaches the row anyway."""
    logger = logging.getLogger("alerts.channels.slack.sdk")
    logger.disabled = True
    return logger
