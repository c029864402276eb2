"""Serves the site with waitress: several processes on one socket, and one that carries out what falls due.

Safe without a proxy in front: slow clients are buffered and idle connections are closed.
"""

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

from flask import Flask

THREADS = 4
CONNECTIONS = 500  # waitress's default of 100 lets slow clients shut everyone else out
IDLE_SECONDS = 60
LONGEST_HEAD = 32 * 1024  # bytes of address and headers; the default of 256 KB is room for mischief only


def serve(app: Flask, work: Callable[[], None]) -> None:
    """Runs until it is told to stop. A process that dies is replaced."""
    settings = app.config["PORTAL"]
    listening = _listen(settings.host, settings.port)
    tasks: list[Callable[[], None]] = [lambda: _answer(app, listening)] * settings.workers + [work]
    gc.collect()
    gc.freeze()  # what is there before the fork stays shared: the collector writes into everything it looks at
    running = {_fork(task): task for task in tasks}

    def stop(signum: int, frame: FrameType | None) -> None:
        for process in list(running):
            os.kill(process, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        process, _ = os.wait()
        task = running.pop(process, None)
        if task is not None:
            running[_fork(task)] = task


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    return listening


def _fork(task: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    try:
        task()
    finally:
        os._exit(1)


def _answer(app: Flask, listening: socket.socket) -> None:
    import logging

    import waitress

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is no fault
    waitress.serve(app, sockets=[listening], threads=THREADS, connection_limit=CONNECTIONS,
                   channel_timeout=IDLE_SECONDS, max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1024 * 1024,
                   max_request_header_size=LONGEST_HEAD,
                   clear_untrusted_proxy_headers=app.config["PORTAL"].proxies == 0, ident=None, _quiet=True)
