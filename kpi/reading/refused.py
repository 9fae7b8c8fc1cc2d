"""Why a file cannot be loaded: the one exception that crosses reading and cleaning."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 -- a refusal is an answer to the person who made the file, not a fault of ours
    """The file is not loaded; `code` is stable, `message` says what was found, what was wanted and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def refusal(code: str, found: str, wanted: str, advice: str) -> Refused:
    """The refusal in the house form: found, wanted, what did not happen, what to do."""
    return Refused(code, f"found {found}, wanted {wanted}. Nothing was loaded. {advice}")
