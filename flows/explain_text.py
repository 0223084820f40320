"""An explanation as text: the verdict in a sentence, the claims, the way with its figures, what was seen, and the waterfall of the score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.explain import Explanation, Waterfall
from flows.quoting import Side
from flows.records import CHANGE_TYPES, Finding
from flows.report.features import feature_words
from flows.report.verdict import change_name, change_sentence, verdict
from flows.summary_text import KIND_STYLES, Printer
from flows.terminal import can_print, one_line
from flows.wording import many

N_MOVES = 12  # features that the waterfall names; the others are summed up in one line
BAR = 24  # characters of the widest bar
LABEL = 12
# Features that are log-odds of a probability the model gave: shown as that probability.
_PROBABILITIES = {
    "entailment_max", "entailment_min", "contradiction_max", "contradiction_min", "same_fact", "one_fact_changed", "exclusive", "compatible", "same",
    "moved_on", "types_max",
} | {f"{t}_model" for t in CHANGE_TYPES}  # fmt: skip
_OF = {"score": "the score", "same fact": "the probability of one fact"}
_WHY = {
    "claims": "a quote is no claim", "articles": "the articles were not compared", "blocking": "the pair was not proposed",
    "wording": "word for word the same", "first look": "the model's first look saw two facts", "same fact": "probably not one fact",
    "score": "the score is too low",
}  # fmt: skip


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print an explanation; texts from articles have their control characters escaped, and marks replaced where the console cannot show them."""
    _Explainer(console).explanation(explanation)


