// Why a finding is one: how each feature moved its score, what the model and the comparers saw, and where the claims stand.

function evidence(finding, level) {
  const e = finding.evidence;
  return h("div", { class: "evidence" },
    e.moved.length > 0 && h("section", null, h(`h${level}`, null, "What moved the score"), waterfall(finding)),
    h("section", null, h(`h${level}`, null, "What the model reads"), probabilities(e)),
    e.seen.length > 0 && h("section", null, h(`h${level}`, null, "What the comparers saw"),
      h("table", null, h("tbody", null, e.seen.map(([type, verdict, direction, note]) =>
        h("tr", null, h("th", { scope: "row" }, DATA.types[type]), h("td", null, verdict + (direction ? ", " + direction : "")), h("td", { class: "muted" }, quoted(note))))))),
    h("section", { class: "sources" }, h(`h${level}`, null, "Sources"), sources(finding)),
    h("p", { class: "sources muted small" }, `Finding ${finding.id}, of the run of ${runTime(finding.run)}; pair proposed by the rule “${DATA.rules[e.rule]}”.`));
}

function runTime(number) {
  const at = new Date(DATA.runs[number].at);
  return `${DAY.format(at)}, ${MINUTE.format(at)} UTC`;
}

function percent(p) {
  return p === null ? "–" : p < 0.01 && p > 0 ? "<1%" : `${Math.round(p * 100)}%`;
}

function probabilities(e) {
  const rows = [["Do they tell the same fact?", e.same_fact], ["Cosine of the two claims", e.similarity]];
  const relation = [["Both cannot hold", e.relation[0]], ["Both can hold, yet differ", e.relation[1]], ["They say the same", e.relation[2]]].filter(([, p]) => p !== null);
  const nli = ["entails", "is neutral to", "contradicts"];
  return h("table", null,
    h("tbody", null, [...rows, ...relation].map(([label, p]) => h("tr", null, h("th", { scope: "row" }, label), h("td", { class: "n" }, label.startsWith("Cosine") && p !== null ? p.toFixed(2) : percent(p)))),
      nli.map((label, i) => h("tr", null, h("th", { scope: "row" }, `Earlier ${label} later, and back`), h("td", { class: "n" }, `${percent(e.nli[0][i])}, ${percent(e.nli[1][i])}`)))));
}

// Log-odds add up, so the bars are drawn on their scale: from the average pair to this one. The words beside them are probabilities.
function waterfall(finding) {
  const score = Math.min(Math.max(finding.score, 0.0005), 0.9995); // 0 and 1 have no log-odds
  const e = finding.evidence, end = Math.log(score / (1 - score));
  const bars = e.moved.map(([feature, moved]) => ({ label: DATA.features[feature], moved }));
  if (e.rest[0]) bars.push({ label: many(e.rest[0], "other feature"), moved: e.rest[1] });
  let at = end - bars.reduce((sum, bar) => sum + bar.moved, 0);
  const start = at, ends = [0, start, end];
  bars.forEach((bar) => { bar.from = at; at += bar.moved; bar.to = at; ends.push(at); });
  const low = Math.min(...ends), width = Math.max(...ends) - low || 1;
  const x = (logOdds) => ((logOdds - low) / width) * 100;
  const probability = (logOdds) => (1 / (1 + Math.exp(-logOdds))).toFixed(2);
  const bar = (from, to, name) => svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("line", { x1: x(0), x2: x(0), y1: 0, y2: 10, "vector-effect": "non-scaling-stroke" }),
    svg("rect", { class: name, x: Math.min(x(from), x(to)), width: Math.max(0.6, Math.abs(x(to) - x(from))), y: 1, height: 8 }));
  const row = (label, graphic, number) => h("tr", null, h("th", { scope: "row" }, label), h("td", null, graphic), h("td", { class: "n" }, number));
  return h("table", { class: "waterfall" }, h("caption", null, "Bars and their figures are log-odds; the figures of the first and last row are probabilities."),
    h("tbody", null,
      row("An average pair", bar(0, start, "ends"), probability(start)),
      bars.map((b) => row(b.label, bar(b.from, b.to, b.moved >= 0 ? "for" : "against"), (b.moved >= 0 ? "+" : "−") + Math.abs(b.moved).toFixed(2))),
      row(h("b", null, "This pair"), bar(0, end, "ends"), h("b", null, finding.score.toFixed(2)))));
}

function sources(finding) {
  return h("ul", null, ["earlier", "later"].map((name, which) => {
    const claim = finding[name], article = claim.article;
    return h("li", null,
      article.url ? sourceLink(article) : quoted(article.title || article.name),
      h("span", { class: "muted" }, article.title || article.url || article.source !== article.name ? [" · ", quoted(article.source)] : "", ` · character ${claim.at.toLocaleString("en")}`),
      finding.copies[which].length > 0 && h("div", { class: "muted" }, "The same words in: ", quoted(finding.copies[which].join("; "))));
  }));
}
