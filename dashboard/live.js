// Asks the server every two seconds for the mark of what is true now, and has the page drawn anew once it is another one.
// A page that nobody sees asks nothing, and asks at once when it is seen again.

const EVERY = 2000; // milliseconds
const AGAIN = 15000; // until the same is told a second time: the first may have been lost, or is being drawn

const page = { data: null, tell: null, told: "", at: 0, asking: false };
let timer = null;

async function look() {
  const { shown, paused, place } = page.data;
  if (paused || document.hidden || page.asking) return;
  page.asking = true;
  try {
    const root = location.pathname.endsWith("/") ? location.pathname : `${location.pathname}/`;
    const answer = await fetch(root + place, { cache: "no-store" });
    const mark = answer.ok ? await answer.text() : shown; // what cannot be asked now is asked again
    if (mark === page.data.shown || page.data.shown !== shown || page.data.paused) return;
    if (mark === page.told && performance.now() - page.at < AGAIN) return;
    page.told = mark;
    page.at = performance.now();
    page.tell("moved", mark);
  } catch {
    // the server is away: the page says so by itself, and what it shows stays
  } finally {
    page.asking = false;
  }
}

export default function ({ data, setTriggerValue }) {
  page.data = data;
  page.tell = setTriggerValue;
  if (timer !== null) return;
  timer = setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
