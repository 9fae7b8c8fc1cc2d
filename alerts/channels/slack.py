"""Slack: a bot token (chat.postMessage) or, as a quick start, an incoming webhook."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException, InvalidURL
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from alerts.delivery import DeliveryError, Result, Scope, retry_after, safe_detail
from alerts.message import Message, slack_payload

WEBHOOK = "webhook"
PACE = timedelta(seconds=30)  # where Slack says "slower" without a Retry-After
LATER = timedelta(minutes=15)
Verdict = tuple[Result, Scope, timedelta | None]

# Everything chat.postMessage and incoming webhooks are documented to answer, by what it asks of us.
SLOWER: Verdict = (Result.DEFERRED, Scope.CHANNEL, PACE)
TRANSIENT: Verdict = (Result.RETRY, Scope.MESSAGE, None)
MUCH_LATER: Verdict = (Result.RETRY, Scope.CHANNEL, LATER)
ACCOUNT: Verdict = (Result.BROKEN, Scope.CHANNEL, None)
PLACE: Verdict = (Result.BROKEN, Scope.ADDRESS, None)
PAYLOAD: Verdict = (Result.DEAD, Scope.MESSAGE, None)
# Kept and shown: an answer we cannot read loses no alert
UNKNOWN: Verdict = (Result.BROKEN, Scope.MESSAGE, None)

VERDICTS: Mapping[Verdict, tuple[str, ...]] = {
    SLOWER: ("ratelimited", "rate_limited"),
    TRANSIENT: (
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "rollup_error",
    ),
    MUCH_LATER: ("team_added_to_org", "org_login_required", "message_limit_exceeded"),
    ACCOUNT: (
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "not_allowed_token_type",
        "no_permission",
        "access_denied",
        "ekm_access_denied",
        "invalid_token",
        "no_service",
        "no_active_hooks",
        "no_team",
        "action_prohibited",
    ),
    PLACE: (
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "channel_is_archived",
        "user_not_found",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    ),
    PAYLOAD: (
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "metadata_too_large",
        "invalid_metadata_format",
        "invalid_metadata_schema",
    ),
}
BY_ERROR = {error: verdict for verdict, errors in VERDICTS.items() for error in errors}


@dataclass(frozen=True, slots=True)
class Slack:
    """Posts to `channels` with the bot token, else through the webhook, whose address is shown as "webhook".

    The token is better: only it gives an id by which the message can be found again.
    """

    token: str = field(default="", repr=False)
    channels: tuple[str, ...] = ()
    webhook_url: str = field(default="", repr=False)  # whoever knows it can post: a secret
    base_url: str = "https://slack.com/api/"
    timeout: int = 20
    name: str = "slack"
    needs: str = "Slack is not set up: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or SLACK_WEBHOOK_URL"

    def addresses(self) -> tuple[str, ...]:
        if self.token and self.channels:
            return self.channels
        return (WEBHOOK,) if self.webhook_url else ()

    def send(self, message: Message, address: str, key: str) -> str:
        """The id is `channel:ts` from the bot, `webhook` from the webhook, which tells nothing more."""
        settings = "SLACK_WEBHOOK_URL" if address == WEBHOOK else "SLACK_BOT_TOKEN"
        if not (self.webhook_url if address == WEBHOOK else self.token):
            detail = f"the message is for Slack {address}, which needs {settings}; set it again"
            raise DeliveryError(Result.BROKEN, detail, scope=Scope.ADDRESS)
        try:
            return self._post(slack_payload(message, key), address)
        except (UnicodeDecodeError, LookupError, AttributeError) as error:
            # slack_sdk decodes whatever came back, in the charset it names, and asks the JSON for `.get`
            raise DeliveryError(
                Result.RETRY, f"no readable answer from Slack ({type(error).__name__})"
            ) from None
        except (SlackClientError, InvalidURL, UnicodeEncodeError) as error:
            raise self._malformed(error, settings) from None
        except (OSError, HTTPException) as error:
            reason = self._safe(f"{type(error).__name__}: {error}")
            raise DeliveryError(Result.RETRY, f"no answer from Slack ({reason})") from None
        except ValueError as error:  # a header that cannot be sent
            raise self._malformed(error, settings) from None

    def _post(self, payload: dict[str, Any], address: str) -> str:
        """POST once. The library's own retry is off: it posts twice when an answer is lost."""
        if address == WEBHOOK:
            webhook = WebhookClient(self.webhook_url, self.timeout, logger=_silent(), retry_handlers=[])
            return self._checked(webhook.send_dict(payload))
        base_url = self.base_url.rstrip("/") + "/"
        client = WebClient(self.token, base_url, self.timeout, logger=_silent(), retry_handlers=[])
        try:
            answer = client.chat_postMessage(channel=address, **payload)
        except SlackApiError as error:
            raise self._refused(error.response) from None
        return f"{answer['channel']}:{answer['ts']}"

    def _checked(self, answer: WebhookResponse) -> str:
        if answer.status_code == 200 and answer.body.strip() == "ok":  # noqa: PLR2004 - HTTP OK
            return WEBHOOK
        raise self._error(answer.status_code, answer.body.strip(), answer.headers)

    def _refused(self, answer: SlackResponse) -> DeliveryError:
        notes = (answer.get("response_metadata") or {}).get("messages", ())
        return self._error(answer.status_code, str(answer.get("error", "")), answer.headers, notes)

    def _error(
        self, status: int, error: str, headers: Mapping[str, str], said: Sequence[object] = ()
    ) -> DeliveryError:
        kind, scope, wait = _verdict(status, error)
        if kind is Result.DEFERRED:
            wait = retry_after(headers.get("Retry-After") or headers.get("retry-after"), PACE)
        notes = f" ({'; '.join(map(str, said))})" if said else ""
        detail = f"Slack answered {status} {error}{notes}"
        return DeliveryError(kind, self._safe(detail), wait, scope)

    def _malformed(self, error: Exception, settings: str) -> DeliveryError:
        """Only the error's type: its text would show the header or the address, which are the secrets."""
        detail = f"Slack cannot be called ({type(error).__name__}); {settings} or SLACK_API_URL is malformed"
        return DeliveryError(Result.BROKEN, detail, scope=Scope.CHANNEL)

    def _safe(self, text: str) -> str:
        path = urlsplit(self.webhook_url).path
        return safe_detail(text, (self.token, self.webhook_url, path, path.rpartition("/")[2]))


def _verdict(status: int, error: str) -> Verdict:
    if status == 429:  # noqa: PLR2004 - HTTP: too many requests
        return SLOWER
    if error in BY_ERROR:
        return BY_ERROR[error]
    if status >= 500 or status == 408:  # noqa: PLR2004 - HTTP: their failure, or a time-out
        return TRANSIENT
    from_slack = re.fullmatch(r"\w+", error) is not None  # else something between Slack and us spoke
    return UNKNOWN if from_slack or status >= 400 else TRANSIENT  # noqa: PLR2004 - HTTP errors


def _silent() -> logging.Logger:
    """The library logs URLs and bodies; a webhook's URL is a secret and the error reaches the row anyway."""
    logger = logging.getLogger("alerts.channels.slack.sdk")
    logger.disabled = True
    return logger
