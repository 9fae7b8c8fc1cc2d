// Draws the figures of a report in the colours of the page, and again where these change: at dusk, and for paper.

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const charts = [...document.querySelectorAll(".chart")].map((host) => ({
    host,
    figure: JSON.parse(document.getElementById(`${host.id}-figure`).textContent),
  }));

  /** The page's colours, as its style sheet has them now; those of paper are light whatever the screen has. */
  function template(onPaper) {
    const style = getComputedStyle(document.documentElement);
    const of = (name, paper) => (onPaper ? paper : style.getPropertyValue(name).trim());
    const [ink, quiet, line] = [of("--ink", "#16202b"), of("--quiet", "#52606f"), of("--line", "#c6cdd5")];
    const font = { family: style.fontFamily || "system-ui, sans-serif", size: 12 };
    const axis = {
      gridcolor: line,
      zerolinecolor: line,
      linecolor: line,
      tickfont: { color: quiet },
      title: { font: { color: quiet } },
      automargin: true,
      ticks: "outside",
      ticklen: 6,
      tickcolor: "rgba(0,0,0,0)",
    };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { ...font, color: ink },
        hoverlabel: { bgcolor: of("--card", "#fff"), bordercolor: line, font: { ...font, size: 13, color: ink } },
        modebar: { bgcolor: "rgba(0,0,0,0)", color: quiet, activecolor: ink },
        xaxis: axis,
        yaxis: axis,
      },
    };
  }

  const config = {
    displaylogo: false,
    scrollZoom: false,
    responsive: true,
    modeBarButtonsToRemove: ["lasso2d", "select2d", "sendDataToCloud", "autoScale2d"],
    toImageButtonOptions: { format: "png", scale: 2 },
  };

  /** A chart is lower on paper, in the same proportion to the others, and never higher than a sheet. */
  const lower = (height) => Math.min(Math.round(0.735 * height), 600);

  function draw(onPaper) {
    document.documentElement.classList.toggle("paper", onPaper); // as wide as a sheet, so that it can be measured
    for (const { host, figure } of charts) {
      const layout = { ...figure.layout, template: template(onPaper) };
      if (onPaper) Object.assign(layout, { width: host.clientWidth, height: lower(layout.height) });
      Plotly.react(host, figure.data, layout, config);
    }
  }

  draw(false);
  document.documentElement.dataset.drawn = String(charts.length); // for whoever waits for it
  dark.addEventListener("change", () => draw(false));
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw(false));
})();
