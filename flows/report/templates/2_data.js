// The data of the page, with what refers to what by reference instead of by number.

const DATA = JSON.parse(document.getElementById("data").textContent);

DATA.articles.forEach((article) => { article.name = DATA.outlets[article.outlet]; });
DATA.claims.forEach((claim) => { claim.article = DATA.articles[claim.article]; });
DATA.storylines.forEach((storyline) => {
  storyline.articles = storyline.articles.map((n) => DATA.articles[n]);
  storyline.articles.forEach((article) => { article.storyline = storyline; });
  storyline.findings = [];
  storyline.threads = [];
});
DATA.threads.forEach((thread, number) => {
  thread.number = number;
  thread.findings = [];
  thread.tellings = thread.tellings.map((claims) => claims.map((n) => DATA.claims[n]));
  thread.storyline = thread.tellings[0][0].article.storyline;
  thread.storyline.threads.push(thread);
});
DATA.findings.forEach((finding) => {
  finding.kindName = DATA.kinds[finding.kind];
  finding.earlier = DATA.claims[finding.earlier];
  finding.later = DATA.claims[finding.later];
  finding.thread = DATA.threads[finding.thread];
  finding.storyline = finding.thread.storyline;
  // Which way a change goes can be told only where it is known which telling came first.
  finding.changes = finding.changes.map(([type, direction]) => ({ type: DATA.types[type], direction: finding.ordered ? direction : "" }));
  finding.types = new Set(finding.changes.map((change) => change.type));
  finding.outlets = new Set(finding.outlets.map((n) => DATA.outlets[n])); // also those with only another copy of the text
  finding.thread.findings.push(finding);
  finding.storyline.findings.push(finding);
});

const FINDING = new Map(DATA.findings.map((finding) => [finding.id, finding]));
const THREAD = new Map(DATA.threads.map((thread) => [thread.id, thread]));
const STORYLINE = new Map(DATA.storylines.map((storyline) => [storyline.id, storyline]));
// What every finding of the folder changes, also of those whose texts were replaced since; a number stands for one change in one thread.
const CHANGES = new Map([...DATA.replaced, ...DATA.findings.map((finding) => [finding.id, finding.same])]);
const LAST_RUN = DATA.runs.length - 1;

// What a text search looks in; made at the first search only.
function haystack(finding) {
  if (finding.haystack === undefined) {
    const sides = [finding.earlier, finding.later].flatMap((claim) => [claim.text, claim.said || "", claim.article.name, claim.article.title, claim.article.source]);
    finding.haystack = [...sides, ...finding.outlets, ...finding.copies.flat(), finding.verdict, finding.id].join("\n").toLocaleLowerCase("en");
  }
  return finding.haystack;
}

// [type, number of findings with a change of it], the most frequent first; types without one left out.
function countTypes(findings) {
  const counts = DATA.types.map((type) => [type, findings.filter((finding) => finding.types.has(type)).length]);
  return counts.filter(([, n]) => n).sort((a, b) => b[1] - a[1]);
}

function countKinds(findings) {
  return DATA.kinds.map((_, kind) => findings.filter((finding) => finding.kind === kind).length);
}
