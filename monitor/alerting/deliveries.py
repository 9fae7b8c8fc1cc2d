"""The turns in which a running service sends what is owed: each channel by itself, so that a slow one delays no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.delivery import Channel
from monitor.alerting.broken import Page
from monitor.alerting.desk import Desk
from monitor.alerting.dispatch import Manner, deliver_owed
from storage.alerting.lanes import Share, resume
from storage.database import Database

OTHERS = ""  # what is owed to channels that are not here: it fails visibly


@dataclass(frozen=True, slots=True)
class Post:
    """What sending needs. `may_send` is asked before each message."""

    database: Database
    desk: Desk
    channels: Sequence[Channel]
    clock: Callable[[], datetime]
    reached: Callable[[str], None]
    may_send: Callable[[], bool]


@dataclass(slots=True)
class Turn:
    """One channel's turn. The first one tries at once what was broken: it may have been mended before this start."""

    post: Post
    channel: str
    resumed: bool = False

    def __call__(self) -> None:
        if not self.post.may_send():
            return
        if not self.resumed:
            with self.post.database.begin() as connection:
                resume(connection, self.channel, self.post.clock())
            self.resumed = True
        names = tuple(channel.name for channel in self.post.channels)
        share = Share(without=names) if self.channel == OTHERS else Share(only=(self.channel,))
        desk = self.post.desk
        deliver_owed(
            self.post.database,
            self.post.channels,
            desk.destinations,
            self.post.clock,
            self.post.reached,
            self.post.may_send,
            manner=Manner(share, page=Page(desk.page_url, desk.zone.key)),
        )


def turns(post: Post) -> dict[str, Turn]:
    """By the name of its loop, one for each channel and one for what is owed to channels that are not here."""
    found = {f"deliver to {channel.name}": Turn(post, channel.name) for channel in post.channels}
    return {**found, "deliver to others": Turn(post, OTHERS)}


def all_may_send(database: Database) -> bool:
    """Whether processes that do not lead send, too. SQLite has one sender: there a second one would only wait."""
    return database.engine.dialect.name != "sqlite"
