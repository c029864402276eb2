"""Measures, compares, prints: `python -m tests.bench [--sizes 100000,1000000] [--rounds 3] [--seconds 1.5] [--fresh]`.

At the end come the pages of the desk with 200,000 cases and the results of 100,000 ballots, on SQLite and, where
TEST_DATABASE_URL names a server, on PostgreSQL (`python -m tests.bench.desk` and `tests.bench.evaluation` measure them alone).

Everything runs in the same minutes on the same machine, in rounds, so that other work disturbs all alike; the
figures are medians of the rounds. Processor time is the most trustworthy: user and system time of the one server
process, which has a processor of its own, divided by its requests. Latency is what four connections see that never pause.
"""

import argparse
import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from portal.server import THREADS
from tests.bench.client import CONNECTIONS
from tests.bench.desk import CASES as DESK_CASES
from tests.bench.desk import measured as measured_desk
from tests.bench.evaluation import BALLOTS
from tests.bench.evaluation import measured as measured_evaluation
from tests.bench.load import FOLDER, Loaded, loaded, prepared
from tests.bench.running import Server, Start, server, start

_SUBMISSIONS = 60
_DIFFERENT = 9_000  # addresses of one page: what the portal keeps of pages is of no use to them
_STARTS = 5
_SAME = 1.15  # ratios nearer to one are noise
_HELLO, _LIST, _ORM = "bare hello", "bare list of 25 rows", "the same with Flask-SQLAlchemy"
_FIRST, _UNCHANGED, _SUBMISSION = "/progress, rendered anew", "/progress unchanged (304)", "submission"
_CASE, _READ = "one case, rendered anew", "one case, read by many"
# Searched for in what people wrote: common and rare words of two and of four characters.
_SHORT_WORDS, _LONG_WORDS = ("停车", "签注", "老人", "材料", "路灯"), ("电动自行", "办证大厅", "社区民警", "身份证件")


