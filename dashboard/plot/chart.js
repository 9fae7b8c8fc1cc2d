// Draws a figure with plotly.js, and draws it again in the same place when the data move.

const SVG = {
  width: 1000,
  height: 1000,
  path: "M120 80h520l240 240v600H120V80zm80 80v680h600V360H600V160H200zm110 520l130-170 90 90 130-180 50 40-175 240-95-95-80 105z",
  transform: "matrix(1 0 0 1 0 0)",
};
const drawn = new WeakMap(); // element -> what is drawn there
let loading = null;

/** The script is fetched once a page, whichever chart asks first. */
function plotly(script) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((done, failed) => {
    const tag = document.createElement("script");
    const place = location.pathname.endsWith("/") ? location.pathname : `${location.pathname}/`;
    tag.src = place + script;
    tag.onload = () => done(window.Plotly);
    tag.onerror = () => {
      loading = null;
      failed(new Error("the script that draws charts cannot be fetched"));
    };
    document.head.append(tag);
  });
  return loading;
}

/** The reader's theme, as the page has it now. */
function theme(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  const quiet = of("--st-gray-text-color") || of("--st-text-color");
  const line = of("--st-border-color-light") || of("--st-border-color");
  const size = Math.round(0.75 * parseFloat(style.fontSize)); // larger where the page is, on a wall
  const axis = {
    gridcolor: line,
    zerolinecolor: of("--st-border-color"),
    linecolor: of("--st-border-color"),
    tickfont: { color: quiet, size },
    title: { font: { color: quiet, size } },
    automargin: true,
    ticks: "outside",
    ticklen: 6, // keeps names off the line
    tickcolor: "rgba(0,0,0,0)",
  };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: of("--st-font"), color: of("--st-text-color"), size },
    colorway: of("--st-chart-categorical-colors").split(","),
    hoverlabel: {
      bgcolor: of("--st-secondary-background-color"),
      bordercolor: of("--st-border-color"),
      font: { color: of("--st-text-color"), family: of("--st-font"), size: 13 },
    },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: quiet, activecolor: of("--st-primary-color") },
    legend: { font: { color: of("--st-text-color"), size } },
    xaxis: axis,
    yaxis: axis,
  };
}

/** What the bar over the chart offers: both kinds of picture, and the way back from a zoom. Made once a chart: another
 * bar would make plotly.js begin anew, and forget the zoom. */
function bar(Plotly, known) {
  const save = (format) => (chart) =>
    Plotly.downloadImage(chart, { format, filename: known.data.name, scale: format === "png" ? 2 : 1 });
  return {
    displaylogo: false,
    scrollZoom: false,
    responsive: true,
    modeBarButtons: [
      ["zoom2d", "pan2d", "resetScale2d"],
      [
        { name: "png", title: "Save as PNG", icon: Plotly.Icons.camera, click: save("png") },
        { name: "svg", title: "Save as SVG", icon: SVG, click: save("svg") },
      ],
    ],
  };
}

function paint(Plotly, host, known) {
  const data = known.data;
  known.bar ??= bar(Plotly, known);
  const figure = JSON.parse(data.figure);
  const layout = { ...figure.layout, uirevision: data.view || "stay" };
  layout.template = { layout: theme(host) };
  Plotly.react(host, figure.data, layout, known.bar);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".kpi-chart");
  const told = JSON.stringify(data);
  host.setAttribute("role", "figure");
  host.setAttribute("aria-label", data.says);
  host.classList.toggle("clicks", data.clicks);
  const height = JSON.parse(data.figure).layout.height;
  if (height) host.style.minHeight = `${height}px`; // nothing below moves when the chart comes

  let known = drawn.get(host);
  if (!known) {
    known = { told: null, data, count: 0 };
    drawn.set(host, known);
    known.scheme = matchMedia("(prefers-color-scheme: dark)");
    known.again = () => window.Plotly && setTimeout(() => paint(window.Plotly, host, known), 100);
    known.scheme.addEventListener("change", known.again);
  }
  known.tell = setTriggerValue;
  known.data = data;
  if (known.told === told) return undefined;
  known.told = told;

  plotly(data.script)
    .then((Plotly) => {
      if (known.data !== data || !host.isConnected) return;
      paint(Plotly, host, known);
      host.dataset.drawn = String(++known.count); // how often, for who watches that nothing flickers
      if (known.listens) return;
      known.listens = true;
      host.on("plotly_click", (event) => {
        const [point] = event.points;
        if (!known.data.clicks || !point) return;
        known.tell("point", { index: point.pointIndex, x: point.x, y: point.y, series: point.curveNumber });
      });
      known.size = new ResizeObserver(() => host.offsetWidth && Plotly.Plots.resize(host));
      known.size.observe(host);
    })
    .catch((error) => {
      host.textContent = `This chart cannot be drawn here: ${error.message}. ${data.says}`;
      host.classList.add("says");
    });

  return () => {
    if (host.isConnected) return; // the page only told it anew
    known.size?.disconnect();
    known.scheme.removeEventListener("change", known.again);
    if (window.Plotly) window.Plotly.purge(host);
  };
}
