"""How the time and memory of a check grow with the number of articles, at as many a day: step by step, and the exponents.

    python tests/benchmarks/bench_growth.py [--sizes 400 1600 6400] [--model DIR] [--json FILE] [--plot tests/benchmarks/growth.svg] [--quick]

The articles are made anew from our annotated stories (recombined.py): events of five articles each, under names and nouns of their own. Each size is checked
into a new outputs folder, in a process of its own, without Prefect. By default a tiny model with random weights scores the pairs, so that what is measured is
all that goes on around the model; `--model ""` takes the embedded one. The claims' vectors are the embedded checkpoint's either way.

start      the program and the model being loaded: the same at every size, and no part of the exponents
encode     the claims' vectors; `relate` is without it
exponent   slope of log(seconds) on log(articles), by least squares: 1 is linear, 2 quadratic
peak       the process's largest memory during the step; on systems other than Linux, up to its end
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import Steps, exponent, in_fresh_process, tell
from plot import write_growth
from recombined import one_period

TINY = Path(__file__).resolve().parents[1] / "data" / "tiny-nli"
STEPS = ("read", "extract", "encode", "relate", "propose", "score", "compare", "publish", "report")
COUNTS = ("claims", "article pairs compared", "pairs possible", "pairs proposed", "scores computed", "findings")
SIZES, QUICK = [400, 1_600, 6_400], [50, 100, 200]
MOST = 1.2


def check_one(n: int, args: argparse.Namespace) -> dict[str, Any]:
    """Check `n` articles in this process."""
    articles = one_period(n, args.per_event, args.days or max(1, n // args.per_day), args.seed)
    steps = Steps()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in articles.items():
            path = Path(folder, "in", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        with steps.timed("start"):
            import flows.pipeline
            from flows.make_run import make_run
            from flows.report.page import write_report
            from models.checkpoint import use_threads

            use_threads(args.threads)
            encode_texts = flows.pipeline.encode_texts
            encode_s = 0.0

            def timed_encode(*these: Any, **others: Any) -> Any:
                nonlocal encode_s
                began = time.perf_counter()
                vectors = encode_texts(*these, **others)
                encode_s += time.perf_counter() - began
                return vectors

            flows.pipeline.encode_texts = timed_encode
            run = make_run([Path(folder, "in")], Path(folder, "outputs"), model=args.model or None, min_score=args.min_score, window_days=args.window_days)
            run.prepare()
        with run.outputs.lock():
            for step in STEPS:
                if step not in ("encode", "report"):
                    with steps.timed(step):
                        getattr(run, step)()
            with steps.timed("report"):
                write_report(run.outputs.root)
        wall, cpu, peak = steps.figures["relate"]
        steps.figures |= {"encode": (encode_s, 0.0, peak), "relate": (wall - encode_s, cpu, peak)}
    return {
        "articles": n, "start_s": steps.figures.pop("start")[0], "cpu_s": sum(figures[1] for figures in steps.figures.values()),
        "wall_s": {step: steps.figures[step][0] for step in STEPS}, "peak_mb": {step: steps.figures[step][2] for step in STEPS},
        "counts": {name: run.counts[name] for name in COUNTS},
    }  # fmt: skip


def show(results: list[dict[str, Any]]) -> float:
    """Print a column for each size, and the exponents; return that of the whole."""
    sizes = [r["articles"] for r in results]
    print(f"{'articles':24}" + "".join(f"{n:12,}" for n in sizes) + "    exponent")
    for name in COUNTS:
        values = [r["counts"][name] for r in results]
        print(f"{name:24}" + "".join(f"{v:12,}" for v in values) + f"{exponent(sizes, values):12.2f}")
    print(f"{'start (not in all)':24}" + "".join(f"{r['start_s']:10.1f} s" for r in results))
    for step in STEPS:
        values = [r["wall_s"][step] for r in results]
        print(f"{step:24}" + "".join(f"{v:10.2f} s" for v in values) + f"{exponent(sizes, values):12.2f}")
    totals = [sum(r["wall_s"].values()) for r in results]
    print(f"{'all':24}" + "".join(f"{v:10.1f} s" for v in totals) + f"{exponent(sizes, totals):12.2f}")
    cpu = [r["cpu_s"] for r in results]
    print(f"{'all, of the processors':24}" + "".join(f"{v:10.1f} s" for v in cpu) + f"{exponent(sizes, cpu):12.2f}")
    print(f"{'an article':24}" + "".join(f"{1000 * v / n:9.1f} ms" for v, n in zip(totals, sizes, strict=True)))
    peaks = [max(r["peak_mb"].values()) for r in results]
    at = [max(r["peak_mb"], key=r["peak_mb"].get) for r in results]
    print(f"{'peak':24}" + "".join(f"{v:9.0f} MB" for v in peaks) + f"{exponent(sizes, peaks):12.2f}    in {', '.join(at)}")
    return exponent(sizes, totals)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help=f"articles; by default {SIZES}")
    parser.add_argument("--quick", action="store_true", help=f"sizes {QUICK}: whether it runs, not how fast")
    parser.add_argument("--per-event", type=int, default=5, help="articles of an event")
    parser.add_argument("--per-day", type=int, default=40, help="articles of a day: more articles are more days, and have as many neighbours")
    parser.add_argument("--days", type=int, help="all sizes in a period of so many days, in place of --per-day: chance likeness then grows with the square")
    parser.add_argument("--window-days", type=int, default=3, help="articles further apart are not compared; an event's are within three days")
    parser.add_argument("--model", default=str(TINY), help="checkpoint; by default a tiny one with random weights")
    parser.add_argument("--min-score", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, help="of the model; all cores by default")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--plot", type=Path, help="picture to draw of them, an SVG")
    parser.add_argument("--assert", dest="flat", action="store_true", help=f"fail where the exponent of the whole is over {MOST}")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        tell(check_one(args.one, args))
        return
    sizes = args.sizes or (QUICK if args.quick else SIZES)
    if len(set(sizes)) < 2:
        parser.error("give two sizes or more: one has no growth")
    options = ["--per-event", args.per_event, "--per-day", args.per_day, "--window-days", args.window_days]
    options += ["--model", args.model, "--min-score", args.min_score, "--seed", args.seed]
    options += [*(["--threads", args.threads] if args.threads else []), *(["--days", args.days] if args.days else [])]
    results = [in_fresh_process(__file__, "--one", n, *options) for n in sorted(set(sizes))]
    slope = show(results)
    if args.json:
        args.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    if args.plot:
        write_growth(results, args.plot)
    if args.flat and slope > MOST:
        sys.exit(f"the seconds grow with an exponent of {slope:.2f}, over {MOST}")


if __name__ == "__main__":
    main()
