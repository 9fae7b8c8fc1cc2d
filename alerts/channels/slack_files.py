"""A picture beside a message in Slack: asked for a place, the bytes put there, and shown in the message's thread.

It comes after the text and never decides over it: whatever goes wrong here is said, and the text is not sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from alerts.channels.calls import Caller
from alerts.channels.posting import Post
from alerts.delivery import DeliveryError, Result

NAME = "trend.png"
SECONDS = 8.0  # for each of the three calls: a lease must outlast all of them
BYTES = {"Content-Type": "application/octet-stream"}
SCOPE = "missing_scope"
NO_SCOPE = f"Slack refused: {SCOPE}; give the bot the scope files:write, and install the app again"
Ask = Callable[[Callable[..., SlackResponse], dict[str, Any]], SlackResponse]

log = logging.getLogger(__name__)


def hurried(post: Post) -> Post:
    """The same, with less patience."""
    return replace(post, connecting=min(post.connecting, SECONDS), whole=min(post.whole, SECONDS))


def add_picture(ask: Ask, post: Post, caller: Caller, posted: str, picture: bytes, title: str) -> str:
    """Show it in the thread of the message `posted`, which is `channel:ts`; why that failed, empty where it did not.

    `ask` calls a method of Slack's. The bytes go to the address that Slack names, without the token.
    """
    try:
        _add(ask, post, caller, posted, picture, title)
    except DeliveryError as error:
        why = NO_SCOPE if error.code == SCOPE else error.detail  # a message lacks another one
        log.warning("The text is in Slack, its picture is not: %s", why)
        return why
    return ""


def _add(ask: Ask, post: Post, caller: Caller, posted: str, picture: bytes, title: str) -> None:
    channel, _, thread = posted.rpartition(":")
    place = ask(
        WebClient.files_getUploadURLExternal, {"filename": NAME, "length": len(picture), "alt_txt": title}
    )
    url, file_id = place.get("upload_url"), place.get("file_id")
    if not (isinstance(url, str) and isinstance(file_id, str)):
        raise DeliveryError(Result.RETRY, "Slack named no place for the picture")
    answer = caller.post(post, url, picture, BYTES)
    if answer.status // 100 != 2:  # noqa: PLR2004 - HTTP: done
        raise DeliveryError(Result.RETRY, caller.safe(f"Slack answered {answer.status} to the picture"))
    shown = {"files": [{"id": file_id, "title": title}], "channel_id": channel, "thread_ts": thread}
    ask(WebClient.files_completeUploadExternal, shown)
