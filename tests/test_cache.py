"""The cache of what the model said: what is put is got, by whom and how often ever it is put."""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.cache import READ_CHUNK, ModelCache, text_key

ROWS = st.dictionaries(st.binary(min_size=1, max_size=16), st.lists(st.floats(width=32), min_size=1, max_size=5), max_size=8)


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, kind=st.sampled_from(["vectors", "scores"]))
def test_what_is_put_is_got(rows: dict[bytes, list[float]], kind: str):
    arrays = {key: np.array(row, dtype=np.float32) for key, row in rows.items()}
    with tempfile.TemporaryDirectory() as folder:
        with ModelCache(Path(folder), "m") as cache:
            cache.put(kind, arrays.items())
        with ModelCache(Path(folder), "m") as cache:
            found = cache.get(kind, [*arrays, b"never put there, and too long"])
            other = cache.get("scores" if kind == "vectors" else "vectors", list(arrays))
    assert found.keys() == arrays.keys()
    assert all(np.array_equal(found[key], arrays[key], equal_nan=True) for key in arrays)
    assert other == {}


@given(a=st.text(max_size=20), b=st.text(max_size=20), c=st.text(max_size=20))
def test_keys_tell_order_and_borders(a: str, b: str, c: str):
    assert text_key(a, b) == text_key(a, b)
    assert (text_key(a, b) == text_key(b, a)) == (a == b)
    assert text_key(a, b) != text_key(a + b)
    assert (text_key(a + c, b) == text_key(a, c + b)) == (c == "")


def test_a_lone_surrogate_has_a_key():
    assert text_key("\ud800") != text_key("\ud801")


def test_models_do_not_share(tmp_path: Path):
    with ModelCache(tmp_path, "one") as one, ModelCache(tmp_path, "two") as two:
        one.put("scores", [(b"k", np.ones(3, dtype=np.float32))])
        assert two.get("scores", [b"k"]) == {}
        assert one.path != two.path


def test_bytes_are_got_as_they_were_put_and_the_kinds_are_kept_apart(tmp_path: Path):
    with ModelCache(tmp_path, "m") as cache:
        cache.put_bytes("cards", [(b"k", b"\x00card"), (b"l", b"")])
        cache.put_bytes("cards", [(b"k", b"another")])
        assert cache.get_bytes("cards", [b"k", b"l", b"m"]) == {b"k": b"\x00card", b"l": b""}
        assert cache.get("vectors", [b"k"]) == {}


def test_a_row_is_never_changed(tmp_path: Path):
    with ModelCache(tmp_path, "m") as cache:
        cache.put("scores", [(b"k", np.ones(3, dtype=np.float32))])
        cache.put("scores", [(b"k", np.zeros(3, dtype=np.float32)), (b"l", np.zeros(3, dtype=np.float32))])
        assert cache.get("scores", [b"k"])[b"k"].tolist() == [1, 1, 1]
        assert b"l" in cache.get("scores", [b"l"])


def test_more_keys_than_a_statement_takes(tmp_path: Path):
    keys = [i.to_bytes(4, "big") for i in range(2 * READ_CHUNK + 7)]
    with ModelCache(tmp_path, "m") as cache:
        cache.put("vectors", [(key, np.array([i], dtype=np.float32)) for i, key in enumerate(keys)])
        found = cache.get("vectors", keys)
    assert [int(found[key][0]) for key in keys] == list(range(len(keys)))


def test_a_failed_write_leaves_nothing_half_done(tmp_path: Path):
    def rows():
        yield b"k", np.ones(1, dtype=np.float32)
        raise KeyboardInterrupt

    with ModelCache(tmp_path, "m") as cache:
        with pytest.raises(KeyboardInterrupt):
            cache.put("scores", rows())
        assert cache.get("scores", [b"k"]) == {}
        cache.put("scores", [(b"k", np.ones(1, dtype=np.float32))])
        assert b"k" in cache.get("scores", [b"k"])


def test_an_unknown_table_is_refused(tmp_path: Path):
    with ModelCache(tmp_path, "m") as cache, pytest.raises(ValueError, match="no table 'score' in the cache: vectors, scores, cards"):
        cache.get("score", [b"k"])


def write_rows(folder: str, first: int) -> None:
    """Put 400 rows, half of which the next writer puts too, 20 at a time."""
    with ModelCache(Path(folder), "m") as cache:
        for start in range(first, first + 400, 20):
            cache.put("scores", [(i.to_bytes(4, "big"), np.array([i], dtype=np.float32)) for i in range(start, start + 20)])


def everything_is_there(folder: Path, n: int) -> None:
    keys = [i.to_bytes(4, "big") for i in range(n)]
    with ModelCache(folder, "m") as cache:
        found = cache.get("scores", keys)
    assert [int(found[key][0]) for key in keys] == list(range(n))


def test_two_processes_write_at_once(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_rows, args=(str(tmp_path), 200 * k)) for k in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    everything_is_there(tmp_path, 600)


def test_threads_open_and_write_at_once(tmp_path: Path):
    failures: list[sqlite3.Error] = []

    def work(k: int) -> None:
        try:
            write_rows(str(tmp_path), 200 * k)
        except sqlite3.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    everything_is_there(tmp_path, 1400)
