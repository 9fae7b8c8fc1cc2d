"""FileMonitor: file-system events only wake it up; a scan of the folder decides what is there to be read."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

_WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".xml"}
_TABLES = {".csv", ".tsv", ".txt", ".parquet", ".html", ".htm", ".mhtml", ".mht"}
SUFFIXES = frozenset(_WORKBOOKS | _TABLES)
READING = frozenset({"opened", "closed_no_write"})  # our own reading causes these: they must not wake us
LONGEST_WAIT = 60.0
BREATH = 0.05

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signature:
    """What changes when a file's content does, as cheaply as it can be known."""

    size: int
    mtime_ns: int
    inode: int


def signature(path: Path) -> Signature | None:
    """The file's signature, or None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Signature(found.st_size, found.st_mtime_ns, found.st_ino)


def is_workbook(path: Path, inbox: Path) -> bool:
    """Whether a path below the inbox is meant for us: no lock file, no temporary file, nothing hidden."""
    parts = path.relative_to(inbox).parts
    if any(part.startswith((".", "~$")) for part in parts):
        return False
    return path.suffix.lower() in SUFFIXES


def list_workbooks(inbox: Path) -> dict[Path, Signature]:
    """Every workbook below the inbox with its signature."""
    found = {}
    for path in sorted(inbox.rglob("*")):
        if is_workbook(path, inbox) and path.is_file():
            seen = signature(path)
            if seen is not None:
                found[path] = seen
    return found


@dataclass(slots=True)
class _Seen:
    signature: Signature
    since: float
    handed: bool = False
    failures: int = 0
    not_before: float = 0.0


class Reconciler:
    """Remembers what was seen and handed on. Times are seconds of a monotonic clock, given by the caller."""

    def __init__(self, settle: float) -> None:
        self._settle = settle
        self._seen: dict[Path, _Seen] = {}

    def look(self, listing: Mapping[Path, Signature], now: float) -> list[Path]:
        """The files that have been still long enough and were not handed on as they are now."""
        for path in set(self._seen) - set(listing):
            del self._seen[path]
        ready = []
        for path, found in listing.items():
            seen = self._seen.get(path)
            if seen is None or seen.signature != found:
                self._seen[path] = _Seen(found, since=now)
            elif not seen.handed and now - seen.since >= self._settle and now >= seen.not_before:
                seen.handed = True
                ready.append(path)
        return ready

    def retry(self, path: Path, now: float) -> None:
        """The file could not be read yet: hand it on again later, and ever later, but never forget it."""
        seen = self._seen.get(path)
        if seen is not None:
            seen.handed = False
            seen.not_before = now + min(LONGEST_WAIT, 0.5 * 2**seen.failures)
            seen.failures += 1

    def forget(self, path: Path) -> None:
        """Hand the file on once more although it did not change."""
        self._seen.pop(path, None)

    def settling(self, now: float) -> list[Path]:
        """The files that are about to become ready, so that the next look should come soon."""
        return [path for path, seen in self._seen.items() if not seen.handed and now >= seen.not_before]


class FileMonitor:
    """Watches one folder: a thread that scans, and one worker that takes file after file.

    `handle(path)` answers whether it is done with the file as it is; False brings the file back later. It must not
    raise. `accepted()` names files that a person wants read again, until they were.
    """

    def __init__(
        self,
        inbox: Path,
        handle: Callable[[Path], bool],
        accepted: Callable[[], list[Path]] = list,
        *,
        settle: float = 0.5,
        interval: float = 2.0,
        observe: Callable[[], BaseObserver] = Observer,
    ) -> None:
        self._inbox = inbox
        self._observe = observe
        self._handle = handle
        self._accepted = accepted
        self._asked: set[Path] = set()  # what was accepted at the last scan
        self._interval = interval
        self._settle = settle
        self._reconciler = Reconciler(settle)
        self._lock = threading.Lock()
        self._queue: dict[Path, None] = {}
        self._in_hand: Path | None = None
        self._looked = False
        self._wake = threading.Event()
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._observer: BaseObserver | None = None
        self._watched_inode = 0
        self._blind_until = 0.0

    def start(self) -> None:
        """Begin to watch; files that arrived while nobody watched are found by the first scan."""
        for name, target in (("kpi-scan", self._scan_until_stopped), ("kpi-read", self._read_until_stopped)):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, patience: float = 10.0) -> None:
        """Stop after the file in hand."""
        self._stopping.set()
        self._wake.set()
        self._work.set()
        for thread in self._threads:
            thread.join(patience)
        self._stop_observer()

    @property
    def alive(self) -> bool:
        """Whether it still scans and reads: a thread may die of what nobody foresaw."""
        return all(thread.is_alive() for thread in self._threads)

    def coming(self) -> list[Path] | None:
        """The files that are to be taken soon, with the one in hand; None before the first look: it may be any.

        One that cannot be read yet and is tried again later is not among them.
        """
        with self._lock:
            if not self._looked:
                return None
            held = [self._in_hand] if self._in_hand else []
            return [*held, *self._queue, *self._reconciler.settling(time.monotonic())]

    def _scan_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                soon = self._scan()
            except OSError as error:  # the folder is on a share that went away, say: look again
                log.warning("The inbox %s cannot be read: %s", self._inbox, error)
                soon = False
            self._wake.wait(self._settle / 2 if soon else self._interval)
            self._stopping.wait(BREATH)  # a storm of events is one reason to look, not a thousand

    def _scan(self) -> bool:
        self._keep_observing()
        now = time.monotonic()
        listing, accepted = list_workbooks(self._inbox), set(self._accepted())
        with self._lock:
            for path in accepted - self._asked:  # once: forgotten at each scan it would never settle
                self._reconciler.forget(path)
            self._asked = accepted
            ready = self._reconciler.look(listing, now)
            self._queue.update(dict.fromkeys(ready))
            soon = bool(self._reconciler.settling(now))
            self._looked = True
        if ready:
            self._work.set()
        return soon

    def _read_until_stopped(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                path = next(iter(self._queue), None)
                self._in_hand = path
                if path is not None:
                    del self._queue[path]
                else:
                    self._work.clear()
            if path is None:
                self._work.wait()
            elif not self._handle(path):
                with self._lock:
                    self._reconciler.retry(path, time.monotonic())

    def _keep_observing(self) -> None:
        """Make the folder and the observer anew where they are gone: an emitter can die while its observer lives."""
        self._inbox.mkdir(parents=True, exist_ok=True)
        inode = self._inbox.stat().st_ino
        observer = self._observer
        if observer is not None and inode == self._watched_inode and _alive(observer):
            return
        self._stop_observer()
        if time.monotonic() < self._blind_until:
            return
        observer = self._observe()
        observer.schedule(_Waker(self._wake), str(self._inbox), recursive=True)
        try:
            observer.start()
        except (
            OSError
        ) as error:  # out of inotify watches: the scan alone still finds everything, a little later
            log.warning("No file events for %s: %s", self._inbox, error)
            self._blind_until = time.monotonic() + LONGEST_WAIT
            return
        self._observer, self._watched_inode = observer, inode

    def _stop_observer(self) -> None:
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(5.0)


def _alive(observer: BaseObserver) -> bool:
    return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)


class _Waker(FileSystemEventHandler):
    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in READING:
            self._wake.set()
