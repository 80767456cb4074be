"""Runs the cells of one chapter in a fresh kernel, for a limited time."""

from __future__ import annotations

import asyncio
import math
import os
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from helpers.book import trace, warm
from helpers.book.chapters import Chapter, line_of
from helpers.errors import ExecutionError
from helpers.paths import project_root

SECONDS = 600
"""A chapter that runs longer is taken to hang."""
LIMIT = "LISTENING_STATE_SECONDS"
"""Names another limit, for machines that are much slower."""
LONGEST = 90
"""Bytes of a path to which a socket can be bound, less the few that are added to it."""


def run_cells(chapter: Chapter, notebook: NotebookNode, *, scratch: Path, log: Path) -> None:
    """Run every cell in a kernel of its own; the outputs are put into ``notebook``.

    Parameters
    ----------
    scratch : an empty folder, for what the kernel keeps while it runs.
    log : is told of each file that the kernel opens.

    Raises
    ------
    ExecutionError
        A cell crashed or hung, or the kernel died; the message names the line.
    """
    ends = time.monotonic() + seconds_allowed()
    # Only this environment's own kernel: a kernel of the same name in the user's home is not ours.
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        **_connection(scratch),
    )
    if warm.possible():
        manager.provisioner = warm.ForkedProvisioner(
            parent=manager, kernel_spec=manager.kernel_spec
        )
    client = NotebookClient(
        notebook,
        km=manager,
        # What is left of the chapter's time.
        timeout_func=lambda _: max(1, math.ceil(ends - time.monotonic())),
        resources={"metadata": {"path": str(chapter.path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=40"],
        # One that dies is noticed before; one that starts on a busy machine takes its time.
        startup_timeout=SECONDS,
        record_timing=False,
    )
    environment = {
        **os.environ,
        trace.LOG: str(log),
        trace.ROOT: str(project_root()),
        # The reader's own IPython start-up files and history stay out of the book.
        "IPYTHONDIR": str(scratch),
    }
    # A loop of this chapter's own, closed with it: one left to the interpreter's end complains there.
    asyncio.run(_run(client, environment, chapter))


async def _run(client: NotebookClient, environment: dict[str, str], chapter: Chapter) -> None:
    """Run the cells one after the other, and say which did not finish."""
    cell = 0
    try:
        async with client.async_setup_kernel(env=environment, cleanup_kc=True):
            await _begin_record(client)
            for cell, content in enumerate(client.nb.cells):
                if content["cell_type"] == "code":
                    await client.async_execute_cell(content, cell)
    # The client says RuntimeError of a kernel that does not start or does not answer.
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
        where = f"{chapter.name}.md:{line_of(client.nb, cell)}"
        raise ExecutionError(f"{where}: the cell did not finish: {_told(error)}") from error


def _connection(scratch: Path) -> dict[str, str]:
    """Sockets in ``scratch`` where the system has them: a free port may be another's a moment later."""
    file = scratch / "kernel.json"
    if os.name == "nt" or len(os.fsencode(file)) > LONGEST:
        return {}
    return {"transport": "ipc", "connection_file": str(file)}


async def _begin_record(client: NotebookClient) -> None:
    """Start the record of opened files; leaves no name in the kernel and no cell in the notebook."""
    code = "__import__('helpers.book.trace', fromlist=['start']).start()"
    first = client.nb.cells[0]
    # The client puts the cell it ran in the place it was told; ours gives that place back.
    await client.async_execute_cell(nbformat.v4.new_code_cell(code), 0, store_history=False)
    client.nb.cells[0] = first


def _told(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    if isinstance(error, CellTimeoutError):
        return (
            f"its chapter ran longer than {seconds_allowed()} seconds; {LIMIT} sets another limit."
        )
    if isinstance(error, DeadKernelError):
        return "its kernel died; memory may have run out."
    return f"its kernel does not answer ({error}); is the machine overloaded?"


def seconds_allowed() -> int:
    """Seconds that a chapter may run."""
    given = os.environ.get(LIMIT, str(SECONDS))
    if not given.isdecimal() or int(given) < 1:
        raise ExecutionError(
            f"{LIMIT} cannot be read; got {given!r}; expected a whole number of seconds."
        )
    return int(given)
