// The views besides the overview, which comes ready made: findings, one finding, threads, one thread, one storyline.

function kindCounts(findings) {
  const kept = reviews.kept(findings), dismissed = findings.length - kept.length;
  return h("span", { class: "kinds" }, countKinds(kept).map((n, kind) => n > 0 && h("span", { class: DATA.kinds[kind] }, many(n, DATA.kinds[kind]))),
    dismissed > 0 && h("span", { class: "muted" }, `${dismissed.toLocaleString("en")} dismissed`));
}

let isOverviewOwn = false; // its numbers are not those it came with

// The overview comes without the findings that were dismissed when it was written; here those that the reader dismissed since are taken out as well.
function showOverview() {
  if (!isOverviewOwn && !reviews.toExport().length) return;
  isOverviewOwn = true;
  const kept = reviews.kept(DATA.findings).length, dismissed = document.getElementById("n-dismissed");
  document.getElementById("n-kept").textContent = many(kept, "finding");
  dismissed.textContent = `${many(DATA.findings.length - kept, "dismissed finding")} left out.`;
  dismissed.hidden = kept === DATA.findings.length;
  overview.querySelectorAll("[data-n]").forEach((number) => { // each is as long as the list that its link leads to
    const link = number.closest("a"), noun = link.querySelector("[data-noun]");
    const n = DATA.findings.filter(predicate(readFilters(link.getAttribute("href").split("?")[1] || ""))).length;
    number.textContent = n.toLocaleString("en");
    if (noun) noun.textContent = n === 1 ? noun.dataset.noun : `${noun.dataset.noun}s`;
  });
  overview.querySelectorAll("[data-story]").forEach((place) => place.replaceChildren(...kindCounts(STORYLINE.get(place.dataset.story).findings).childNodes));
  overview.querySelectorAll("[data-finding]").forEach((row) => { row.hidden = reviews.decision(FINDING.get(row.dataset.finding)) === "dismissed"; });
}

function dates(articles) {
  const dated = articles.filter((a) => a.date).sort((a, b) => compare(a.date, b.date));
  if (!dated.length) return "undated";
  const first = DAY.format(new Date(dated[0].date)), last = DAY.format(new Date(dated[dated.length - 1].date));
  return first === last ? first : `${first} to ${last}`;
}

// The types of a storyline's findings, each as a link to those.
function typeCounts(storyline) {
  const links = countTypes(reviews.kept(storyline.findings)).map(([type, n]) => h("a", { href: writeFilters({ ...readFilters(""), story: storyline.id, type: [type] }) }, `${type} ${n.toLocaleString("en")}`));
  return h("div", { class: "kinds small" }, links);
}

// --- findings ---------------------------------------------------------------------------------------------------------------------------------------------

function findingsView(filters) {
  if (!DATA.findings.length) return nothing("Findings", "Nothing was found.");
  const list = h("div", { id: "list" }), count = h("h1", { id: "count", "aria-live": "polite" }), hint = h("p", { class: "muted small hint" });
  const panel = h("div", { class: "filters" });
  const refresh = () => {
    history.replaceState(history.state, "", writeFilters(filters));
    address = location.hash;
    rememberFindings();
    showList(filters, list, count, hint);
    showFacets(filters, panel);
  };
  const sort = choice("Sort", SORTS, filters.sort, (value) => { filters.sort = value; refresh(); });
  const review = choice("Show", REVIEW_CHOICES, filters.review, (value) => { filters.review = value; refresh(); });
  const fold = h("label", null, h("input", { type: "checkbox", checked: filters.fold === "1", onchange: (e) => { filters.fold = e.target.checked ? "1" : "0"; refresh(); } }), "Fold alike");
  buildFilters(filters, panel, refresh);
  // After a decision: the cards stay where they are, a dismissed one as a line with its Undo; the numbers are those of the list as it would be drawn now.
  list.recount = () => {
    showCount(filters, count, hint);
    showFacets(filters, panel);
  };
  const view = h("div", { class: "work" },
    h("details", { open: window.innerWidth > 860 }, h("summary", null, "Filters", h("span", { class: "muted set" })), panel),
    h("div", null, h("div", { class: "bar" }, count, fold, review, sort), hint, list));
  view.firstChild.className = "filters";
  panel.className = "";
  showList(filters, list, count, hint);
  showFacets(filters, panel);
  return view;
}

