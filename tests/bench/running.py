"""Servers and clients as processes: starting, asking, reading processor time and memory from /proc, stopping."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from portal.config import ROOT
from tests.bench.load import environment

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60  # seconds
_STEP = 0.005


@dataclass(frozen=True)
class Server:
    pid: int
    port: int

    def processor_seconds(self) -> float:
        """User and system time of the process so far, to a hundredth of a second."""
        return _processor_seconds(self.pid)

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Lets a client do the job; the answer also tells what it cost the server a request, in seconds."""
        before = self.processor_seconds()
        done = subprocess.run([sys.executable, "-m", "tests.bench.client"], input=json.dumps({**job, "port": self.port}) + "\n",
                              cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2_000:])
        result: dict[str, Any] = json.loads(done.stdout)
        return {**result, "cpu": (self.processor_seconds() - before) / len(result["times"])}

    def submit(self, *, many: int, first: int) -> dict[str, dict[str, Any]]:
        """The three steps of a submission, each with what it cost."""
        client = subprocess.Popen([sys.executable, "-m", "tests.bench.client"], cwd=ROOT, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        assert client.stdin and client.stdout
        before = self.processor_seconds()
        client.stdin.write(json.dumps({"what": "submissions", "many": many, "first": first, "port": self.port}) + "\n")
        client.stdin.flush()
        steps = {}
        for line in client.stdout:
            result, now = json.loads(line), self.processor_seconds()
            steps[result["step"]] = {**result, "cpu": (now - before) / many}
            before = now
            client.stdin.write("\n")
            client.stdin.flush()
        if client.wait() or len(steps) != 3:
            raise RuntimeError("the client failed")
        return steps


def _alone(pid: int) -> None:
    """The server on the first processor, its clients on the others: threads that fight over two count work twice."""
    ours = sorted(os.sched_getaffinity(0))
    if len(ours) > 1:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {ours[0]})


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@contextmanager
def server(what: str, folder: Path, *more: str) -> Iterator[Server]:
    """One process of `tests.bench.server`, answering, ended afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.server", what, str(port), *more]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(folder))
    try:
        first_answer(port, "/", process)
        _alone(process.pid)
        yield Server(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


def first_answer(port: int, path: str, process: subprocess.Popen[Any]) -> float:
    """Waits until the server answers; the moment at which it did, by the monotonic clock."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=_PATIENCE) as answer:  # noqa: S310 - our own address
                answer.read()
            return time.monotonic()
        except OSError:
            time.sleep(_STEP)
    raise RuntimeError("the server does not answer")


@dataclass(frozen=True)
class Start:
    """`healthz` and `home`: seconds from the start of the command; memory in megabytes, shared pages shared out."""

    healthz: float
    home: float
    workers: float
    whole: float
    resident: float


def start(folder: Path, *, workers: int) -> Start:
    """`flask serve` as an operator starts it: until its first answers, and the memory it then has."""
    port, begun = free_port(), time.monotonic()
    env = {**environment(folder), "PORTAL_WORKERS": str(workers), "PORTAL_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "flask", "--app", "portal", "serve"], cwd=ROOT, env=env,
                               stdout=subprocess.DEVNULL)
    try:
        healthz = first_answer(port, "/healthz", process) - begun
        home = first_answer(port, "/", process) - begun
        for _each in range(workers * 4):  # so that every worker has answered
            first_answer(port, "/", process)
        children = sorted(map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8").split()))
        answering = children[:workers]  # the last one carries out what falls due
        return Start(healthz, home, workers=sum(map(_shared_out, answering)),
                     whole=sum(map(_shared_out, [process.pid, *children])), resident=sum(map(_resident, answering)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


def _shared_out(pid: int) -> float:
    return _megabytes(pid, "Pss:")


def _resident(pid: int) -> float:
    return _megabytes(pid, "Rss:")


def _megabytes(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
