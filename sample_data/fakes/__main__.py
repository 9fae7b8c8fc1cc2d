"""The fake as a process of its own: prints its address, and runs until it is stopped."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from sample_data.fakes.providers import FakeProviders


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    fake = FakeProviders(options.journal, scale=options.scale)
    fake.start(options.port)
    print(fake.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
