"""An id is meant by any beginning of it that no other has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ids import N_SHOWN, AmbiguousError, find_id

IDS = st.lists(st.text("ab", min_size=1, max_size=4), unique=True, max_size=8)


@given(IDS, st.text("ab", max_size=4))
def test_the_id_itself_or_the_only_one_that_begins_so(ids, beginning):
    those = [i for i in ids if i.startswith(beginning)]
    if beginning in ids:
        assert find_id(beginning, ids, "letters") == beginning
    elif not beginning or not those:
        assert find_id(beginning, ids, "letters") is None
    elif len(those) == 1:
        assert find_id(beginning, ids, "letters") == those[0]
    else:
        with pytest.raises(AmbiguousError, match=f'"{beginning}" could be {len(those)} letters: {min(those)}.*Give more of the id'):
            find_id(beginning, ids, "letters")


def test_of_many_some_are_named():
    ids = [f"f{n}" for n in range(N_SHOWN + 1)]
    with pytest.raises(AmbiguousError, match=r"could be 6 findings: f0, f1, f2, f3, f4, …\. Give more"):
        find_id("f", ids, "findings")
    assert find_id("f1", ["f1", "f1", "f2"], "findings") == "f1", "an id that is listed twice is one"
