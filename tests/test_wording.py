from __future__ import annotations

from flows.wording import many


def test_one_or_several():
    assert [many(n, "finding") for n in (0, 1, 2000)] == ["0 findings", "1 finding", "2,000 findings"]
    assert many(2, "near copy", "near copies") == "2 near copies"
