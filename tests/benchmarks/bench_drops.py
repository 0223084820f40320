"""What a drop costs as the archive grows, and that any order and split of drops comes to what one run finds.

    python tests/benchmarks/bench_drops.py [--drops 10] [--articles 10] [--case shared|new] [--corpus FILE] [--model DIR]

Two cases: drops that go on telling of the same events (`shared`, or the articles of --corpus, a Parquet file with a column `text`), and drops that each bring
new events (`new`). Each is checked as it comes, then in random orders and splits, then at once; findings, pairs, threads and storylines must be equal. Drops
are checked as `claimdrift watch` does it, in one process, the report put off where one was written a moment ago. Prints a row a drop, then the ratio of each
figure at the last drop to that at the 5th, as medians of five drops. With --assert it fails where one of those that should be flat, in the order in which the
drops come, is over 1.5. --processor-time counts seconds of this process's work in place of the wall's: on a busy
machine they tell more.

pairs        scored, those of which the cache knew the scores included
in scoring   seconds in the step that scores
on pairs     seconds in the other steps whose work is pairs: proposing and comparing them
besides      all other seconds: reading, relating to the archive, publishing, the ledger, the report
peak         the process's largest memory during the drop; on systems other than Linux, up to its end
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from recombined import corpus, new_events, reordered, shared_events

from flows.drops.checking import check_drop
from flows.drops.folder import DropFile, fingerprint
from flows.drops.ledger import Ledger
from flows.drops.reporting import ReportKeeper
from flows.tables import load
from models.checkpoint import use_threads

TINY = Path(__file__).resolve().parents[1] / "data" / "tiny-nli"
FEWEST_FINDINGS = 200
FIRST = 5  # the drop that the last one is compared with
AROUND = 2  # drops on either side of it that the median takes in
ON_PAIRS = ("propose", "compare")
FLAT = {  # what should not grow with the archive, of each case: in the first each drop meets more articles
    "shared": ("scoring, seconds per pair", "all outside scoring, seconds per pair", "peak"),
    "new": ("wall", "scoring, seconds per pair", "peak"),
}
MOST = 1.5


class Clock:
    """Seconds of the wall, or of this process's work."""

    now = staticmethod(time.monotonic)

    def count_processor_time(self) -> None:
        """Let a run's steps be counted so as well."""
        import flows.pipeline

        self.now = time.process_time
        flows.pipeline.time = SimpleNamespace(monotonic=time.process_time)  # pyright: ignore[reportAttributeAccessIssue]


CLOCK = Clock()


@dataclass(frozen=True)
class Cost:
    """What one drop took. Seconds, bytes."""

    n_pairs: int
    n_computed: int
    n_findings: int
    wall_s: float
    scoring_s: float
    on_pairs_s: float
    peak_bytes: int
    steps: Mapping[str, float]

    @property
    def besides_s(self) -> float:
        return self.wall_s - self.scoring_s - self.on_pairs_s


def check_drops(drops: Iterable[dict[str, str]], folder: Path, outputs: Path, parameters: Mapping[str, Any]) -> Iterator[Cost]:
    """Write each drop below `folder`, check it, and yield what that took."""
    outputs.mkdir(parents=True)
    reports = ReportKeeper(outputs, CLOCK.now)
    with Ledger(outputs) as ledger:
        for drop in drops:
            files = [DropFile(path, seen) for path in written(drop, folder) if (seen := fingerprint(path))]
            reset_peak()
            started = CLOCK.now()
            summary = check_drop(folder, files, outputs, parameters, ledger=ledger, report=reports.after)
            wall_s = CLOCK.now() - started
            assert summary is not None
            assert not summary.report_problem, summary.report_problem
            counts, seconds = summary.counts, summary.run.seconds
            on_pairs_s = sum(seconds[step] for step in ON_PAIRS)
            yield Cost(
                counts["pairs scored"], counts["scores computed"], counts["findings"], wall_s, seconds["score"], on_pairs_s, peak_bytes(), seconds,
            )  # fmt: skip