function choice(label, options, value, pick) {
  return h("label", null, label, h("select", { onchange: (event) => pick(event.target.value) },
    Object.entries(options).map(([name, text]) => h("option", { value: name, selected: name === value }, text))));
}

// Tells how many findings pass, and returns them in their groups.
function showCount(filters, count, hint) {
  const found = DATA.findings.filter(predicate(filters));
  const groups = grouped(found, filters);
  const folded = groups.length < found.length ? `, on ${many(groups.length, "point")}` : "";
  count.textContent = many(found.length, "finding") + folded;
  const dismissed = filters.review === "kept" ? DATA.findings.filter(predicate({ ...filters, review: "dismissed" })).length : 0;
  hint.textContent = dismissed ? `${many(dismissed, "dismissed finding")} not shown.` : "";
  hint.hidden = !dismissed;
  return groups;
}

function showList(filters, list, count, hint) {
  const groups = showCount(filters, count, hint);
  if (!groups.length) {
    const reset = h("a", { href: "#/findings" }, "Clear all filters");
    list.replaceChildren(h("div", { class: "empty panel" }, h("p", null, "No finding passes these filters."), reset));
    return;
  }
  list.replaceChildren(lazyList(groups, drawGroup, 25));
}

function drawGroup([first, ...others]) {
  const box = h("div", null, card(first, 2, false));
  if (others.length) {
    const label = `${many(others.length, "more finding")} on this point`;
    const rest = h("div", { class: "folded", hidden: true });
    const button = h("button", { type: "button", class: "plain", "aria-expanded": "false", onclick: () => {
      rest.hidden = !rest.hidden;
      button.setAttribute("aria-expanded", String(!rest.hidden));
      if (!rest.firstChild) others.forEach((finding) => rest.append(card(finding, 3, false)));
    } }, label);
    box.append(h("div", { class: "more small" }, button), rest);
  }
  return box;
}

function buildFilters(filters, panel, refresh) {
  let timer = 0;
  const later = (name) => (event) => {
    filters[name] = event.target.value;
    clearTimeout(timer);
    timer = setTimeout(refresh, name === "q" ? 120 : 0);
  };
  const boxes = (name, values, legend) => h("fieldset", { "data-facet": name }, h("legend", null, legend), values.map((value) => {
    const toggle = (event) => { filters[name] = event.target.checked ? [...filters[name], value] : filters[name].filter((v) => v !== value); refresh(); };
    return h("label", { class: "pick" }, h("input", { type: "checkbox", value, checked: filters[name].includes(value), onchange: toggle }), h("span", { class: name === "kind" ? value : null }, value), h("span", { class: "num" }));
  }));
  const used = new Set(DATA.findings.flatMap((f) => [...f.types]));
  const outlets = [...new Set(DATA.findings.flatMap((f) => [...f.outlets]))].sort((a, b) => a.localeCompare(b));
  const directions = [...new Set(DATA.findings.flatMap((f) => f.changes.map((c) => c.direction)))].filter(Boolean).sort();
  const select = (name, all, values) => h("select", { id: `by-${name}`, onchange: later(name) }, h("option", { value: "" }, all),
    values.map(([value, text]) => h("option", { value, selected: filters[name] === value }, clipped(text, 60))));
  const known = (name, values) => (filters[name] && !values.some(([value]) => value === filters[name]) ? [...values, [filters[name], filters[name]]] : values);
  const field = (name, label, control) => h("fieldset", null, h("label", { class: "label", for: `by-${name}` }, label), control);
  add(panel, [
    field("q", ["Search ", h("kbd", { "aria-hidden": "true" }, "/")], h("input", { type: "search", id: "by-q", value: filters.q, placeholder: "words, names, outlets", oninput: later("q") })),
    boxes("kind", DATA.kinds, "Kind"), boxes("type", DATA.types.filter((type) => used.has(type)), "Type of change"),
    field("dir", "Direction", select("dir", "any", known("dir", directions.map((d) => [d, d])))),
    field("outlet", "Outlet", select("outlet", "all outlets", known("outlet", outlets.map((name) => [name, name])))),
    field("story", "Storyline", select("story", "all storylines", known("story", DATA.storylines.map((s) => [s.id, s.title])))),
    field("min", "Score at least", h("input", { type: "number", id: "by-min", min: "0", max: "1", step: "0.05", value: filters.min, oninput: later("min") })),
    h("fieldset", null, h("legend", null, "A claim published between"), h("div", { class: "pair" },
      h("input", { type: "date", value: filters.from, "aria-label": "published on or after", onchange: later("from") }),
      h("input", { type: "date", value: filters.to, "aria-label": "published on or before", onchange: later("to") }))),
    DATA.runs.length > 1 && h("label", { class: "pick" }, h("input", { type: "checkbox", checked: Boolean(filters.new), onchange: (e) => { filters.new = e.target.checked ? "1" : ""; refresh(); } }), h("span", null, "New in the last run"), h("span", { class: "num", "data-new": true })),
    h("p", { class: "reset" }, h("a", { href: "#/findings" }, "Clear all filters"))]);
}

