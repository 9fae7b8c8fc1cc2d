"""What Slack's errors ask of us: everything that chat.postMessage and incoming webhooks are documented to answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from alerts.delivery import Result, Scope

SLOWER = timedelta(seconds=30)  # where Slack says "slower" without a Retry-After
LATER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error means; `unsure`: some of the operation may have succeeded."""

    kind: Result
    scope: Scope
    wait: timedelta | None = None
    unsure: bool = False


TOO_FAST = Verdict(Result.DEFERRED, Scope.CHANNEL, SLOWER)
TRANSIENT = Verdict(Result.RETRY, Scope.MESSAGE, unsure=True)
MUCH_LATER = Verdict(Result.RETRY, Scope.CHANNEL, LATER)
ACCOUNT = Verdict(Result.BROKEN, Scope.CHANNEL)
PLACE = Verdict(Result.BROKEN, Scope.ADDRESS)
PAYLOAD = Verdict(Result.DEAD, Scope.MESSAGE)  # once it was refused as plain text, too
# Kept and shown: an answer we cannot read loses no alert
UNKNOWN = Verdict(Result.BROKEN, Scope.MESSAGE)

VERDICTS: Mapping[Verdict, tuple[str, ...]] = {
    TOO_FAST: ("ratelimited", "rate_limited"),
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
        "as_user_not_supported",
        "deprecated_endpoint",
        "enterprise_is_restricted",
        "method_deprecated",
        "team_access_not_granted",
        "team_not_found",
        "two_factor_setup_required",
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
        "metadata_must_be_sent_from_app",
    ),
}
BY_ERROR = {error: verdict for verdict, errors in VERDICTS.items() for error in errors}

# The message that is to be answered cannot be: the answer is then a message of its own.
NO_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "invalid_thread_ts",
        "message_not_found",
        "thread_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    }
)

# What a look at the history may be refused with though the bot may post.
NOT_READABLE: Mapping[str, str] = {
    "missing_scope": "give the bot the scopes channels:history and groups:history",
    "no_permission": "give the bot the scopes channels:history and groups:history",
    "not_allowed_token_type": "use a bot token, xoxb-…",
    "access_denied": "let the bot read the channel",
    "channel_not_found": "write SLACK_CHANNEL as an id such as C0123456789, and invite the bot",
    "not_in_channel": "invite the bot into the channel",
    "pagination_not_available": "ask the workspace's owner",
    "invalid_cursor": "nothing needs to be done",
    "invalid_ts_oldest": "nothing needs to be done",
    "thread_not_found": "nothing needs to be done",
}


# What a person can do about what Slack refuses.
INSTALL = "install the app to the workspace again, and set SLACK_BOT_TOKEN to its new token"
WEBHOOK = "make a new incoming webhook, and set SLACK_WEBHOOK_URL"
OWNER = "ask an owner of the workspace"
POSTING = "let the bot post in this channel, or name another one"
HINTS: Mapping[str, tuple[str, ...]] = {
    INSTALL: ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
    "give the bot the scope chat:write, and install the app again": ("missing_scope",),
    "set SLACK_BOT_TOKEN to the token of the bot, xoxb-…": (
        "not_allowed_token_type",
        "as_user_not_supported",
    ),
    OWNER: (
        "no_permission",
        "access_denied",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "team_access_not_granted",
        "two_factor_setup_required",
        "team_added_to_org",
        "org_login_required",
    ),
    "update the program: Slack has given up this way": ("deprecated_endpoint", "method_deprecated"),
    "write the channel by its id, such as C0123456789": ("team_not_found", "user_not_found"),
    "write the channel by its id, such as C0123456789, and invite the bot": ("channel_not_found",),
    "invite the bot into the channel": ("not_in_channel",),
    "bring the channel back from the archive, or name another one": ("is_archived", "channel_is_archived"),
    POSTING: (
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    ),
    WEBHOOK: ("invalid_token", "no_service", "no_active_hooks", "no_team", "action_prohibited"),
}
HINT_OF = {error: hint for hint, errors in HINTS.items() for error in errors}
UNHEARD_OF = "this error is not known here; see docs.slack.dev/reference/methods/chat.postMessage"


def verdict_of(status: int, error: str) -> Verdict:
    """What is to become of a message that was answered like that; `error` is a word of Slack's, or whatever came."""
    if status == 429:  # noqa: PLR2004 - HTTP: too many requests
        return TOO_FAST
    if error in BY_ERROR:
        return BY_ERROR[error]
    if status >= 500 or status == 408:  # noqa: PLR2004 - HTTP: their failure, or a time-out
        return TRANSIENT
    # What is no word of Slack's was said by something between Slack and us.
    return UNKNOWN if is_word(error) or status >= 300 else TRANSIENT  # noqa: PLR2004 - HTTP redirects and errors


def refusal(status: int, error: str, notes: Sequence[object] = ()) -> str:
    """What Slack said, and what to do about it. Its own words come with 200, so that the status is no part of them."""
    said = f" ({'; '.join(map(str, notes))})" if notes else ""
    if not is_word(error):
        return f"Slack answered {status} {error}{said}"
    if verdict_of(status, error).kind not in (Result.BROKEN, Result.DEAD):
        return f"Slack says: {error}{said}"
    hint = HINT_OF.get(error, "" if error in BY_ERROR else UNHEARD_OF)
    return f"Slack refused: {error}{said}" + (f"; {hint}" if hint else "")


def is_word(error: str) -> bool:
    return re.fullmatch(r"\w+", error) is not None
