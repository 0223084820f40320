// The router and the keyboard.

const main = document.getElementById("main");
const overview = document.getElementById("overview");
const VIEWS = { // with the tab that each belongs to
  findings: [(id, query) => findingsView(readFilters(query)), "findings"], finding: [findingView, "findings"],
  threads: [threadsView, "threads"], thread: [threadView, "threads"], storylines: [storylinesView, "overview"], storyline: [storylineView, "overview"],
};

function route() {
  const [path, query] = location.hash.replace(/^#/, "").split(/\?(.*)/s);
  const [, view = "", id = ""] = path.split("/");
  if (path && !path.startsWith("/")) return; // an anchor inside the page
  keepPlace();
  const isOverview = !Object.hasOwn(VIEWS, view);
  const [draw, tab] = isOverview ? [() => "", "overview"] : VIEWS[view];
  overview.hidden = !isOverview;
  document.getElementById("view").replaceChildren(draw(id, query));
  document.querySelectorAll("nav.tabs a").forEach((link) => {
    if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  const heading = document.querySelector("#view h1");
  document.title = `${isOverview ? "Overview" : heading ? clipped(heading.textContent, 80) : "Findings"} · claimdrift`;
  rememberFindings();
  showReviewCounts();
  if (isOverview) showOverview();
  takePlace();
}

// The tab "Findings" leads back to the list as it was left.
function rememberFindings() {
  if (location.hash.startsWith("#/findings")) findingsTab().setAttribute("href", location.hash);
}

function findingsTab() {
  return document.querySelector('[data-tab="findings"]');
}

// Where the reader was, per entry of the history: Back leads there, not to the top of a list of thousands. The tab "Findings" does likewise.
const places = new Map();
let entry = null, address = "", nEntries = 0;
history.scrollRestoration = "manual"; // by the page, once the list is as long again

function keepPlace() {
  if (entry === null) return;
  const list = document.querySelector("#view .lazy"), box = currentCard(), link = document.activeElement && document.activeElement.closest("main a");
  const focus = box ? `#${CSS.escape(box.id)}` : link ? `a[href="${CSS.escape(link.getAttribute("href"))}"]` : null;
  const place = { y: window.scrollY, n: list ? list.count() : 0, focus };
  places.set(entry, place);
  if (address.startsWith("#/findings")) places.set(address, place);
}

function takePlace() {
  const isFirst = entry === null, known = history.state && history.state.entry;
  const place = known ? places.get(known) : places.get(location.hash);
  entry = known || `${Date.now()}.${nEntries++}`;
  address = location.hash;
  if (!known) history.replaceState({ entry }, "");
  if (isFirst) return;
  const list = document.querySelector("#view .lazy");
  if (place && list && place.n > list.count()) list.more(place.n - list.count());
  const target = place && place.focus ? main.querySelector(place.focus) : null;
  (target || main).focus({ preventScroll: true });
  window.scrollTo(0, place ? place.y : 0);
}

function cards() {
  return [...document.querySelectorAll(".card")].filter((element) => element.offsetParent !== null);
}

function currentCard() {
  return document.activeElement && document.activeElement.closest(".card");
}

function move(step) {
  let all = cards(), at = all.indexOf(currentCard());
  if (at < 0) { // nothing is chosen yet: the first card on the screen
    const visible = all.findIndex((element) => element.getBoundingClientRect().bottom > 80);
    at = step > 0 ? visible - 1 : visible + 1;
  }
  if (at + step >= all.length) {
    const list = document.querySelector("#list > div");
    if (list && list.more && list.more()) all = cards();
  }
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => move(1), k: () => move(-1),
  a: () => withCard((box) => { decide(box, "accept"); }),
  d: () => withCard((box) => {
    if (reviews.decision(box.finding) === "dismissed") announce("It is dismissed already: u undoes that.");
    else decide(box, "dismiss");
  }),
  n: () => withCard((box) => { decide(box, "note"); }),
  u: () => withCard((box) => { decide(box, "undo"); }),
  o: () => withCard((box) => { box.draw(!box.open); box.focus({ preventScroll: true }); }),
  t: () => withCard((box) => { location.hash = `#/thread/${box.finding.thread.id}`; }),
  e: () => { if (!document.getElementById("export").disabled) exportReviews(); },
  "/": search,
  "?": () => document.getElementById("help").showModal(),
  1: () => { location.hash = "#/"; },
  2: () => { location.hash = findingsTab().getAttribute("href"); },
  3: () => { location.hash = "#/threads"; },
};

function search() {
  if (!document.getElementById("by-q")) {
    history.pushState(null, "", "#/findings");
    route();
  }
  const field = document.getElementById("by-q");
  if (!field) return; // without findings there is nothing to search
  field.closest("details").open = true;
  field.focus();
}

function withCard(act) {
  const all = cards(), isItsPage = location.hash.startsWith("#/finding/"); // the finding's own page, which has those on the same point below it
  const box = currentCard() || (all.length === 1 || isItsPage ? all[0] : null);
  if (box) act(box);
  else announce("Choose a finding first: j and k move through them.");
}

let held = null; // the key that acted last, while it is down
document.addEventListener("keyup", () => { held = null; });
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === held && !"jk".includes(held)) { // it acts once, and does not go on typing into the field that it opened
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = shortcuts.checked && Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (!act) return;
  event.preventDefault();
  held = event.key;
  act();
});

// What is kept of the page's own settings; without storage they last as long as the page.
function setting(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`claimdrift-${name}`);
    localStorage.setItem(`claimdrift-${name}`, value);
  } catch (error) { /* as said */ }
  return null;
}

const shortcuts = document.getElementById("shortcuts"); // to be switched off by who speaks to the computer: each letter of a word would act
shortcuts.checked = setting("shortcuts") !== "off";
shortcuts.addEventListener("change", () => setting("shortcuts", shortcuts.checked ? "on" : "off"));

document.getElementById("export").addEventListener("click", exportReviews);
document.getElementById("show-help").addEventListener("click", () => document.getElementById("help").showModal());
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement, isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme || (isDark ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  setting("theme", root.dataset.theme);
});
const theme = setting("theme");
if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;

window.addEventListener("hashchange", route);
window.addEventListener("storage", (event) => { // another tab decided something
  if (event.key !== null && !event.key.startsWith(KEY)) return;
  reviews.load();
  document.querySelectorAll(".card").forEach((box) => { if (!box.querySelector(".ask")) box.draw(box.open); });
  showDecisions();
});

overview.querySelectorAll(".clip").forEach(nameWhole);
reviews.load();
warnNotKept();
route();
