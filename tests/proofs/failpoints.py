"""A shop's processes killed at their seams, and what its messages came to afterwards."""

from __future__ import annotations

import socket

from tests.homes import THIN
from tests.proofs import processes
from tests.proofs.processes import KILLED
from tests.proofs.shops import CHANNELS, Shop, tells_statuses
from tests.proofs.tally import Tally
from tests.proofs.work_of_loads import deliver, listen, load

OF_SENDING = ("after_claim", "before_post", "after_post_before_mark", "after_mark")
SEAMS = ("after_state_commit", *OF_SENDING, "during_webhook")
PATIENCE = 60.0  # seconds for which WhatsApp goes on telling what it took


def die_at(shop: Shop, seam: str) -> Tally:
    """Once in a load or in the listener, or once while each channel is written to; then all goes on as usual."""
    settings = {**shop.settings, "KPI_FAILPOINT": seam}
    if seam == "after_state_commit":
        died = [_load_dies(shop, settings)]
    elif seam == "during_webhook":
        died = [_listener_dies(shop, settings)]
    else:
        shop.load(THIN)
        died = [processes.run(deliver, settings, channel, shop.clock()) for channel in CHANNELS]
    if set(died) != {KILLED}:
        raise AssertionError(f"wanted processes that die at {seam}, found the exit codes {died}")
    shop.send_until_nothing_waits()
    return shop.tally()


def _load_dies(shop: Shop, settings: dict[str, str]) -> int:
    """And the file is loaded once more."""
    path = shop.save(THIN)
    died = processes.run(load, settings, path, shop.clock())
    processes.run(load, shop.settings, path, shop.clock())
    return died


def _listener_dies(shop: Shop, settings: dict[str, str]) -> int:
    """WhatsApp took the message and its answer was lost; that it has it, it says until somebody has heard."""
    tells_statuses(shop, PATIENCE)
    shop.fake.script("whatsapp", "drop")
    shop.load(THIN)
    dying = processes.start(listen, settings, shop.listening)
    processes.wait_until(lambda: _listens(shop.listening))
    shop.send()
    died = processes.ended(dying)
    listening = processes.start(listen, shop.settings, shop.listening)
    shop.fake.told(PATIENCE)
    processes.killed(listening)
    return died


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