// Beside each choice, how many findings it would show with the other filters as they are.
function showFacets(filters, panel) {
  for (const name of ["kind", "type"]) {
    const found = DATA.findings.filter(predicate(filters, name));
    panel.querySelectorAll(`[data-facet="${name}"] .pick`).forEach((label) => {
      const value = label.querySelector("input").value;
      label.lastChild.textContent = found.filter((f) => (name === "kind" ? f.kindName === value : f.types.has(value))).length.toLocaleString("en");
    });
  }
  const fresh = panel.querySelector("[data-new]");
  if (fresh) fresh.textContent = DATA.findings.filter(predicate({ ...filters, new: "1" })).length.toLocaleString("en");
  panel.querySelector(".reset").hidden = writeFilters(filters) === "#/findings";
  const n = countFilters(filters); // seen where the panel is shut, as on a phone
  panel.parentNode.querySelector(".set").textContent = n ? `: ${n} set` : "";
}

function findingView(id) {
  const finding = FINDING.get(id);
  if (!finding) return missing("finding", id);
  const alike = DATA.findings.filter((f) => f.point === finding.point && f !== finding);
  return h("div", null,
    crumbs(finding.storyline, finding.thread),
    h("h1", { class: "sr" }, `Finding ${finding.id}`),
    card(finding, 2, true),
    alike.length > 0 && h("section", null, h("div", { class: "heading" }, h("h2", null, `${many(alike.length, "more finding")} on this point`)), lazyList(alike, (f) => card(f, 3, false), 10)));
}

// A view that has nothing to list.
function nothing(heading, text) {
  return h("div", { class: "empty panel" }, h("h1", { class: "sr" }, heading), h("p", null, text), h("p", null, h("a", { href: "#/" }, "The overview says why")));
}

function crumbs(storyline, thread) {
  return h("p", { class: "small no-print crumbs" },
    h("a", { href: findingsTab().getAttribute("href") }, "Findings"), " › ", h("a", { href: `#/storyline/${storyline.id}` }, quoted(clipped(storyline.title, 70))),
    thread && [" › ", h("a", { href: `#/thread/${thread.id}` }, "Thread")]);
}

function missing(what, id) {
  return h("div", { class: "empty panel" }, h("h1", null, `There is no ${what} ${clipped(id, 40)} in this report`),
    h("p", { class: "muted" }, "It may belong to another outputs folder, or to results that were replaced."), h("p", null, h("a", { href: "#/" }, "Overview")));
}

// --- threads and storylines -------------------------------------------------------------------------------------------------------------------------------

function threadRow(thread) {
  const first = thread.tellings[0][0];
  return h("li", null,
    h("a", { class: "said", href: `#/thread/${thread.id}` }, quoted(clipped(first.text, 240))),
    h("div", { class: "small muted" }, `${many(thread.tellings.length, "telling")} by ${many(threadOutlets(thread).size, "outlet")}, ${dates(thread.tellings.map(([c]) => c.article))}`),
    kindCounts(thread.findings));
}

function threadOutlets(thread) {
  return new Set(thread.tellings.flat().flatMap((claim) => [claim.article.name, ...claim.article.also]));
}

function byFindings(threads) {
  return byKept(threads, (a, b) => a.number - b.number);
}

// Threads or storylines, those with the most findings that are not dismissed first.
function byKept(rows, otherwise) {
  const n = new Map(rows.map((row) => [row, reviews.kept(row.findings).length]));
  return [...rows].sort((a, b) => n.get(b) - n.get(a) || otherwise(a, b));
}

function threadsView() {
  if (!DATA.threads.length) return nothing("Threads", "No thread has a finding.");
  return h("div", null, h("div", { class: "heading" }, h("h1", null, many(DATA.threads.length, "thread")),
    h("p", { class: "muted" }, "A thread is the claims, across articles, that tell one fact. Those with the most findings come first.")),
    h("div", { class: "panel" }, rowList(byFindings(DATA.threads), threadRow)));
}

