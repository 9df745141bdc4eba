"""Work done in processes of its own, so that a crash or a hang is an answer too.

A worker process reads one line of JSON per question and writes one per answer. `Apart`
starts it, asks it, and starts a new one when it died or took too long. It knows nothing
of what is asked.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Apart", "Failure", "serve"]

ROOT = Path(__file__).parents[1]
# Far more than any question needs; a hang, not a measure.
PATIENCE = 60.0


class Failure(NamedTuple):
    """No answer: what happened instead, and the end of the standard error."""

    kind: str
    report: str


class Apart:
    """A process that answers questions, started when it is first needed.

    Parameters
    ----------
    *command : str
        Arguments of the Python interpreter.
    python : str, optional
        Which interpreter.
    environment : dict, optional
        Variables to set.
    """

    def __init__(self, *command: str, python: str = sys.executable, environment=None) -> None:
        self.command = [python, "-X", "faulthandler", *command]
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process."""
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.environment,
        )  # fmt: skip

    def stop(self) -> str:
        """End the process; the end of what it wrote to the standard error."""
        if self.process is None:
            return ""
        self.process.kill()
        _, errors = self.process.communicate()
        self.process = None
        return errors[-4000:]

    def ask(self, question: Any, patience: float = PATIENCE) -> Any | Failure:
        """The answer to a question, or what happened instead."""
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.start()
        process = self.process
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            return Failure("the worker died", self.stop())
        ready, _, _ = select.select([process.stdout], [], [], patience)
        if not ready:
            return Failure("endless", self.stop())
        line = process.stdout.readline()
        if not line:
            code = process.wait()
            return Failure(f"crash {code}", self.stop())
        return json.loads(line)


def serve(answer: Callable[[Any], Any]) -> None:
    """The loop of a worker process.

    What the questions print to the standard output goes to the standard error: the
    answers alone are on the pipe.
    """
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        pipe.write(json.dumps(answer(json.loads(line))) + "\n")
        pipe.flush()
