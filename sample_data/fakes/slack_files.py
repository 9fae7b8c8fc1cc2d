"""Slack's files as documented: a place is asked for, the bytes are put there, and the file is shown in a thread."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace

from sample_data.fakes.said import Asked, Reply
from sample_data.fakes.slack import Posted, authorised, first_failed

PLACE, SHOWING = "/api/files.getUploadURLExternal", "/api/files.completeUploadExternal"
BYTES = "/upload/v1/"


@dataclass(frozen=True, slots=True)
class Held:
    """A file on its way: `content` None until its bytes are there, `channel` empty until it is shown."""

    number: str
    name: str
    length: int
    alt: str
    content: bytes | None = None
    title: str = ""
    channel: str = ""
    thread: str = ""


class Files:
    """All files that anybody began to upload, in their order."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()

    @property
    def shown(self) -> list[Held]:
        return [one for one in self._held.values() if one.channel]

    def answer(self, asked: Asked, base_url: str, posted: list[Posted]) -> Reply:
        with self._lock:
            if asked.path.startswith(BYTES):
                return self._bytes(asked)
            refused = first_failed("slack", authorised(asked))
            if refused is not None:
                return refused
            return self._place(asked, base_url) if asked.path == PLACE else self._show(asked, posted)

    def _place(self, asked: Asked, base_url: str) -> Reply:
        length = str(asked.body.get("length", ""))
        checks = {"invalid_arguments": bool(asked.body.get("filename")) and length.isdecimal()}
        refused = first_failed("slack", checks)
        if refused is not None:
            return refused
        number = f"F{len(self._held) + 1:06d}"
        self._held[number] = Held(
            number, asked.body["filename"], int(length), str(asked.body.get("alt_txt", ""))
        )
        answer = {"ok": True, "upload_url": f"{base_url}{BYTES}{number}", "file_id": number}
        return Reply(200, json.dumps(answer))

    def _bytes(self, asked: Asked) -> Reply:
        """Whoever knows the place may write: a token has no business here."""
        held = self._held.get(asked.path.removeprefix(BYTES))
        if held is None or asked.bearer or len(asked.raw) != held.length:
            return Reply(400, "not what was announced")
        self._held[held.number] = replace(held, content=asked.raw)
        return Reply(200, f"OK - {held.length}")

    def _show(self, asked: Asked, posted: list[Posted]) -> Reply:
        files = json.loads(asked.body.get("files") or "[]")
        channel, thread = asked.body.get("channel_id", ""), asked.body.get("thread_ts", "")
        found = [self._held.get(one.get("id", "")) for one in files]
        checks = {
            "file_not_found": bool(found)
            and all(one is not None and one.content is not None for one in found),
            "channel_not_found": bool(channel),
            "invalid_thread_ts": not thread
            or any((one.channel, one.ts) == (channel, thread) for one in posted),
        }
        refused = first_failed("slack", checks)
        if refused is not None:
            return refused
        for one, said in zip(found, files, strict=True):
            if one is not None:
                title = str(said.get("title", ""))
                self._held[one.number] = replace(one, title=title, channel=channel, thread=thread)
        return Reply(200, json.dumps({"ok": True, "files": [{"id": one["id"]} for one in files]}))
