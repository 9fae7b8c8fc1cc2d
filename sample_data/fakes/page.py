"""A small page of what arrived, newest first, that keeps itself up to date."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from sample_data.fakes.said import Received
from sample_data.fakes.whatsapp import TEMPLATES, filled

MOST = 50
NAMES = {"slack": "Slack", "webhook": "Slack", "whatsapp": "WhatsApp", "hook": "Webhook"}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What arrived at Slack and WhatsApp</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.3rem; }}
li {{ list-style: none; border-left: 4px solid #611f69; padding: .5rem 1rem; margin: 1rem 0; background: #8881; }}
li.whatsapp {{ border-color: #0a7c5a; }}
li.refused {{ opacity: .6; }}
ul {{ padding: 0; }}
h2 {{ font-size: 1rem; margin: 0; }}
p {{ margin: .25rem 0; overflow-wrap: anywhere; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .25rem 0; }}
dt, small {{ opacity: .75; }}
dd {{ margin: 0; }}
</style>
<noscript><meta http-equiv="refresh" content="2"></noscript>
</head>
<body>
<h1>What arrived at Slack and WhatsApp</h1>
<p>Both are faked on this machine: nothing has left it. Newest first; the page follows by itself.</p>
<ul id="list" aria-live="polite">{rows}</ul>
<script>
const list = document.getElementById("list");
let latest = null;
setInterval(async () => {{
  try {{
    const now = await (await fetch("/_list")).text();
    if (now !== latest) {{ list.innerHTML = now; latest = now; }}
  }} catch {{ /* the demo has ended */ }}
}}, 1000);
</script>
</body>
</html>
"""


def page(received: Sequence[Received]) -> str:
    return PAGE.format(rows=shown(received))


def shown(received: Sequence[Received]) -> str:
    """The list's items; a sentence where nothing has arrived yet."""
    newest = list(received)[-MOST:][::-1]
    return (
        "".join(map(_item, newest)) or "<p>Nothing yet. It takes some seconds until the workbook is read.</p>"
    )


def _item(one: Received) -> str:
    kind = "whatsapp" if one.provider == "whatsapp" else "other"
    refused = "" if one.accepted else " refused"
    at = time.strftime("%H:%M:%S", time.localtime(one.at))
    answer = "Answer to an earlier message. " if one.body.get("thread_ts") else ""
    state = one.provider_id if one.accepted else "refused"
    return (
        f'<li class="{kind}{refused}"><small>{NAMES.get(one.provider, one.provider)} to {escape(_to(one))}, {at}</small>'
        f"{_content(one)}<small>{answer}{escape(state)}</small></li>"
    )


def _to(one: Received) -> str:
    return str(one.body.get("channel") or one.body.get("to") or one.path.rpartition("/")[2][:20])


def _content(one: Received) -> str:
    if one.provider == "whatsapp":
        template = one.body.get("template", {})
        parts = template.get("components", [{}])[0].get("parameters", [])
        return _p(
            filled(TEMPLATES.get(template.get("name"), ""), [str(part.get("text", "")) for part in parts])
        )
    blocks = one.body.get("blocks")
    if not blocks:
        return _p(_plain(str(one.body.get("text", ""))))
    return "".join(_block(block) for block in blocks)


def _block(block: dict[str, Any]) -> str:
    if block.get("type") == "header":
        return f"<h2>{escape(_plain(block['text']['text']))}</h2>"
    if "fields" in block:
        pairs = (_plain(field["text"]).partition("\n") for field in block["fields"])
        return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(text)}</dd>' for name, _, text in pairs)}</dl>"
    if block.get("type") == "rich_text":
        links = [part for section in block["elements"] for part in section.get("elements", [])]
        return "".join(_link(part) for part in links if part.get("type") == "link")
    texts = [block["text"]] if "text" in block else block.get("elements", [])
    return "".join(_p(_plain(str(part.get("text", "")))) for part in texts)


def _link(part: dict[str, Any]) -> str:
    """Only to the page itself: what else a message might name is shown and not followed."""
    url = str(part.get("url", ""))
    if not url.startswith(("http://127.0.0.1", "http://localhost")):
        return _p(url)
    return f'<p><a href="{escape(url)}" target="_blank" rel="noreferrer">{escape(str(part.get("text", "")))}</a></p>'


def _p(text: str) -> str:
    return f"<p>{'<br>'.join(escape(line) for line in text.splitlines())}</p>"


def _plain(text: str) -> str:
    """What Slack shows of what was escaped for it."""
    return unescape(text)
