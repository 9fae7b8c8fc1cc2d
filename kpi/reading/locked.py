"""Workbooks that are locked with a password: opened with it, inside the child process.

Excel locks a workbook whose structure is protected with a password of its own, and opens it without asking.
"""

from __future__ import annotations

import io
import struct
from xml.parsers.expat import ExpatError

from kpi.reading.refused import Refused, refusal

_EXCELS_OWN = "VelvetSweatshop"
# What the decryption raises on damaged bytes, beside its own errors: it reads them with plain indexing.
_DAMAGED = (
    AssertionError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    struct.error,
    ExpatError,
)


def unlock(data: bytes, password: str) -> bytes:
    """The workbook itself; raises Refused `encrypted` where a password is needed, `wrong_password` where it fails."""
    opened = _decrypted(data, _EXCELS_OWN)
    if opened is None and not password:
        raise locked()
    opened = opened or _decrypted(data, password)
    if opened is None:
        raise _wrong_password()
    return opened


def locked() -> Refused:
    """The refusal of a workbook that cannot be opened without a password."""
    return refusal(
        "encrypted",
        "a workbook that is locked with a password",
        "its password, or one that opens without",
        "Load it with its password, or remove it in Excel (File, Info, Protect Workbook) and load it again.",
    )


def _wrong_password() -> Refused:
    return refusal(
        "wrong_password",
        "a workbook that this password does not open",
        "its own password",
        "Mind capitals and the keyboard's language, and load it again with the right one.",
    )


def _decrypted(data: bytes, password: str) -> bytes | None:
    """The bytes as they were before they were locked; None where the password does not open them."""
    import msoffcrypto  # noqa: PLC0415 -- a tenth of a second that only locked files need to pay
    from msoffcrypto import exceptions  # noqa: PLC0415
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415

    out = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        if isinstance(file, OOXMLFile):
            file.load_key(password=password, verify_password=True)
        else:
            file.load_key(password=password)  # which verifies it for these
        file.decrypt(out)
    except exceptions.InvalidKeyError:
        return None
    except (
        exceptions.FileFormatError,
        exceptions.ParseError,
        exceptions.DecryptionError,
        *_DAMAGED,
    ) as error:
        raise _unknown_lock(str(error) or type(error).__name__) from error
    return out.getvalue()


def _unknown_lock(detail: str) -> Refused:
    return refusal(
        "encrypted",
        f"a workbook that is locked in a way this program cannot open ({detail[:200]})",
        "one that is locked as Excel does it, or not at all",
        "Open it in Excel, remove the password, save it as .xlsx and load that file.",
    )
