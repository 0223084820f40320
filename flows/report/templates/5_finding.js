// One finding: both claims side by side, the changed words marked, the verdict, what the reader decides, and on demand context and evidence.

// What the reader has typed into an open form and not saved, by finding and form: a card that is drawn anew, or shown again later, opens it again.
const drafts = new Map();

const REASONS = ["Two different facts", "Same meaning", "Only added detail", "Misread text"];

function findingLink(finding) {
  return `#/finding/${finding.id}`;
}

// A card. `level` is the heading's; `open` shows context and evidence at once.
function card(finding, level, open) {
  const box = h("article", { class: "card", id: finding.id, tabindex: "-1", "aria-labelledby": `t-${finding.id}` });
  box.finding = finding;
  box.draw = (details) => {
    box.open = details;
    const review = reviews.of(finding), decision = review ? review.decision : "open";
    box.className = `card k${finding.kind} ${decision}`;
    const heading = h(`h${level}`, { id: `t-${finding.id}` }, h("a", { href: findingLink(finding) }, quoted(finding.verdict)));
    if (decision === "dismissed" && !details) box.replaceChildren(dismissedLine(finding, review, heading, box));
    else {
      box.replaceChildren(
        what(finding), heading, alsoChanged(finding),
        h("div", { class: "sides" }, side(finding, "earlier", details), side(finding, "later", details)),
        told(finding, review), actions(finding, decision, box), details ? evidence(finding, level + 1) : "",
      );
    }
    if (drafts.has(`note-${finding.id}`)) askNote(box);
    else if (drafts.has(`reason-${finding.id}`)) askReason(box);
  };
  box.draw(open);
  return box;
}

function what(finding) {
  return h("div", { class: "what" },
    h("span", { class: "kind" }, finding.kindName),
    finding.changes.map((change, n, all) => h("span", { class: `chip c${n % 4}`, "data-number": all.length > 1 ? n + 1 : null }, changeName(change))),
    DATA.runs.length > 1 && finding.run === LAST_RUN && h("span", { class: "new" }, "new"),
    finding.versions && h("span", { class: "muted" }, "two versions of one source"),
    !finding.ordered && h("span", { class: "muted" }, "which came first is not known"),
    reviews.isLikeDismissed(finding) && h("span", { class: "like" }, "like one you dismissed"),
    h("span", { class: "score num", title: "how sure the finding is, 0 to 1" }, `score ${finding.score.toFixed(2)}`));
}

function alsoChanged(finding) {
  return finding.more.length ? h("ul", { class: "also-changed small" }, finding.more.map((text) => h("li", null, quoted(text)))) : "";
}

function side(finding, name, details) {
  const claim = finding[name], article = claim.article, which = name === "earlier" ? 0 : 1;
  const label = finding.ordered ? (which ? "Later" : "Earlier") : which ? "There" : "Here";
  const body = h("blockquote", { class: claim.text.length > 1200 ? "long" : null, tabindex: claim.text.length > 1200 ? "0" : null },
    details && claim.before && h("span", { class: "around" }, quoted(claim.before)),
    marked(claim.text, finding.marks[which], finding.changes),
    details && claim.after && h("span", { class: "around" }, quoted(claim.after)));
  const copies = finding.copies[which].length;
  return h("div", { class: "side", role: "group", "aria-label": `${label}: ${clipped(article.name, 80)}` },
    h("div", { class: "who" }, h("span", { class: "muted" }, label), h("b", { class: "clip" }, quoted(article.name)), h("span", { class: "muted" }, when(article, details), article.replaced && ", replaced since")),
    headline(article),
    body,
    h("dl", null,
      h("div", null, h("dt", null, "put as"), h("dd", null, meter(claim.sure))),
      claim.said && h("div", null, h("dt", null, "said by"), h("dd", { class: "clip" }, claim.hearsay && "nobody named: ", quoted(claim.said))),
      copies > 0 && h("div", null, h("dt", null, "word for word in"), h("dd", null, many(copies, "other source")))));
}

// The headline, as a link to the source where its address is known.
function headline(article) {
  const text = article.title || article.url;
  return text && h("div", { class: "muted small clip" }, article.url ? sourceLink(article) : quoted(text));
}

function sourceLink(article) {
  return h("a", { href: article.url, rel: "noopener noreferrer", target: "_blank" }, quoted(article.title || article.url));
}

function told(finding, review) {
  if (!review) return "";
  const parts = [];
  if (review.reason) parts.push(h("div", null, h("b", null, "Dismissed: "), quoted(review.reason)));
  if (review.note) parts.push(h("div", null, h("b", null, "Note: "), quoted(review.note)));
  return parts.length ? h("div", { class: "told" }, parts) : "";
}