class _Explainer(Printer):
    """Prints an explanation in the means of one console."""

    def explanation(self, e: Explanation) -> None:
        self.line()
        self.verdict(e)
        for name, side, words in zip(_names(e), e.sides, _words(e), strict=True):
            self.side(name, side, words)
        if e.finding is not None:
            self.changes(e.finding)
        self.line()
        for step in e.steps:
            passed = ("yes  ", "green") if step.passed else ("NO   ", "bold red")
            self.line((f"{step.name:<{LABEL}}", "dim"), passed, one_line(step.detail), hang=LABEL + 5)
        if e.evidence is not None:
            self.probabilities(e.evidence, *_names(e))
            self.comparers(e.evidence, order_known=e.order_known)
        if e.waterfall is not None:
            self.waterfall(e.waterfall)
        if e.note:
            self.line()
            self.line(("note".ljust(LABEL), "dim"), one_line(e.note), hang=LABEL)

    def verdict(self, e: Explanation) -> None:
        if e.finding is None:
            self.line(("No finding", "bold"), f": {_WHY[e.dropped_at] if e.dropped_at else 'the pair is not in the findings'}.")
            return
        f = e.finding
        sentence = verdict(f.kind, f.changes, order_known=f.order_known, texts=(f.earlier_text, f.later_text))
        self.line((f.kind.capitalize(), KIND_STYLES[f.kind]), f", score {f.score:.2f}. {one_line(sentence)}")

    def side(self, name: str, side: Side, words: list[str]) -> None:
        article = side.article
        date = "undated" if article.published_at is None else f"{article.published_at:%Y-%m-%d}"
        outlet = f"{one_line(side.outlet)}, " if side.outlet and side.outlet not in side.source else ""
        n_more = len(side.sightings) - 1
        also = f", and {many(n_more, 'more source')}" if n_more else ""
        self.line()
        self.line((f"{name:<{LABEL}}", "dim"), (f"{outlet}{one_line(side.source)}, {date}{also}", "dim"), hang=LABEL)
        self.line(self.marked(side.text, words), indent=LABEL)
        if side.claim is not None:
            said = f"; source: {one_line(side.claim.attribution)}" if side.claim.attribution else ""
            self.line((f"{side.claim.certainty}{said}", "dim"), indent=LABEL)

    def changes(self, f: Finding) -> None:
        self.line()
        for number, change in enumerate(f.changes):
            name = change_name(change, order_known=f.order_known)
            self.line(("changes".ljust(LABEL) if not number else " " * LABEL, "dim"), f"{name} ({change.kind})", hang=LABEL)
            self.line(one_line(change_sentence(change, order_known=f.order_known, texts=(f.earlier_text, f.later_text))), indent=LABEL + 2)

    def probabilities(self, evidence: Mapping[str, Any], first: str, second: str) -> None:
        names = ("entailment", "neutral", "contradiction")
        rows = [(f"{first} to {second}", ""), (f"{second} to {first}", "_back")]
        self.line()
        self.line(("the model", "dim"))
        for title, way in rows:
            values = [evidence[f"{name}{way}"] for name in names]
            shown = "not asked: the first look ended the pair" if values[0] is None else ", ".join(f"{n} {v:.2f}" for n, v in zip(names, values, strict=True))
            self.line(f"{title:<18}{shown}", indent=2, hang=18)
        if evidence["same"] is not None:
            heads = {"both cannot hold": "exclusive", "both can, yet differ": "compatible", "they say the same": "same"}
            together = ", ".join(f"{words} {evidence[name]:.2f}" for words, name in heads.items())
            self.line(f"{'both ways':<18}{together}", indent=2, hang=18)

    def comparers(self, evidence: Mapping[str, Any], *, order_known: bool) -> None:
        between = self.arrow if order_known else "/"
        self.line()
        self.line(("the comparers", "dim"))
        seen = [o for o in evidence["observations"] or [] if o["verdict"] != "absent"]
        for o in sorted(seen, key=lambda o: (o["verdict"] != "changed", -o["weight"])):
            words = f": {one_line(o['from_text']) or '(nothing)'} {between} {one_line(o['to_text']) or '(nothing)'}" if o["verdict"] == "changed" else ""
            told = o["verdict"] == "changed" and all(text in o["note"] for text in (o["from_text"], o["to_text"]))
            note = f"  ({one_line(o['note'])})" if o["note"] and not told else ""
            verdict = f"{o['verdict']} {o['direction'] if order_known else ''}".strip()
            self.line(f"{o['type']:<13}{verdict}, {o['weight']:.2f} sure{words}{note}", indent=2, hang=13)
        absent = [o["type"] for o in evidence["observations"] or [] if o["verdict"] == "absent"]
        if absent:
            self.line(f"nothing to compare: {', '.join(absent)}", indent=2)

    def waterfall(self, w: Waterfall) -> None:
        """Bars from the average pair's probability to this pair's; each is as wide as the feature moved the log-odds."""
        named, rest = w.moves[:N_MOVES], w.moves[N_MOVES:]
        rows = [(feature_words(name), _value(name, value), moved) for name, value, moved in named]
        if rest:
            rows.append((f"{len(rest)} more", "", sum(moved for _, _, moved in rest)))
        self.line()
        self.line((f"how {_OF[w.of]} came about: what each feature was, how far it moved the log-odds, and where that left the probability", "dim"))
        wide = max([len("an average pair"), *(len(name) for name, _, _ in rows)]) + 2
        largest = max([0.5, *(abs(moved) for _, _, moved in rows)])
        at = w.start
        self.line(f"{'an average pair':<{wide}}{'':>8}{'':>8}  {_probability(at):.2f}", indent=2, wrap=False)
        for name, value, moved in rows:
            at += moved
            bar = Text(self.bar * round(abs(moved) / largest * BAR), "green" if moved > 0 else "red")
            gap = "  " if bar else ""
            self.line(f"{name:<{wide}}{value:>8}{moved:>+8.2f}  {_probability(at):.2f}{gap}", bar, indent=2, wrap=False)
        self.line(f"{'this pair':<{wide}}{'':>8}{'':>8}  {_probability(w.end):.2f}", indent=2, wrap=False)

    @property
    def bar(self) -> str:
        return "█" if self.arrow == "→" and can_print(self.console, "█") else "#"


def _names(e: Explanation) -> tuple[str, str]:
    """What the two sides are called: by their order where it is known."""
    if e.pair is None:
        return "quoted", "quoted"
    return ("earlier", "later") if e.order_known else ("one", "other")


def _words(e: Explanation) -> tuple[list[str], list[str]]:
    """The changed words of either side."""
    changes = e.finding.changes if e.finding is not None else []
    return [c.from_text for c in changes], [c.to_text for c in changes]


def _value(name: str, value: float) -> str:
    """A feature's value as a reader would put it."""
    if name in _PROBABILITIES:
        return f"{_probability(value):.2f}"
    if name == "days":
        return f"{math.expm1(value):.1f}"
    if name in ("dated", "names_apart"):
        return "yes" if value else "no"
    value = round(value, 2) + 0.0  # no -0
    return f"{value:.0f}" if value == round(value) else f"{value:.2f}"


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
