"""As much of Ray as flows/ray_workers.py asks of it, in this process, whose workers die and finish in the order that a test gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any


class RayError(Exception):
    """A worker that was lost."""


class RayTaskError(RayError):
    """What a worker's own work raised."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@dataclasses.dataclass(eq=False)
class Call:
    """A call of an actor's method, and the reference to what it returns."""

    actor: Actor
    name: str
    arguments: tuple[Any, ...]


class Actor:
    """A worker: dead once it was killed, by the driver or the test."""

    def __init__(self, worker: Any, number: int) -> None:
        self.worker, self.number = worker, number
        self.is_dead = False

    def __getattr__(self, name: str) -> Any:
        return SimpleNamespace(remote=lambda *arguments: Call(self, name, arguments))


class FakeRay:
    """`choose(n)` says which of n calls ends next; `dies(call)` whether its worker dies of it."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, choose: Callable[[int], int] = lambda n: 0, dies: Callable[[Call], bool] = lambda call: False) -> None:
        self.choose, self.dies = choose, dies
        self.actors: list[Actor] = []
        self.calls: list[Call] = []
        self.has_room = True
        self.is_up = True

    def remote(self, cls: type) -> Any:
        def make() -> Actor:
            self.actors.append(Actor(cls(), len(self.actors)))
            return self.actors[-1]

        return SimpleNamespace(options=lambda **_: SimpleNamespace(remote=make))

    def wait(self, refs: Sequence[Call], *, num_returns: int, timeout: float) -> tuple[list[Call], list[Call]]:
        assert refs, "Ray refuses to wait for nothing"
        assert len(set(map(id, refs))) == len(refs), "Ray refuses to wait twice for one result"
        waiting = [call for call in refs if self.has_room or call.name != "load"]
        if not waiting:
            return [], list(refs)
        done = waiting[self.choose(len(waiting))]
        return [done], [call for call in refs if call is not done]

    def get(self, call: Call) -> Any:
        self.calls.append(call)
        if not call.actor.is_dead and self.dies(call):
            call.actor.is_dead = True
        if call.actor.is_dead:
            raise RayError("The actor died unexpectedly before finishing this task.\n\tpid: 1")
        try:
            return getattr(call.actor.worker, call.name)(*call.arguments)
        except Exception as error:
            raise RayTaskError(error) from error

    def kill(self, actor: Actor) -> None:
        actor.is_dead = True

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 3.0}

    def available_resources(self) -> dict[str, float]:
        return {"CPU": 0.0}

    def shutdown(self) -> None:
        self.is_up = False

    @property
    def n_alive(self) -> int:
        return sum(not actor.is_dead for actor in self.actors)