@dataclass
class Figures:
    """What the rounds gave for one thing, in seconds."""

    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    half: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def add(self, result: dict[str, Any]) -> None:
        times = sorted(result["times"])
        self.cpu.append(result["cpu"])
        self.rate.append(len(times) / result["seconds"])
        self.half.append(times[len(times) // 2])
        self.most.append(times[int(len(times) * 0.95)])

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.cpu) * 1000


Book = dict[tuple[str, int], Figures]  # what, with how many cases (0: bare)


def jobs(data: Loaded) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is asked of the portal, and under which name."""
    numbers, common = data.numbers, data.combinations
    deep = numbers[len(numbers) // 10:len(numbers) * 9 // 10]
    filtered = [urlencode({"category": category, "unit": unit, "state": state}) for category, unit, state in common]
    pages = {
        "home": ["/"],
        "home, rendered anew": [f"/?n={n}" for n in range(_DIFFERENT)],
        "/progress": ["/progress"],
        _FIRST: [f"/progress?n={n}" for n in range(_DIFFERENT)],
        "/progress, a deep page": [f"/progress?after={number}" for number in deep],
        "/progress, three filters": [f"/progress?{asked}" for asked in filtered],
        "/progress, filters, deep": [f"/progress?{asked}&after={number}"
                                     for asked, number in zip(filtered, deep, strict=False)],
        "/progress?q= two characters": _searches(_SHORT_WORDS),
        "/progress?q= four characters": _searches(_LONG_WORDS),
        _READ: [f"/progress/{number}" for number in numbers[:10]],
        _CASE: [f"/progress/{number}" for number in numbers],
    }
    for name, paths in pages.items():
        yield name, {"what": "get", "paths": paths}
    yield _UNCHANGED, {"what": "unchanged", "paths": ["/progress"]}
    yield "POST /track, right code", {"what": "track", "codes": list(data.codes)}


def _searches(words: tuple[str, ...]) -> list[str]:
    return [f"/progress?{urlencode({'q': words[n % len(words)], 'n': n})}" for n in range(_DIFFERENT)]


def measured(sizes: list[Loaded], *, rounds: int, seconds: float) -> Book:
    book: Book = defaultdict(Figures)
    with ExitStack() as running:
        bare = running.enter_context(server("bare", sizes[-1].folder, str(sizes[-1].database)))
        portals = {data.cases: running.enter_context(server("portal", data.folder)) for data in sizes}
        for number in range(rounds + 1):
            warm = number == 0  # a round for templates, caches and files to be where they will be
            for name, size, one, job in _turns(bare, portals, sizes):
                result = one.ask({**job, "seconds": 0.3 if warm else seconds, "first": number * 1_000})
                if not warm:
                    book[name, size].add(result)
            for size, one in portals.items():
                steps = one.submit(many=5 if warm else _SUBMISSIONS, first=number * 10_000)
                if not warm:
                    _add_submission(book, size, steps)
            print(f"  {'warmed up' if warm else f'round {number} of {rounds}'}", flush=True)
    return book


def _turns(bare: Server, portals: dict[int, Server],
           sizes: list[Loaded]) -> Iterator[tuple[str, int, Server, dict[str, Any]]]:
    """Every thing at every size, the bare ones between them."""
    yield _HELLO, 0, bare, {"what": "get", "paths": ["/"]}
    yield _LIST, 0, bare, {"what": "get", "paths": ["/list"]}
    yield _ORM, 0, bare, {"what": "get", "paths": ["/orm"]}
    by_name: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for data in sizes:
        for name, job in jobs(data):
            by_name[name].append((data.cases, job))
    for name, asked in by_name.items():
        for size, job in asked:
            yield name, size, portals[size], job


def _add_submission(book: Book, size: int, steps: dict[str, dict[str, Any]]) -> None:
    for step, result in steps.items():
        book[f"  {step}", size].add(result)
    whole = [sum(times) for times in zip(*(result["times"] for result in steps.values()), strict=True)]
    book[_SUBMISSION, size].add({"times": whole, "seconds": sum(result["seconds"] for result in steps.values()),
                                 "cpu": sum(result["cpu"] for result in steps.values())})


# --- what is printed --------------------------------------------------------------------------------------------------

def table(book: Book) -> Iterator[str]:
    hello, rows = book[_HELLO, 0], book[_LIST, 0]
    yield (f"{'':32} {'cases':>9} {'CPU ms':>8} {'× list':>7} {'× hello':>8} {'req/s':>7} {'÷ list':>7} {'p50 ms':>8} "
           f"{'p95 ms':>8}")
    for (name, size), figures in sorted(book.items(), key=lambda item: list(book).index(item[0])):
        rate, cpu = statistics.median(figures.rate), figures.milliseconds
        yield (f"{name:32} {f'{size:,}' if size else '':>9} {cpu:8.2f} {cpu / rows.milliseconds:7.2f} "
               f"{cpu / hello.milliseconds:8.2f} {rate:7.0f} {statistics.median(rows.rate) / rate:7.2f} "
               f"{statistics.median(figures.half) * 1000:8.2f} {statistics.median(figures.most) * 1000:8.2f}")


def verdicts(book: Book, sizes: list[int], starts: list[Start]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it holds."""
    few, many = min(sizes), max(sizes)
    for name in (_READ, _CASE):
        case = book[name, many].milliseconds
        raw, mapped = case / book[_LIST, 0].milliseconds, case / book[_ORM, 0].milliseconds
        yield f"{name}: at most 1.5 × the bare list", f"{raw:.2f} × (with Flask-SQLAlchemy: {mapped:.2f} ×)", raw <= 1.5
    for name in (_FIRST, "/progress, a deep page", "/progress, three filters") if few != many else ():
        grown = book[name, many].milliseconds / book[name, few].milliseconds
        yield f"{name}: the same with {many:,} as with {few:,}", f"{grown:.2f} ×", grown <= _SAME
    saved = book[_UNCHANGED, many].milliseconds / book[_CASE, many].milliseconds
    hello = book[_UNCHANGED, many].milliseconds / book[_HELLO, 0].milliseconds
    yield "unchanged page: 304 before rendering", f"{hello:.2f} × hello, {saved:.2f} × one case", saved < 0.7
    for size in sorted(set(sizes)):
        spent = book[_SUBMISSION, size].milliseconds
        sent = book["  send", size].milliseconds
        yield f"submission, {size:,} cases: at most 6 ms", f"{spent:.2f} ms, of it sending {sent:.2f}", spent <= 6
    memory = statistics.median(each.workers for each in starts)
    whole = statistics.median(each.whole for each in starts)
    resident = statistics.median(each.resident for each in starts)
    yield ("memory of two fresh workers: under 118 MB",
           f"PSS {memory:.0f} MB, RSS {resident:.0f}; with parent and clock PSS {whole:.0f}", memory < 118)
    healthz, home = (statistics.median(getattr(each, name) for each in starts) for name in ("healthz", "home"))
    yield "first answer: within a second of the start", f"/healthz {healthz:.2f} s, home {home:.2f} s", home < 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default="100000,1000000", help="how many cases, separated by commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="for each thing in each round")
    parser.add_argument("--fresh", action="store_true", help="make the databases anew")
    given = parser.parse_args()
    sizes = sorted({int(size) for size in given.sizes.split(",")})
    print(f"waitress, one process, {THREADS} threads; {CONNECTIONS} connections; Python {platform.python_version()}")
    databases = []
    for size in sizes:
        print(f"  {size:,} cases in var/bench/{size}", flush=True)
        databases.append(loaded(size, fresh=given.fresh))
    (FOLDER / "fresh").mkdir(parents=True, exist_ok=True)
    prepared(FOLDER / "fresh")
    starts = [start(FOLDER / "fresh", workers=2) for _start in range(_STARTS)]
    book = measured(databases, rounds=given.rounds, seconds=given.seconds)
    print("\n" + "\n".join(table(book)) + "\n")
    for target, found, holds in verdicts(book, sizes, starts):
        print(f"{'holds ' if holds else 'MISSED'}  {target}: {found}")
    for database in dict.fromkeys(("", os.environ.get("TEST_DATABASE_URL", ""))):
        print(f"\nthe desk with {DESK_CASES:,} cases, {'PostgreSQL' if database else 'SQLite'}")
        print("\n".join(measured_desk(DESK_CASES, database, fresh=given.fresh)))
        print("\n".join(measured_evaluation(BALLOTS, database)))


if __name__ == "__main__":
    main()
