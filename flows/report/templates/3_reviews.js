// What the reader decides: kept in the browser, one entry a finding, on top of what the outputs folder has recorded; exported as a small file.

const KEY = "claimdrift-review:";
const DECISIONS = ["accepted", "dismissed", "noted"];

const reviews = {
  recorded: new Map(DATA.reviews.map((review) => [review.finding_id, review])),
  own: new Map(),
  dismissedChanges: null,
  isStored: true, // false where the browser keeps nothing

  load() {
    this.own.clear();
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i);
        if (!key.startsWith(KEY) || !CHANGES.has(key.slice(KEY.length))) continue; // of another folder
        const review = readable(localStorage.getItem(key));
        if (review) this.own.set(review.finding_id, review);
      }
    } catch (error) {
      this.isStored = false;
    }
    this.dismissedChanges = null;
  },

  // The decision that counts: the later of the reader's own and the recorded one.
  latest(id) {
    const own = this.own.get(id), recorded = this.recorded.get(id);
    return own && (!recorded || Date.parse(own.reviewed_at) >= Date.parse(recorded.reviewed_at)) ? own : recorded;
  },

  of(finding) {
    return this.latest(finding.id);
  },

  decision(finding) {
    const review = this.of(finding);
    return review ? review.decision : "open";
  },

  set(finding, decision, reason, note) {
    const before = this.of(finding);
    const review = {
      finding_id: finding.id, thread_id: finding.thread.id, decision, reason: reason || null,
      note: note === undefined ? (before ? before.note : null) : note || null, reviewed_at: new Date().toISOString(),
    };
    this.own.set(finding.id, review);
    this.store(finding.id, JSON.stringify(review));
  },

  undo(finding) {
    this.own.delete(finding.id);
    this.store(finding.id, null);
  },

  store(id, text) {
    this.dismissedChanges = null;
    try {
      if (text === null) localStorage.removeItem(KEY + id);
      else localStorage.setItem(KEY + id, text);
    } catch (error) {
      this.isStored = false;
      warnNotKept();
    }
  },

  // True where another finding of the thread with the same change was dismissed, also one whose text was replaced since.
  isLikeDismissed(finding) {
    if (!this.dismissedChanges) {
      const isDismissed = (id) => { const review = this.latest(id); return review !== undefined && review.decision === "dismissed"; };
      this.dismissedChanges = new Set([...CHANGES].filter(([id]) => isDismissed(id)).flatMap(([, changes]) => changes));
    }
    return this.decision(finding) === "open" && finding.same.some((change) => this.dismissedChanges.has(change));
  },

  // The reader's own decisions that the outputs folder has not recorded.
  toExport() {
    return [...this.own.values()].filter((own) => {
      const recorded = this.recorded.get(own.finding_id);
      return !recorded || Date.parse(own.reviewed_at) > Date.parse(recorded.reviewed_at);
    }).sort((a, b) => (a.finding_id < b.finding_id ? -1 : 1));
  },

  // Findings as lists and counts have them: without the dismissed ones.
  kept(findings) {
    return findings.filter((finding) => this.decision(finding) !== "dismissed");
  },

  counts() {
    const counts = { open: 0, accepted: 0, dismissed: 0, noted: 0 };
    DATA.findings.forEach((finding) => { counts[this.decision(finding)] += 1; });
    return counts;
  },
};

function readable(text) {
  let review;
  try {
    review = JSON.parse(text);
  } catch (error) {
    return null;
  }
  return review && typeof review === "object" && DECISIONS.includes(review.decision) && typeof review.finding_id === "string"
    && !Number.isNaN(Date.parse(review.reviewed_at)) ? review : null;
}

function warnNotKept() {
  const notice = document.getElementById("not-kept");
  notice.hidden = reviews.isStored;
}

function exportReviews() {
  const own = reviews.toExport();
  const content = JSON.stringify({ format: "claimdrift-reviews", version: 1, reviews: own }, null, 2) + "\n";
  const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = h("a", { href: url, download: `claimdrift-reviews-${new Date().toISOString().slice(0, 10)}.json` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  announce(`Exported ${many(own.length, "decision")}. Record them with: claimdrift review apply FILE`);
}

// All numbers on the page that a decision changes.
function showDecisions() {
  showReviewCounts();
  const list = document.getElementById("list");
  if (list) list.recount();
  if (!overview.hidden) showOverview();
}

function showReviewCounts() {
  const counts = reviews.counts(), own = reviews.toExport().length;
  const button = document.getElementById("export");
  button.textContent = own ? `Export ${many(own, "decision")}` : "Export decisions";
  button.disabled = !own;
  const reviewed = counts.accepted + counts.dismissed;
  document.querySelectorAll("[data-reviewed]").forEach((place) => {
    place.textContent = `${reviewed.toLocaleString("en")} of ${DATA.findings.length.toLocaleString("en")}`;
  });
  document.querySelectorAll("[data-reviewed-split]").forEach((place) => {
    place.textContent = reviewed ? `${counts.accepted} accepted, ${counts.dismissed} dismissed` : "";
  });
}
