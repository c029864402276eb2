"""A worker that dies at a named step, as if the power had gone: `python -m tests.killed before portal.outbox.actions.claim`.

Sends what is due like any worker. `after smtplib.SMTP.getreply 3` dies when the third call has returned.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

from portal.config import from_environment
from portal.factory import build


def die_at(when: str, step: str, nth: int) -> None:
    place, name = _owner(step)
    real: Callable[..., Any] = getattr(place, name)
    calls = count(1)

    def dying(*args: Any, **kwargs: Any) -> Any:
        is_last = next(calls) == nth
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(place, name, dying)


def _owner(step: str) -> tuple[Any, str]:
    """The module or class in which the step stands, and its name there."""
    path, name = step.rsplit(".", 1)
    try:
        return import_module(path), name
    except ModuleNotFoundError:
        module, owner = path.rsplit(".", 1)
        return getattr(import_module(module), owner), name


def main() -> None:
    when, step, *nth = sys.argv[1:]
    app = build(from_environment())
    die_at(when, step, int(nth[0]) if nth else 1)
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    sys.exit(f"the worker outlived {step}: {result.output}")


if __name__ == "__main__":
    main()
