// Building elements. Text of articles only ever becomes text nodes and attribute values: there is no innerHTML on this page.

const SVG = "http://www.w3.org/2000/svg";

function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  add(element, children);
  if (element.classList.contains("clip")) nameWhole(element);
  return element;
}

// What is cut off at two lines stands in full in the title.
function nameWhole(element) {
  element.title = clipped(element.textContent.replace(/\s+/g, " ").trim(), 500);
}

// Appends children, those left out that a condition made null, undefined, false or empty: append() itself would print "false".
function add(element, children) {
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

// What an article says, set apart: its direction of writing ends where it ends.
function quoted(text) {
  return h("bdi", null, text);
}

function many(n, one, several) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : several || one + "s"}`;
}

function clipped(text, n) {
  const letters = Array.from(text);
  return letters.length <= n ? text : letters.slice(0, n - 1).join("") + "…";
}

function changeName(change) {
  return `${change.type} ${change.direction}`.trim();
}

// A claim with the words that changed: `marks` are [start, end, change, …]. Each mark tells by colour which change it is, of several by its number too, and
// to a screen reader in words; these are the style's, so that what is copied or searched is the claim alone.
function marked(text, marks, changes, faint) {
  const parts = [], lengths = changes.map(() => 0);
  marks.forEach(([start, stop, ...numbers]) => numbers.forEach((n) => { lengths[n] += stop - start; }));
  let end = 0;
  marks.forEach(([start, stop, ...numbers], i) => {
    parts.push(text.slice(end, start));
    // Changes may overlap: each mark has the colour of the shortest there, and the numbers of those that end with it.
    const innermost = numbers.reduce((a, b) => (lengths[b] < lengths[a] ? b : a));
    const goOn = i + 1 < marks.length && marks[i + 1][0] === stop ? marks[i + 1].slice(2) : [];
    const ending = numbers.filter((n) => !goOn.includes(n)).map((n) => n + 1).join(" ");
    parts.push(h("mark", {
      class: `c${innermost % 4}${faint ? " faint" : ""}`, title: numbers.map((n) => changeName(changes[n])).join(", "), "data-number": changes.length > 1 && !faint ? ending || null : null,
    }, text.slice(start, stop)));
    end = stop;
  });
  parts.push(text.slice(end));
  return h("bdi", null, parts);
}

// How surely a claim is put, as a row of squares and a word.
function meter(level) {
  const name = DATA.certainty[level];
  return h("span", { class: "one" },
    h("span", { class: "meter", "aria-hidden": "true" }, DATA.certainty.slice(1).map((_, i) => h("i", { class: i < level ? "on" : null }))), name);
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

function when(article, exact) {
  if (!article.date) return "undated";
  const at = new Date(article.date);
  return DAY.format(at) + (exact && !article.day_only ? `, ${MINUTE.format(at)} UTC` : "");
}

let statusTimer = 0;
function announce(text) {
  const status = document.getElementById("status");
  status.textContent = text;
  clearTimeout(statusTimer);
  statusTimer = setTimeout(() => { status.textContent = ""; }, 5000);
}

// Shows `items` a page at a time, more as the reader comes near the end: thousands of cards at once would take seconds.
function lazyList(items, draw, pageSize) {
  const box = h("div", { class: "lazy" });
  let shown = 0;
  const label = h("button", { type: "button", onclick: () => more() });
  const sentinel = h("div", { class: "bar sentinel" }, label);
  function more(n) {
    const page = items.slice(shown, shown + (n || pageSize));
    shown += page.length;
    const fragment = document.createDocumentFragment();
    page.forEach((item) => fragment.append(draw(item)));
    sentinel.before(fragment);
    sentinel.hidden = shown >= items.length;
    label.textContent = `Show more (${(items.length - shown).toLocaleString("en")} left)`;
    return page.length > 0;
  }
  box.append(sentinel);
  more();
  if ("IntersectionObserver" in window) {
    new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting) && box.isConnected) more(); }, { rootMargin: "600px" }).observe(sentinel);
  }
  box.more = more;
  box.count = () => shown;
  return box;
}

// What is printed is the whole of a list, not what was drawn so far, and what is folded, too; afterwards it is folded again.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  document.querySelectorAll(".lazy").forEach((box) => box.more(Infinity));
  unfolded = [...document.querySelectorAll("#view details:not(.filters):not([open]) > summary, #view .more button[aria-expanded=false]")];
  unfolded.forEach((control) => control.click());
});
window.addEventListener("afterprint", () => {
  unfolded.forEach((control) => control.click());
  unfolded = [];
});
