from __future__ import annotations

import random

import networkx
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from flows.components import connected_components, edges_around

NODES = st.sampled_from([f"n{i:02d}" for i in range(20)])
EDGES = st.lists(st.tuples(NODES, NODES), max_size=25)


@given(EDGES, st.lists(NODES))
def test_agrees_with_networkx(edges, nodes):
    graph = networkx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    expected = {node: min(component) for component in networkx.connected_components(graph) for node in component}
    assert connected_components(edges, nodes) == expected


@given(EDGES, st.randoms(use_true_random=False))
def test_order_direction_and_repetition_of_edges_do_not_matter(edges, rng):
    again = [edge if rng.random() < 0.5 else edge[::-1] for edge in edges + edges[: len(edges) // 2]]
    rng.shuffle(again)
    assert connected_components(again) == connected_components(edges)


@given(EDGES, st.integers(0, 25))
def test_components_of_a_part_are_enough_to_go_on_from(edges, cut):
    # A folder grows run by run: what the first edges joined may be handed on as the edges (node, name).
    first = connected_components(edges[:cut])
    assert connected_components([*first.items(), *edges[cut:]]) == connected_components(edges)


@given(EDGES, st.sets(NODES))
def test_the_edges_around_nodes_are_those_of_their_components(edges, nodes):
    table = pa.table({"one": pa.array([a for a, _ in edges], pa.string()), "other": pa.array([b for _, b in edges], pa.string())})
    names = connected_components(edges, nodes)
    wanted = {names[node] for node in nodes}
    assert sorted(edges_around(table, nodes)) == sorted(edge for edge in edges if names[edge[0]] in wanted)


def test_a_long_chain_needs_no_recursion():
    chain = [(f"{i:06d}", f"{i + 1:06d}") for i in range(50_000)]
    random.Random(1).shuffle(chain)
    assert set(connected_components(chain).values()) == {"000000"}


def test_no_edges():
    assert connected_components([], ["b", "a"]) == {"a": "a", "b": "b"}
    assert connected_components([]) == {}
