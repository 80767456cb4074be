"""What a task costs in time, processor and memory, with every process that it starts."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds by the clock and of the processor, and the largest memory of all processes together."""

    seconds: float
    processor: float
    memory: int


def cost_of(task: Callable[[], object]) -> Cost:
    """Do a task, and watch every process that it starts."""
    done, spent, memory = threading.Event(), dict[tuple[int, float], float](), [0]

    def watch() -> None:
        for tick in itertools.count():
            shares = 0
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    times = process.cpu_times()
                    spent[process.pid, process.create_time()] = times.user + times.system
                    shares += process.memory_full_info().pss if tick % 5 == 0 else 0
            memory[0] = max(memory[0], shares)
            if done.wait(0.1):
                return

    watcher = threading.Thread(target=watch)
    started = time.monotonic()
    watcher.start()
    try:
        task()
    finally:
        seconds = time.monotonic() - started
        done.set()
        watcher.join()
    return Cost(seconds=seconds, processor=sum(spent.values()), memory=memory[0])
