"""What holds storylines and threads together: pairs of articles, and pairs of claims, of all runs of an outputs folder."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.archive import Outputs
from flows.storage import OutputsError

ARTICLES = ["earlier_article_id", "later_article_id"]
CLAIMS = ["earlier_claim_id", "later_claim_id"]


def storyline_edges(archive: Outputs, run_ids: Sequence[str] | None = None) -> pa.Table:
    """Return the pairs of articles, as two columns of ids, that are likely enough to tell of one event, and those with a finding.

    More pairs are compared than these: one that hardly shares an event, and has no finding, would join two storylines.
    """
    last_run = archive.last_run(run_ids)
    least = last_run.thresholds.get("storyline", 0.0) if last_run else 0.0  # older folders: all that were compared
    likely = archive.read("comparisons", ARTICLES, filters=pc.field("affinity") >= least, run_ids=run_ids)
    return pa.concat_tables([likely, archive.read("findings", ARTICLES, run_ids=run_ids)])


def thread_edges(archive: Outputs, run_ids: Sequence[str] | None = None) -> pa.Table:
    """Return the pairs of claims, as two columns of ids, that surely tell one fact, and those of findings."""
    last_run = archive.last_run(run_ids)
    if last_run is None:
        return archive.read("findings", CLAIMS, run_ids=run_ids)
    if "same_fact" not in last_run.thresholds:
        raise OutputsError(f'{archive.root}: run {last_run.run_id} names no threshold "same_fact", which threads need. Make it again with --rebuild.')
    same_fact = archive.read("pairs", CLAIMS, filters=pc.field("same_fact") >= last_run.thresholds["same_fact"], run_ids=run_ids)
    return pa.concat_tables([same_fact, archive.read("findings", CLAIMS, run_ids=run_ids)])
