// Asks the server every two seconds for the mark of what is true now, and has the page drawn anew once it is another one.
// A page that nobody sees asks nothing, and asks at once when it is seen again.

const EVERY = 2000; // milliseconds
const AGAIN = 15000; // until the same is told a second time: the first may have been lost, or is being drawn
const PATIENCE = 10000; // with an answer
const MARK = /^[0-9a-f]{16}$/; // anything else was said by somebody else: a proxy, or a page to sign in

const page = { data: null, tell: null, told: "", at: 0, asking: false, away: false };
let timer = null;

async function look() {
  const { shown, paused, place } = page.data;
  if (paused || document.hidden || page.asking) return;
  page.asking = true;
  const mark = await ask(place);
  page.asking = false;
  if (!mark || page.data.shown !== shown || page.data.paused) return;
  if (mark === shown && !page.away) return;
  if (mark === page.told && performance.now() - page.at < AGAIN) return;
  page.away = false;
  page.told = mark;
  page.at = performance.now();
  page.tell("moved", mark);
}

/** The mark, empty where there is none: then the database is away, and what was drawn meanwhile may have failed. */
async function ask(place) {
  const root = location.pathname.endsWith("/") ? location.pathname : `${location.pathname}/`;
  try {
    const answer = await fetch(root + place, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    page.away ||= answer.status === 503;
    const mark = answer.ok ? await answer.text() : "";
    return MARK.test(mark) ? mark : "";
  } catch {
    return ""; // the server is away: the page says so by itself, and what it shows stays
  }
}

export default function ({ data, setTriggerValue }) {
  page.data = data;
  page.tell = setTriggerValue;
  if (timer !== null) return;
  timer = setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
