"""Ray itself: started on this machine for the time of a run, or a cluster's that is joined; without its dashboard, its reports of usage and its messages."""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import signal
import socket
import threading
from typing import Any

from flows.terminal import one_line
from flows.worker_options import EngineError, WorkerOptions

OBJECT_STORE_BYTES = 200 * 2**20  # of a Ray that is started here; a part's results take 0.2 MB, and Ray's own default is a third of the memory
CONNECT_S = 5.0


def _quiet_ray() -> Any:
    """Import Ray, and keep it from writing on the run's terminal: what `check --json` prints is for a program. Its log files stay in Ray's temporary folder."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray: Any = importlib.import_module("ray")  # by name: the type checker and the tests do without the package
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    # Ray prints the death of a worker on standard output, whatever log_to_driver says; this is how its own debugger keeps it silent.
    worker: Any = importlib.import_module("ray._private.worker")
    worker._worker_logs_enabled = False
    return ray


def join(options: WorkerOptions) -> tuple[Any, bool]:
    """Return the package Ray, connected; and whether that is ours to end. A program that has called ray.init keeps its connection, and its messages.

    Without an address, and without one in RAY_ADDRESS, a Ray of `n_workers` processors is started on this machine; its ports ask for a password. Raises
    EngineError where Ray cannot be started or joined.
    """
    ray: Any = importlib.import_module("ray")
    if ray.is_initialized():
        return ray, False
    ray = _quiet_ray()
    address = options.address or os.environ.get("RAY_ADDRESS")
    silent = {"log_to_driver": False, "logging_level": logging.CRITICAL, "configure_logging": False}
    on_term = signal.getsignal(signal.SIGTERM)
    try:
        if address:
            if address != "auto":
                _check_reachable(address)
            ray.init(address=address, **silent)
        else:
            if "RAY_AUTH_MODE" not in os.environ:
                os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else Ray writes one into the user's home
            ray.init(
                address="local", num_cpus=options.n_workers or n_cores(), include_dashboard=False, object_store_memory=OBJECT_STORE_BYTES, **silent,
            )  # fmt: skip
    except (Exception, SystemExit) as error:
        what = f"--address {address}" if address else "--engine ray"
        raise EngineError(f"{what}: {one_line(str(error).strip()) or type(error).__name__}") from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, on_term)  # Ray puts its own in the place of ours
    return ray, True


def n_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_reachable(address: str) -> None:
    """Raise EngineError where nothing listens there: Ray itself tries for five minutes, and then ends the process."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_S).close()
    except OSError as error:
        raise EngineError(f"--address {address}: no Ray answers there ({error.strerror or error}). `ray start --head` on that machine starts one") from error
