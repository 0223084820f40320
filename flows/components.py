"""Connected components, named by their smallest member: the ids of storylines and threads."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc


def connected_components(edges: Iterable[tuple[str, str]], nodes: Iterable[str] = ()) -> dict[str, str]:
    """Map every node to the smallest id of its component; `nodes` adds those without an edge.

    The answer depends on the set of edges alone: neither their order, their direction, nor how they are split over runs matters.
    Union-find with path halving; the smaller root always wins, so the root is the name. O(n log n) for n edges.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for node in nodes:
        root(node)
    for one, other in edges:
        a, b = root(one), root(other)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return {node: root(node) for node in parent}


def edges_around(edges: pa.Table, nodes: Iterable[str]) -> list[tuple[str, str]]:
    """Return those edges, rows of two columns of ids, that lie in a component with one of `nodes`.

    For an archive that is large where the components are small: what is not returned is passed over in Arrow, and never becomes a Python object.
    """
    one, other = edges.column_names
    frontier, found = set(nodes), []
    while frontier and len(edges):
        ids = pa.array(sorted(frontier), type=pa.string())
        touched = pc.field(one).isin(ids) | pc.field(other).isin(ids)
        ends = list(zip(*(column.to_pylist() for column in edges.filter(touched).columns), strict=True))
        edges = edges.filter(~touched)
        found += ends
        frontier = {node for edge in ends for node in edge} - frontier
    return found
