"""Which engine does the heavy steps of a run, and how: the options `--engine`, `--address`, `--ray-workers` and `--gpus-per-worker`. Imports nothing heavy."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.steps.sources import InputError

ENGINES = ("local", "ray")


class EngineError(InputError):
    """An engine that cannot be had as it was asked for; the message is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Checked when made. `address`, `n_workers` and `gpus_per_worker` are Ray's; None stands for what the machine or the cluster has."""

    engine: str = "local"
    address: str | None = None
    n_workers: int | None = None
    gpus_per_worker: float | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise InputError(f"engine {self.engine!r}: give {' or '.join(ENGINES)}")
        given = {"address": self.address, "ray-workers": self.n_workers, "gpus-per-worker": self.gpus_per_worker}
        if self.engine != "ray":
            if others := [name for name, value in given.items() if value is not None]:
                raise InputError(f"--{others[0]} is for --engine ray. Give that too, or leave it out")
            return
        if self.n_workers is not None and self.n_workers < 1:
            raise InputError(f"--ray-workers {self.n_workers}: give 1 or more")
        gpus = self.gpus_per_worker
        if gpus is not None and not (0 <= gpus <= 1 or (gpus > 1 and float(gpus).is_integer())):
            raise InputError(f"--gpus-per-worker {gpus:g}: give a share of a GPU, 0 to 1, or a whole number")
        if self.address is not None and ("://" in self.address or (self.address != "auto" and not _has_port(self.address))):
            raise InputError(f"--address {self.address}: give HOST:PORT of the cluster's head, or auto, on a machine that belongs to the cluster")
        if importlib.util.find_spec("ray") is None:
            raise EngineError('--engine ray needs the package Ray. Install it where claimdrift is: pip install -e ".[ray]" -c constraints.txt')

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> WorkerOptions:
        """From the options of a command, or the parameters of a flow, among others. Raises InputError for one that cannot be, EngineError without Ray."""
        given = [parameters.get(name) for name in ("address", "ray_workers", "gpus_per_worker")]
        return cls(parameters.get("engine") or "local", *given)


LOCAL = WorkerOptions()


def _has_port(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return bool(host) and port.isdecimal() and 0 < int(port) < 65_536
