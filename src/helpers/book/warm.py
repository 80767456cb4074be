"""Forks kernels from one process that has imported the large packages, so that none does it again.

Packages of others alone: a chapter imports the helpers itself, on record. Both ends stand here: that
process runs `serve`, and `ForkedProvisioner` asks it for kernels.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

PACKAGES = (
    "ipykernel.kernelapp", "pandas", "scipy.optimize", "scipy.stats",
    "statsmodels.stats.multitest", "statsmodels.stats.proportion",
    "matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg",
)  # fmt: skip
"""What most chapters need, and what takes long to import."""

_SERVE = f"from {__name__} import serve; serve()"
_BACKEND = "MPLBACKEND"


def possible() -> bool:
    """Whether this system can fork kernels; where it cannot, each starts cold."""
    return hasattr(os, "fork") and sys.platform != "darwin"  # whose own libraries forbid it


class ForkedProvisioner(LocalProvisioner):
    """Gives a kernel manager a kernel that is forked instead of started."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork; ``cmd`` is how a kernel would be started: Python, its module, and arguments."""
        self.pid = _PARENT.fork(
            arguments=cmd[cmd.index("ipykernel_launcher") + 1 :],
            environment=kwargs["env"],
            folder=str(kwargs["cwd"]),
        )
        self.process = _Forked(self.pid)
        # The kernel makes a group of its own, named as itself.
        self.pgid, self.cwd = self.pid, kwargs["cwd"]
        return self.connection_info


class _Forked:
    """A process of somebody else, with the part of ``subprocess.Popen`` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def poll(self) -> int | None:
        """None while it runs; how it ended, only its parent could know."""
        try:
            self.send_signal(0)
        except ProcessLookupError:
            return 1
        return None

    wait = poll


class _Parent:
    """The process from which all kernels of this one are forked, begun when the first is wanted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def fork(self, **order: object) -> int:
        """The number of a new process that becomes the kernel ordered."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(  # noqa: S603 the words are ours
                    [sys.executable, "-c", _SERVE], text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )  # fmt: skip
                atexit.register(self._process.communicate)
            assert self._process.stdin is not None  # noqa: S101 for the type checker
            assert self._process.stdout is not None  # noqa: S101 likewise
            answer = ""
            with suppress(BrokenPipeError):
                print(json.dumps(order), file=self._process.stdin, flush=True)
                answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that forks kernels ended")
        return int(answer)


_PARENT = _Parent()


def serve() -> None:
    """Import the packages; then fork a kernel for each line read, and answer with its number."""
    for name in PACKAGES:
        import_module(name)
    # What is here for good need not be looked through in every kernel for what can be freed.
    gc.freeze()
    # Nobody waits for a kernel: it is gone when it has ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_kernel(**json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> NoReturn:
    """Run the kernel of a chapter, as ``python -m ipykernel_launcher`` does."""
    import matplotlib as mpl  # noqa: PLC0415 imported already
    from ipykernel.kernelapp import launch_new_instance  # noqa: PLC0415 likewise

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    # What a chapter prints past its kernel must not be taken for an answer.
    os.dup2(2, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # Read when they are imported, which was before.
    os.environ.setdefault(_BACKEND, "module://matplotlib_inline.backend_inline")
    mpl.rcParams["backend"] = os.environ[_BACKEND]
    time.tzset()
    sys.argv = ["ipykernel_launcher", *arguments]
    try:
        # With its parent ends the kernel: none is left behind by a build that was killed.
        launch_new_instance(arguments, parent_handle=os.getppid())
    finally:
        os._exit(0)
