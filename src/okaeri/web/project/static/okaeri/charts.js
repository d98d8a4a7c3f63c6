// Drawings that answer to the pointer: a chart that is pointed at, touched or focused turns into a live one.
// The page's own drawing stays what it is for readers of its words, and comes back when the live one cannot be had.
const CROP = 12; // the edge that the drawings on the page have lost
const dark = matchMedia("(prefers-color-scheme: dark)");
const mode = () => document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
let loading;

function library() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = document.querySelector("script[data-charts]").dataset.charts;
    script.onload = () => done(window.okaeriEmbed);
    script.onerror = failed;
    document.head.append(script);
  });
  return loading;
}

const shown = (chart) => [...chart.querySelectorAll("[data-size]")].find((one) => one.offsetParent !== null);

function fit(drawing) {
  const [width, height] = ["width", "height"].map((name) => drawing.getAttribute(name));
  drawing.setAttribute("viewBox", `${CROP} ${CROP} ${width - 2 * CROP} ${height - 2 * CROP}`);
  drawing.removeAttribute("width");
  drawing.removeAttribute("height");
  drawing.setAttribute("aria-hidden", "true");
}

async function enliven(chart) {
  const place = shown(chart);
  if (!place || place.dataset.state) return;
  place.dataset.state = "waiting";
  const live = document.createElement("div");
  live.className = "live";
  try {
    const [embed, answer] = await Promise.all([library(), fetch(`${chart.dataset.live}?size=${place.dataset.size}&mode=${mode()}`)]);
    if (!answer.ok) { place.dataset.state = "still"; return; }
    const spec = await answer.json();
    place.append(live);
    const { view } = await embed(live, spec, {
      ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
    });
    fit(live.querySelector("svg"));
    live.setAttribute("aria-hidden", "true");
    place.dataset.state = "live";
    view.addEventListener("click", (event, item) => follow(chart, spec, item?.datum));
  } catch {
    live.remove();
    place.dataset.state = "still";
  }
}

// A mark leads where the table's own link of the same figure leads: to the customers of a period or of a cohort's cell.
function follow(chart, spec, datum) {
  const article = chart.closest("article");
  if (!datum || !article) return;
  const link = datum.when
    ? [...document.querySelectorAll(`a[data-when="${CSS.escape(datum.when)}"]`)].find((one) => article.contains(one) || article.dataset.alone)
    : cell(article, spec, datum);
  link?.click();
}

function cell(article, spec, datum) {
  const rows = [...article.querySelectorAll("tr[data-cohort]")];
  if (!rows.length || !datum.told) return undefined;
  const places = spec.layer.flatMap((layer) => layer.data?.values ?? []).filter((one) => one.told && one.y % 1 < 0.2).map((one) => Math.floor(one.y));
  const row = rows[rows.length - 1 - Math.max(...places) + Math.floor(datum.y)];
  return datum.y % 1 < 0.2 ? row?.querySelector(`a[data-age="${Math.floor(datum.x)}"]`) : undefined;
}

function asleep(event) {
  const chart = event.target.closest?.(".chart[data-live]");
  if (chart) enliven(chart);
}

for (const kind of ["pointerover", "pointerdown", "focusin"]) document.addEventListener(kind, asleep, { passive: true });
dark.addEventListener("change", () => {
  for (const place of document.querySelectorAll('[data-size][data-state="live"]')) {
    place.querySelector(".live").remove();
    delete place.dataset.state;
  }
});
