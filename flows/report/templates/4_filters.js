// Which findings are shown: a plain object that the URL carries, #/findings?kind=drift&type=label,place&min=0.5

const DEFAULTS = { kind: [], type: [], outlet: "", story: "", review: "kept", min: "", from: "", to: "", q: "", sort: "score", fold: "1", new: "", dir: "" };
const SORTS = { score: "surest first", newest: "newest first", oldest: "oldest first", kind: "contradictions first" };
const REVIEW_CHOICES = { kept: "not dismissed", open: "to review", accepted: "accepted", noted: "noted", dismissed: "dismissed", all: "all" };

function readFilters(query) {
  const given = new URLSearchParams(query), filters = {};
  for (const [name, normal] of Object.entries(DEFAULTS)) {
    const value = given.get(name);
    if (value === null) filters[name] = normal;
    else filters[name] = Array.isArray(normal) ? value.split(",").filter(Boolean) : value;
  }
  if (!Object.hasOwn(SORTS, filters.sort)) filters.sort = DEFAULTS.sort;
  if (!Object.hasOwn(REVIEW_CHOICES, filters.review)) filters.review = DEFAULTS.review;
  filters.kind = filters.kind.filter((kind) => DATA.kinds.includes(kind));
  filters.type = filters.type.filter((type) => DATA.types.includes(type));
  if (Number.isNaN(Number(filters.min))) filters.min = DEFAULTS.min;
  return filters;
}

function writeFilters(filters) {
  const query = new URLSearchParams();
  for (const [name, normal] of Object.entries(DEFAULTS)) {
    const value = Array.isArray(normal) ? filters[name].join(",") : filters[name];
    if (value !== (Array.isArray(normal) ? "" : normal)) query.set(name, value);
  }
  const text = query.toString().replaceAll("%2C", ",");
  return "#/findings" + (text ? "?" + text : "");
}

// How many filters are set; the order and the folding of alike findings are none.
function countFilters(filters) {
  return Object.entries(DEFAULTS).filter(([name, normal]) => name !== "sort" && name !== "fold" && String(filters[name]) !== String(normal)).length;
}

// Return a test of one finding; `without` names a filter to leave out, for the counts beside its choices.
function predicate(filters, without) {
  const tests = [];
  const add = (name, test) => { if (name !== without) tests.push(test); };
  if (filters.kind.length) add("kind", (f) => filters.kind.includes(f.kindName));
  if (filters.type.length) add("type", (f) => filters.type.some((type) => f.types.has(type)));
  if (filters.dir) add("dir", (f) => f.changes.some((c) => c.direction === filters.dir && (!filters.type.length || filters.type.includes(c.type))));
  if (filters.outlet) add("outlet", (f) => f.outlets.has(filters.outlet));
  if (filters.story) add("story", (f) => f.storyline.id === filters.story);
  if (filters.min) add("min", (f) => Number(f.score.toFixed(2)) >= Number(filters.min)); // as it is shown
  if (filters.from || filters.to) {
    const within = ({ article }) => article.date !== null && article.date.slice(0, 10) >= filters.from && (!filters.to || article.date.slice(0, 10) <= filters.to);
    add("dates", (f) => within(f.earlier) || within(f.later));
  }
  if (filters.new) add("new", (f) => f.run === LAST_RUN);
  const words = filters.q.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
  if (words.length) add("q", (f) => words.every((word) => haystack(f).includes(word)));
  if (filters.review === "kept") add("review", (f) => reviews.decision(f) !== "dismissed");
  else if (filters.review !== "all") add("review", (f) => reviews.decision(f) === filters.review);
  return (finding) => tests.every((test) => test(finding));
}

const NO_DATE = "9999";
const ORDERS = {
  score: (a, b) => b.score - a.score,
  newest: (a, b) => compare(b.later.article.date || "", a.later.article.date || "") || b.score - a.score,
  oldest: (a, b) => compare(a.earlier.article.date || NO_DATE, b.earlier.article.date || NO_DATE) || b.score - a.score,
  kind: (a, b) => a.kind - b.kind || b.score - a.score,
};

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Return the groups to show, each a list of findings on one point, the first by the order in front.
function grouped(findings, filters) {
  const sorted = [...findings].sort((a, b) => ORDERS[filters.sort](a, b) || compare(a.id, b.id));
  if (filters.fold !== "1") return sorted.map((finding) => [finding]);
  const groups = new Map();
  sorted.forEach((finding) => {
    if (!groups.has(finding.point)) groups.set(finding.point, []);
    groups.get(finding.point).push(finding);
  });
  return [...groups.values()];
}