function dismissedLine(finding, review, heading, box) {
  return h("div", null, heading, h("div", { class: "small muted" }, "Dismissed", review.reason ? [": ", quoted(review.reason)] : "", ".",
    h("span", { class: "no-print" }, " ",
      h("button", { type: "button", class: "plain", onclick: () => decide(box, "undo") }, "Undo"), " · ",
      h("button", { type: "button", class: "plain", "data-act": "details", onclick: () => { box.draw(true); focusAct(box, "details"); } }, "Show"))));
}

function actions(finding, decision, box) {
  const press = (name, label, act) => h("button", { type: "button", "data-act": act, "aria-pressed": String(decision === name), onclick: () => decide(box, act) }, label);
  const others = finding.thread.findings.length - 1;
  return h("div", { class: "acts" },
    press("accepted", "✓ Accept", "accept"), press("dismissed", "✕ Dismiss", "dismiss"), press("noted", "Note", "note"),
    reviews.own.has(finding.id) && h("button", { type: "button", class: "plain", onclick: () => decide(box, "undo") }, "Undo"),
    h("span", { class: "links" },
      h("button", { type: "button", class: "plain", "data-act": "details", "aria-expanded": String(Boolean(box.open)), onclick: () => { box.draw(!box.open); focusAct(box, "details"); } },
        box.open ? "Less" : "Context and evidence"),
      h("a", { href: `#/thread/${finding.thread.id}` }, `Thread of ${many(finding.thread.tellings.length, "telling")}`, h("span", { class: "sr" }, `, ${many(others, "other finding")}`)),
      h("a", { href: findingLink(finding), title: "permanent link to this finding" }, "Link")));
}

function focusAct(box, act) {
  const button = box.querySelector(`[data-act="${act}"]`);
  if (button) button.focus();
}

// Carry out what the reader decided about the card's finding; "dismiss" and "note" ask first.
function decide(box, act) {
  const finding = box.finding, decision = reviews.decision(finding);
  if (act === "dismiss" && decision !== "dismissed") return startTyping(askReason(box));
  if (act === "note") return startTyping(askNote(box));
  if (act === "accept" && decision !== "accepted") {
    reviews.set(finding, "accepted", null);
    return decided(box, "Accepted.");
  }
  reviews.undo(finding);
  const left = reviews.decision(finding);
  decided(box, left === "open" ? "Undone." : `It is recorded as ${left} in the outputs folder: decide otherwise to change that.`);
}

function decided(box, message) {
  box.draw(box.open && reviews.decision(box.finding) !== "dismissed");
  document.querySelectorAll(".card").forEach((other) => { // "like one you dismissed" may hold for others now
    if (other !== box && other.finding.thread === box.finding.thread && !other.contains(document.activeElement)) other.draw(other.open);
  });
  showDecisions();
  announce(message);
  box.focus({ preventScroll: true });
}

function askReason(box) {
  const input = h("input", { type: "text", id: `reason-${box.id}`, maxlength: "500", autocomplete: "off" });
  const done = (reason) => {
    drafts.delete(input.id);
    reviews.set(box.finding, "dismissed", reason.trim());
    const hidden = reviews.counts().dismissed;
    decided(box, `Dismissed. ${many(hidden, "dismissed finding")} ${hidden === 1 ? "is" : "are"} left out of the list.`);
  };
  return ask(box, input, "Why dismiss it? (may stay empty)", "Dismiss", () => done(input.value),
    h("div", { class: "row" }, REASONS.map((reason) => h("button", { type: "button", onclick: () => done(reason) }, reason))));
}

function askNote(box) {
  const review = reviews.of(box.finding);
  const input = h("textarea", { id: `note-${box.id}`, rows: "3", maxlength: "4000" });
  input.value = review && review.note ? review.note : "";
  return ask(box, input, "Note", "Save note", () => {
    const note = input.value.trim();
    drafts.delete(input.id);
    if (!note && (!review || review.decision === "noted")) reviews.undo(box.finding);
    else reviews.set(box.finding, review ? review.decision : "noted", review ? review.reason : null, note);
    decided(box, note ? "Note saved." : "Note removed.");
  });
}

// Opens a form on a card in place of another, and returns its field.
function ask(box, input, label, button, submit, quick) {
  const open = box.querySelector(".ask"), draft = drafts.get(input.id);
  if (open) open.remove();
  if (draft !== undefined) input.value = draft;
  input.addEventListener("input", () => drafts.set(input.id, input.value));
  const close = () => { drafts.delete(input.id); form.remove(); box.focus({ preventScroll: true }); };
  const form = h("form", { class: "ask", onsubmit: (event) => { event.preventDefault(); submit(); } },
    h("label", { for: input.id }, label), input, quick,
    h("div", { class: "row" }, h("button", { type: "submit" }, button), h("button", { type: "button", onclick: close }, "Cancel")));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.append(form);
  return input;
}

function startTyping(input) {
  announce("");
  input.focus({ preventScroll: true });
  input.form.scrollIntoView({ block: "nearest" });
}