def written(drop: dict[str, str], folder: Path) -> list[Path]:
    paths = [folder / name for name in drop]
    for path, text in zip(paths, drop.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return paths


def reset_peak() -> None:
    """Let the peak that peak_bytes tells begin anew (Linux: proc(5), clear_refs)."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_bytes() -> int:
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def results(outputs: Path) -> dict[str, Any]:
    """What must not depend on order and split: the findings of the current view, the pairs, and the partitions."""
    findings, pairs, claims = (load(outputs, table) for table in ("findings", "pairs", "claims"))
    return {
        "findings": [{k: str(v) for k, v in row.items()} for row in findings.drop(columns=["run_id"]).to_dict("records")],
        "pairs": [tuple(map(str, row)) for row in pairs.drop(columns=["run_id"]).itertuples(index=False)],
        "threads": {frozenset(group) for _, group in claims.groupby("thread_id")["claim_id"]},
        "storylines": {frozenset(group) for _, group in claims.groupby("storyline_id")["article_id"]},
    }


def show(drops: Iterable[Cost], *, steps: bool) -> dict[str, float]:
    """Print a row a drop, as it comes, and the ratios; return these."""
    costs: list[Cost] = []
    print("   drop    pairs  computed  findings    wall  in scoring  on pairs  besides   per pair     peak")
    for n, c in enumerate(drops, 1):
        costs.append(c)
        print(
            f"   {n:4} {c.n_pairs:8,} {c.n_computed:9,} {c.n_findings:9,} {c.wall_s:6.1f} s {c.scoring_s:9.1f} s {c.on_pairs_s:7.1f} s {c.besides_s:6.2f} s"
            f" {1000 * c.scoring_s / max(1, c.n_pairs):7.2f} ms {c.peak_bytes / 2**20:5.0f} MB",
            flush=True,
        )
        if steps:
            print("        ", ", ".join(f"{name} {s:.2f}" for name, s in c.steps.items()))
    figures = {
        "pairs": lambda c: c.n_pairs,
        "wall": lambda c: c.wall_s,
        "scoring, seconds per pair": lambda c: c.scoring_s / max(1, c.n_pairs),
        "proposing and comparing, seconds per pair": lambda c: c.on_pairs_s / max(1, c.n_pairs),
        "all outside scoring, seconds per pair": lambda c: (c.wall_s - c.scoring_s) / max(1, c.n_pairs),
        "besides": lambda c: c.besides_s,
        "peak": lambda c: c.peak_bytes,
    }
    ratios = {}
    for name, figure in figures.items():
        values = [float(figure(c)) for c in costs]
        first, last = (statistics.median(part) for part in (values[FIRST - 1 - AROUND : FIRST + AROUND], values[-1 - 2 * AROUND :]))
        ratios[name] = last / first if first else float("nan")
        print(f"   drop {len(costs)} to drop {FIRST}: {ratios[name]:5.2f}  {name}")
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=int, default=10)
    parser.add_argument("--articles", type=int, default=10, help="of each drop")
    parser.add_argument("--events", type=int, help="that run through all drops; by default one for each article of a drop")
    parser.add_argument("--case", choices=["shared", "new"], help="one of the two; both by default")
    parser.add_argument("--corpus", type=Path, help="articles for the case `shared`: a Parquet file with a column `text`")
    parser.add_argument("--model", default=str(TINY), help="checkpoint; by default a tiny one with random weights")
    parser.add_argument("--orders", type=int, default=2, help="random orders to check beside the first")
    parser.add_argument("--min-score", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, help="of the model; all cores by default")
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--steps", action="store_true", help="print the seconds of each step as well")
    parser.add_argument("--assert", dest="flat", action="store_true", help=f"fail where a ratio that should be flat is over {MOST}")
    args = parser.parse_args()
    if args.drops < FIRST + AROUND:
        parser.error(f"--drops {args.drops}: give {FIRST + AROUND} or more")
    if args.flat and args.drops < FIRST + 3 * AROUND + 1:
        parser.error(f"--drops {args.drops}: with --assert give {FIRST + 3 * AROUND + 1} or more, or a drop is compared with itself")
    use_threads(args.threads)
    if args.processor_time:
        CLOCK.count_processor_time()
    parameters = {"model": args.model or None, "min_score": args.min_score}
    cases = {
        "shared": lambda: shared_events(args.drops, args.articles, args.events or args.articles, args.seed),
        "new": lambda: new_events(args.drops, args.articles, max(1, args.articles // 5), args.seed),
    }
    if args.corpus:
        cases["shared"] = lambda: corpus(args.corpus, args.drops, args.articles, args.seed)
    for case in [args.case] if args.case else cases:
        drops = cases[case]()
        print(f"{case}: {args.drops} drops of {args.articles} articles")
        with tempfile.TemporaryDirectory() as name:
            ratios = compare_orders(drops, Path(name), parameters, args.orders, steps=args.steps)
        grown = [f"{name} {ratios[name]:.2f}" for name in FLAT[case] if not ratios[name] <= MOST]
        if args.flat and grown:
            sys.exit(f"{case}: over {MOST}: {', '.join(grown)}")


def compare_orders(drops: list[dict[str, str]], folder: Path, parameters: Mapping[str, Any], n_orders: int, *, steps: bool) -> dict[str, float]:
    """Check the drops in their order, in random ones, and at once; exit with a message where the results differ. Returns the ratios of the first order."""
    orders = {"as they come": drops} | {f"random order {n}": list(reordered(drops, n)) for n in range(1, n_orders + 1)}
    ratios: dict[str, dict[str, float]] = {}
    for order, its in orders.items():
        print(f"  {order}", flush=True)
        ratios[order] = show(check_drops(its, folder / order / "in", folder / order / "outputs", parameters), steps=steps)
    at_once = {name: text for drop in drops for name, text in drop.items()}
    [cost] = check_drops([at_once], folder / "in", folder / "outputs", parameters)
    print(f"  at once: {cost.n_pairs:,} pairs, {cost.n_findings:,} findings, {cost.wall_s:.1f} s, peak {cost.peak_bytes / 2**20:.0f} MB")
    expected = results(folder / "outputs")
    if len(expected["findings"]) < FEWEST_FINDINGS:
        sys.exit(f"only {len(expected['findings'])} findings: too few to tell orders apart by, give more --articles")
    for order in orders:
        found = results(folder / order / "outputs")
        differing = [name for name in expected if found[name] != expected[name]]
        if differing:
            sys.exit(f"{order}: other {', '.join(differing)} than at once")
    sizes = {name: len(rows) for name, rows in expected.items()}
    print(f"  equal in all of them: {', '.join(f'{n:,} {name}' for name, n in sizes.items())}")
    return ratios["as they come"]


if __name__ == "__main__":
    main()