function rowList(items, draw) {
  const list = lazyList(items, draw, 40), rows = h("ul", { class: "threads" });
  const box = h("div", null, rows);
  // A list may hold list items only: the rows move in, the buttons stay outside.
  const move = () => list.querySelectorAll(":scope > li").forEach((row) => rows.append(row));
  new MutationObserver(move).observe(list, { childList: true });
  move();
  box.append(list);
  return box;
}

function threadView(id) {
  const thread = THREAD.get(id);
  if (!thread) return missing("thread", id);
  const chart = document.getElementById(`chart-${thread.number}`);
  const place = new Map(thread.tellings.flatMap((claims, n) => claims.map((claim) => [claim, n])));
  return h("div", { class: "stack" },
    crumbs(thread.storyline, null),
    h("div", { class: "heading" }, h("h1", null, "Thread: how one fact was told"), kindCounts(thread.findings)),
    h("p", { class: "muted" }, `${many(thread.tellings.length, "telling")} by ${many(threadOutlets(thread).size, "outlet")}, ${dates(thread.tellings.map(([c]) => c.article))}. `,
      "Marked words differ from an earlier telling; dotted ones are told differently later. A chain of likenesses can join two facts: read a long thread with care."),
    chart && h("figure", { class: "panel scroll", tabindex: "0" }, h("figcaption", null, h("h2", null, "Certainty over time")), chart.content.cloneNode(true)),
    h("ol", { class: "timeline" }, timeline(thread).map(({ numbers, isQuiet }) => {
      const draw = () => numbers.map((n) => telling(thread, thread.tellings[n], n, place));
      return isQuiet ? quietTellings(numbers, draw) : draw();
    })));
}

const WHOLE_THREAD = 8; // tellings; of a longer thread, those without a finding are folded where they stand

// The thread's tellings by number, in runs of such with a finding, and such without.
function timeline(thread) {
  const told = new Set(thread.findings.flatMap((finding) => [finding.earlier, finding.later]));
  const runs = [];
  thread.tellings.forEach((claims, n) => {
    const isQuiet = thread.tellings.length > WHOLE_THREAD && !claims.some((claim) => told.has(claim));
    const last = runs[runs.length - 1];
    if (last && last.isQuiet === isQuiet) last.numbers.push(n);
    else runs.push({ numbers: [n], isQuiet });
  });
  return runs;
}

function quietTellings(numbers, draw) {
  const [first, last] = [numbers[0] + 1, numbers[numbers.length - 1] + 1];
  const label = first === last ? `Telling ${first} is in no finding` : `Tellings ${first} to ${last} are in no finding`;
  return h("li", { class: "quiet" }, h("details", null, h("summary", { class: "muted small" }, label), h("ol", { class: "timeline" }, draw())));
}

function telling(thread, claims, number, place) {
  const [claim, ...copies] = claims;
  // Each finding is told at the later of its two tellings; where the order is not known, at the one further down.
  const ends = (f) => (f.ordered || place.get(f.earlier) <= place.get(f.later) ? ["earlier", "later"] : ["later", "earlier"]);
  const before = (f) => place.get(f[ends(f)[0]]), after = (f) => place.get(f[ends(f)[1]]);
  const back = thread.findings.filter((f) => claims.includes(f[ends(f)[1]])).sort((a, b) => before(b) - before(a) || b.score - a.score);
  const ahead = thread.findings.filter((f) => claims.includes(f[ends(f)[0]])).sort((a, b) => after(a) - after(b) || b.score - a.score);
  const basis = back[0] || ahead[0], faint = !back.length, own = basis && ends(basis)[faint ? 0 : 1];
  const text = basis && basis[own].text === claim.text ? marked(claim.text, basis.marks[own === "earlier" ? 0 : 1], basis.changes, faint) : quoted(claim.text);
  const steps = alikeSteps(back, before);
  return h("li", { id: `telling-${number + 1}` },
    h("span", { class: "no", "aria-hidden": "true" }, number + 1),
    h("div", { class: "when" }, h("b", { class: "clip" }, quoted(claim.article.name)), h("span", { class: "muted" }, when(claim.article, true), claim.article.replaced && ", replaced since"), meter(claim.sure),
      claim.said && h("span", { class: "muted clip" }, "said by ", claim.hearsay && "nobody named: ", quoted(claim.said))),
    h("blockquote", null, text),
    foldedCopies(claim, copies),
    steps.length > 0 && h("ul", null, steps.slice(0, 3).map(step)),
    steps.length > 3 && h("details", { class: "small" }, h("summary", null, `${many(steps.length - 3, "more difference")} from earlier tellings`), h("ul", null, steps.slice(3).map(step))));
}

