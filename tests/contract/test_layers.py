# ruff: noqa: E501 - a table is read in aligned columns
"""Who may import whom. The table is the one of the README's architecture; a file that breaks it is named with its line."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"

# Lowest first: a feature may use those before it. The faces may use all of these, and never each other.
FEATURES = ("vault", "accounts", "outbox", "calendars", "casework", "evaluation", "publishing")
FACES = ("pages", "opinions", "track", "progress", "evaluations", "registers", "catalogue", "stories", "desk")
SHARED = ("web", "worker", "domain", "attachments", "content", "migrations", "demo")

#  file                what it may never import                                                          but for
TABLE = {
    "*/models.py":   (("flask", "portal.web", "portal.clock", "portal.*.actions", "portal.*.queries"),   ()),
    "*/queries.py":  (("flask", "wtforms", "flask_wtf", "portal.web", "portal.clock", "portal.*.forms"),  ()),
    "*/actions.py":  (("flask", "wtforms", "flask_wtf", "portal.web", "portal.clock", "portal.*.forms"),  ()),
    "*/views.py":    (("sqlalchemy", "portal.*.models", "portal.cli", "portal.factory", "portal.features"), ("sqlalchemy.exc",)),
    "*/forms.py":    (("sqlalchemy", "portal.*.models", "portal.*.actions", "portal.db"),                 ()),
    "desk/*.py":     (("sqlalchemy", "portal.*.models", "portal.cli", "portal.factory", "portal.features"), ("sqlalchemy.exc",)),
    "casework/*.py": (("flask", "wtforms", "flask_wtf", "portal.web", "portal.clock"),                    ()),
    "attachments/*.py": (("flask", "sqlalchemy", "portal.web", "portal.db", "portal.clock"),              ()),
    "vault/*.py":    (("flask", "wtforms", "flask_wtf", "portal.web", "portal.clock"),                    ()),
    "web/*.py":      (("portal.*.models", "portal.*.views", "portal.cli", "portal.factory"),              ()),
}
PURE = frozenset({"portal.domain", "stdnum"})

READS_THE_CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))\(")
MAY_READ_THE_CLOCK = {"clock.py", "web/limits.py"}  # limits: real seconds also in a demonstration, outside of any request


class Import(NamedTuple):
    file: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.name}"

    def is_within(self, pattern: str) -> bool:
        expression = re.escape(pattern).replace(r"\*", r"[a-z_]+") + r"(\.|$)"
        return re.match(expression, self.name) is not None


def imports_of(file: Path) -> Iterator[Import]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(file.relative_to(ROOT).parts[:-node.level]) if node.level else ""
            module = ".".join(filter(None, (above, node.module)))
            yield Import(file, node.lineno, module)
            # `from portal.casework import actions` imports portal.casework.actions
            yield from (Import(file, node.lineno, f"{module}.{each.name}") for each in node.names)


EVERY = [found for file in sorted(PORTAL.rglob("*.py")) for found in imports_of(file)]


@pytest.mark.parametrize("files", TABLE)
def test_no_file_imports_what_its_layer_must_not_know(files: str) -> None:
    never, but = TABLE[files]
    matching = set(PORTAL.glob(files))
    assert matching, f"no file is {files}: the table is out of date"
    broken = [str(each) for each in EVERY if each.file in matching and not any(each.is_within(one) for one in but)
              and any(each.is_within(pattern) for pattern in never)]
    assert not broken, "\n".join(broken)


def test_the_domain_imports_only_the_standard_library_and_pure_helpers() -> None:
    broken = [str(each) for each in EVERY if PORTAL / "domain" in each.file.parents
              and each.name.split(".")[0] not in sys.stdlib_module_names and not any(each.is_within(pure) for pure in PURE)]
    assert not broken, "\n".join(broken)


def test_a_feature_uses_only_features_below_it() -> None:
    broken = []
    for each in EVERY:
        own = each.file.relative_to(PORTAL).parts[0]
        used = each.name.split(".")[1] if each.name.startswith("portal.") else ""
        if own in FEATURES and used in FEATURES and FEATURES.index(used) > FEATURES.index(own):
            broken.append(str(each))
        if own in FEATURES and used in FACES:
            broken.append(str(each))
    assert not broken, "\n".join(broken)


def test_models_are_known_to_their_own_feature_alone() -> None:
    broken = [str(each) for each in EVERY if (used := re.match(r"portal\.(\w+)\.models", each.name))
              and each.file.relative_to(PORTAL).parts[0] != used[1]]
    assert not broken, "\n".join(broken)


def test_the_faces_do_not_know_each_other() -> None:
    broken = []
    for each in EVERY:
        own = each.file.relative_to(PORTAL).parts[0]
        used = each.name.split(".")[1] if each.name.startswith("portal.") else ""
        if own in FACES and used in FACES and own != used:
            broken.append(str(each))
    assert not broken, "\n".join(broken)


def test_every_folder_has_its_place_in_the_order() -> None:
    folders = {folder.name for folder in PORTAL.iterdir() if (folder / "__init__.py").exists()}
    assert folders - {*FEATURES, *FACES, *SHARED} == set()


def test_only_the_clock_reads_the_system_clock() -> None:
    broken = [f"{file.relative_to(ROOT)}:{number}" for file in sorted(PORTAL.rglob("*.py"))
              for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
              if READS_THE_CLOCK.search(line) and str(file.relative_to(PORTAL)) not in MAY_READ_THE_CLOCK]
    assert not broken, "\n".join(broken)


def test_only_markup_says_that_a_text_is_safe() -> None:
    python = [f"{file.relative_to(ROOT)}:{number}" for file in sorted(PORTAL.rglob("*.py")) if file.name != "markup.py"
              for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1) if re.search(r"\bMarkup\(", line)]
    templates = [f"{file.relative_to(ROOT)}:{number}" for file in sorted((ROOT / "templates").rglob("*.html"))
                 for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
                 if re.search(r"\|\s*safe\b|autoescape\s+false", line)]
    assert not python + templates, "\n".join(python + templates)
