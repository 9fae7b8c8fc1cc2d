"""What the error codes of WhatsApp's Cloud API ask of us, whether they come at once or later by the webhook.

Meta: decide on the code and its details, not on HTTP status, title or subcode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from alerts.delivery import Result, Scope

PACE = timedelta(seconds=6)  # one message in six seconds to one recipient


class Instead(StrEnum):
    """What may be tried once in the place of what was refused."""

    NOTHING = ""
    AGAIN = "again"  # the same template
    OTHER = "other"  # a second template


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means. `unsure`: the message may have been taken. `grows`: fourfold each time in a row."""

    kind: Result
    scope: Scope
    wait: timedelta | None = None
    unsure: bool = False
    grows: bool = False
    instead: Instead = Instead.NOTHING
    hint: str = ""  # what a person can do


TRANSIENT = Verdict(Result.RETRY, Scope.MESSAGE)
UNCLEAR = Verdict(Result.RETRY, Scope.MESSAGE, unsure=True)
TOO_FAST = Verdict(Result.DEFERRED, Scope.CHANNEL, timedelta(minutes=1), grows=True)
TOO_FAST_FOR_ONE = Verdict(Result.DEFERRED, Scope.ADDRESS, PACE, grows=True)
SPAM = Verdict(
    Result.DEFERRED,
    Scope.CHANNEL,
    timedelta(hours=1),
    hint="people have blocked or reported the number: look at its quality in WhatsApp Manager",
)
TOKEN = Verdict(Result.BROKEN, Scope.CHANNEL, hint="renew WHATSAPP_TOKEN")
PERMISSION = Verdict(
    Result.BROKEN, Scope.CHANNEL, hint="give the token the permission whatsapp_business_messaging"
)
BILLING = Verdict(Result.BROKEN, Scope.CHANNEL, hint="mend the payment method in WhatsApp Manager")
BLOCKED = Verdict(
    Result.BROKEN, Scope.CHANNEL, hint="see in WhatsApp Manager why account or number is blocked"
)
ALLOW_LIST = Verdict(
    Result.BROKEN,
    Scope.ADDRESS,
    hint="a test number reaches five recipients at most: add this one to its list",
)
PARAMETERS = Verdict(Result.BROKEN, Scope.MESSAGE, hint="compare the message with the approved template")
TEMPLATE = Verdict(
    Result.BROKEN,
    Scope.ADDRESS,
    hint="have the templates approved as the README has them, and name them in WHATSAPP_TEMPLATE_…",
)
PAUSED = Verdict(
    Result.BROKEN,
    Scope.ADDRESS,
    instead=Instead.OTHER,
    hint="the template is paused or disabled for its quality: see WhatsApp Manager",
)
OUTSIDE_WINDOW = Verdict(
    Result.DEAD, Scope.MESSAGE, instead=Instead.AGAIN, hint="see that the template's category is Utility"
)
MARKETING = Verdict(
    Result.DEAD, Scope.MESSAGE, hint="WhatsApp takes it for marketing: make the template's category Utility"
)
UNREACHABLE = Verdict(
    Result.DEAD,
    Scope.ADDRESS,
    hint="this recipient cannot be reached: not on WhatsApp, the sender, or opted out",
)
ACCOUNT = Verdict(
    Result.BROKEN, Scope.CHANNEL
)  # an address of the API that answers so has no code of its own
# Kept and shown: an answer we cannot read loses no alert
UNKNOWN = Verdict(Result.BROKEN, Scope.MESSAGE)

VERDICTS: Mapping[Verdict, tuple[int, ...]] = {
    TRANSIENT: (1, 2, 131016, 131057, 135000),
    UNCLEAR: (131000,),
    TOO_FAST: (4, 80007, 130429),
    TOO_FAST_FOR_ONE: (131056,),
    SPAM: (131048,),
    TOKEN: (0, 190),
    PERMISSION: (3, 10, *range(200, 300), 131005),
    BILLING: (131042,),
    BLOCKED: (368, 130497, 131031, 131045),
    ALLOW_LIST: (131030,),
    PARAMETERS: (100, 131008, 131009, 132005),
    TEMPLATE: (132000, 132001, 132007, 132008, 132012),
    PAUSED: (132015, 132016),
    OUTSIDE_WINDOW: (131047,),
    MARKETING: (130472, 131049),
    UNREACHABLE: (131021, 131026, 131050),
}
BY_CODE = {code: verdict for verdict, codes in VERDICTS.items() for code in codes}

# Until when Meta keeps a version of the Graph API; of later ones it has not said.
VERSIONS_END: Mapping[str, date] = {
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
OLDEST = 21
AHEAD = timedelta(days=90)


def verdict_of(status: int, code: object, *, transient: bool = False) -> Verdict:
    """What is to become of a message that was answered like that; a `code` that nobody knows leaves the status."""
    if isinstance(code, int) and code in BY_CODE:
        known = BY_CODE[code]
        return UNCLEAR if known is TRANSIENT and status >= 500 else known  # noqa: PLR2004 - HTTP
    if status == 429:  # noqa: PLR2004 - HTTP: too many requests
        return TOO_FAST
    if status >= 500 or status == 408:  # noqa: PLR2004 - HTTP classes
        return UNCLEAR
    if transient:
        return TRANSIENT
    return ACCOUNT if 300 <= status < 400 or status in {401, 403, 404} else UNKNOWN  # noqa: PLR2004


def version_warning(version: str, today: date) -> str:
    """What to do where the version of the API ends within ninety days, or has ended; empty where all is well."""
    ends = VERSIONS_END.get(version)
    if ends is None:
        old = int(version.removeprefix("v").partition(".")[0]) < OLDEST
        return f"the Graph API {version} has ended; set WHATSAPP_API_VERSION to a newer one" if old else ""
    if today + AHEAD < ends:
        return ""
    when = f"ends on {ends.isoformat()}" if today < ends else f"has ended on {ends.isoformat()}"
    return f"the Graph API {version} {when}; set WHATSAPP_API_VERSION to a newer one"