// The findings of a telling, those in one that say the same of the same earlier telling: its word-for-word copies make one each.
function alikeSteps(findings, before) {
  const steps = new Map();
  findings.forEach((finding) => {
    const key = [before(finding), finding.kind, finding.verdict].join("\n");
    if (steps.has(key)) steps.get(key).nAlike += 1;
    else steps.set(key, { finding, number: before(finding) + 1, nAlike: 0 });
  });
  return [...steps.values()];
}

// Where else a telling stands word for word: other places of its article, and other articles with theirs.
function foldedCopies(claim, copies) {
  const elsewhere = (article) => article.also.map((name) => h("li", null, quoted(name), h("span", { class: "muted" }, ", the same article")));
  const places = [elsewhere(claim.article), copies.map((copy) => [h("li", null, quoted(copy.article.name), h("span", { class: "muted" }, ", ", when(copy.article))), elsewhere(copy.article)])].flat(3);
  return places.length > 0 && h("details", { class: "small" }, h("summary", null, `Word for word in ${many(places.length, "other place")}`), h("ul", null, places));
}

function step({ finding, number, nAlike }) {
  const decision = reviews.decision(finding);
  return h("li", null, h("span", { class: finding.kindName }, finding.kindName), ` against ${number}: `, h("a", { href: findingLink(finding) }, quoted(finding.verdict)),
    h("span", { class: "muted" }, nAlike ? ` · and ${nAlike} more with a copy` : "", decision === "open" ? "" : ` · ${decision}`));
}

function storylinesView() {
  if (!DATA.storylines.length) return nothing("Storylines", "No storyline has a finding.");
  const sorted = byKept(DATA.storylines, (a, b) => compare(a.id, b.id));
  return h("div", null, h("div", { class: "heading" }, h("h1", null, many(sorted.length, "storyline")), h("p", { class: "muted" }, "Articles about one event. Those with the most findings come first.")),
    h("div", { class: "panel" }, rowList(sorted, storylineRow)));
}

function storylineRow(storyline) {
  return h("li", null, h("a", { href: `#/storyline/${storyline.id}` }, quoted(clipped(storyline.title, 200))),
    h("div", { class: "small muted" }, `${dates(storyline.articles)} · ${many(storyline.articles.length, "article")} · `, quoted(storyline.names.join(", "))), kindCounts(storyline.findings),
    h("div", { class: "small muted" }, countTypes(reviews.kept(storyline.findings)).map(([type, n]) => `${type} ${n.toLocaleString("en")}`).join(" · ")));
}

function storylineView(id) {
  const storyline = STORYLINE.get(id);
  if (!storyline) return missing("storyline", id);
  const filters = { ...readFilters(""), story: id };
  return h("div", { class: "stack" },
    h("div", { class: "heading" }, h("h1", null, quoted(clipped(storyline.title, 200))), kindCounts(storyline.findings)),
    h("p", null, h("a", { href: writeFilters(filters) }, `All ${many(reviews.kept(storyline.findings).length, "finding")}`), h("span", { class: "muted" }, ` · ${dates(storyline.articles)} · `, quoted(storyline.names.join(", ")))),
    typeCounts(storyline),
    h("section", { class: "panel" }, h("div", { class: "heading" }, h("h2", null, many(storyline.articles.length, "article"))),
      h("ul", { class: "articles" }, storyline.articles.map((article) => h("li", null,
        h("span", { class: "muted num" }, when(article)),
        h("div", null, h("b", { class: "clip" }, quoted(article.name)),
          article.url || (article.title || article.source) !== article.name ? h("div", { class: "clip" }, article.url ? sourceLink(article) : quoted(article.title || article.source)) : "",
          article.replaced && h("div", { class: "small muted" }, "its source has another text now"),
          article.also.length > 0 && h("div", { class: "small muted clip" }, "also in ", quoted(article.also.join("; ")))))))),
    h("section", { class: "panel" }, h("div", { class: "heading" }, h("h2", null, many(storyline.threads.length, "thread"))), rowList(byFindings(storyline.threads), threadRow)));
}
