"""The rows of `pairs` that are made of columns: those that a record for each pair would make."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import Pair, arrow_schema
from flows.steps import rows
from flows.steps.blocking import WORD_FOR_WORD
from flows.steps.findings import ONE_EVENT, Verdict
from flows.steps.proposals import ProposedPairs
from flows.steps.rows import FIRST_LOOK, JudgedPairs
from flows.steps.scored import ScoredPairs
from flows.tables import RecordError, from_table
from tests.test_proposals import compared_articles


def judged_pairs(seed: int) -> JudgedPairs:
    """Pairs with invented scores, of which about half passed the first look."""
    rng = np.random.default_rng(seed)
    proposals = ProposedPairs.of(compared_articles(seed))
    pairs = proposals.take(slice(proposals.n_word_for_word, None))
    likely = np.flatnonzero(rng.random(len(pairs)) < 0.5)
    numbers = [rng.random(shape).astype(np.float32) for shape in ((len(pairs), 3), len(pairs), (len(likely), 3))]
    judged = JudgedPairs.unjudged(proposals, ScoredPairs(pairs, pairs.texts(), numbers[0], numbers[1], likely, numbers[2], 0))
    for place in range(len(likely)):
        dropped_at = random.Random(place).choice(["", "same fact", "changed"])
        judged.put(place, Verdict(float(rng.random()), float(rng.random()), "drift", (), dropped_at, {}))
    return judged


def records_of(judged: JudgedPairs) -> list[Pair]:
    """The same, one pair after the other."""
    found = []
    n = judged.proposals.n_word_for_word
    for i in range(len(judged.proposals)):
        proposal = judged.proposals[i]
        first, second = proposal.claims
        ends = first.claim_id, second.claim_id, first.article_id, second.article_id, "r", proposal.candidate.blocking_rule, proposal.candidate.similarity
        places = {int(k): place for place, k in enumerate(judged.scored.likely)}
        if i < n:
            results = 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, round(min(1.0, proposal.comparison.affinity / ONE_EVENT), 4), 0.0, WORD_FOR_WORD
        elif i - n not in places:
            results = *map(float, judged.scored.nli[i - n]), None, None, None, float(judged.scored.same_fact[i - n]), 0.0, FIRST_LOOK
        else:
            place = places[i - n]
            verdict = float(judged.same_fact[place]), float(judged.score[place]), rows.DROPPED_AT[judged.dropped_at[place]]
            results = *map(float, judged.scored.nli[i - n]), *map(float, judged.scored.nli_back[place]), *verdict
        found.append(Pair(*ends, *results))
    return found


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), at_once=st.sampled_from([1, 3, 1_000]))
def test_rows_are_those_of_a_record_for_each_pair(seed: int, at_once: int):
    judged = judged_pairs(seed)
    expected = records_of(judged)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "ROWS", at_once)
        batches = list(judged.batches("r"))
    assert from_table(pa.Table.from_batches(batches, arrow_schema(Pair)), Pair) == expected
    assert all(batch.num_rows <= at_once for batch in batches)
    assert judged.n_dropped() == dict(Counter(p.dropped_at for p in expected if p.dropped_at))
    assert judged.ends_of_same_fact(0.4) == [(p.earlier_claim_id, p.later_claim_id) for p in expected if p.same_fact >= 0.4 and p.dropped_at != FIRST_LOOK]


def test_a_figure_that_could_not_be_computed_is_not_stored():
    judged = next(j for j in map(judged_pairs, range(50)) if len(j.scored.likely))
    judged.scored.nli_back[0, 1] = np.nan
    with pytest.raises(RecordError, match='column "neutral_back": is NaN'):
        list(judged.batches("r"))
