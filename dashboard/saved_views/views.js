// Saved views as links: a click shows one in the page that is open, as the browser's way back and forth does.

const OPENED = (event) =>
  event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

/** The address becomes that of the view; the page takes every choice from it, and what it does not name is as at first. */
function go(event, address) {
  if (OPENED(event)) return; // in a window of its own
  event.preventDefault();
  const place = `${location.pathname}${address}`;
  if (place === `${location.pathname}${location.search}`) return;
  history.pushState({}, "", place);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

async function copy(button, address) {
  const whole = `${location.origin}${location.pathname}${address}`;
  try {
    await navigator.clipboard.writeText(whole);
    button.textContent = "Copied";
  } catch {
    prompt("The link, to be copied", whole); // without HTTPS a page may not write to the clipboard
  }
  setTimeout(() => (button.textContent = "Copy link"), 2000);
}

function row(view) {
  const line = document.createElement("li");
  const name = document.createElement("a");
  name.href = view.address;
  name.textContent = view.name;
  name.addEventListener("click", (event) => go(event, view.address));
  if (view.current) name.setAttribute("aria-current", "true");
  line.append(name);
  for (const said of view.marks) {
    const mark = document.createElement("small");
    mark.textContent = said;
    line.append(mark);
  }
  if (view.copies) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy link";
    button.setAttribute("aria-label", `Copy the link to ${view.name}`);
    button.addEventListener("click", () => copy(button, view.address));
    line.append(button);
  }
  return line;
}

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".kpi-views");
  list.replaceChildren(...data.views.map(row));
}
