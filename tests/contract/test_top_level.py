"""The top level stays as the owner fixed it, and nothing in the tree names the machine it was made on."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {"portal", "content", "templates", "static", "tests", "deploy", ".ci", "requirements.txt", "requirements-dev.txt",
           "README.md", "pyproject.toml", "Makefile", "LICENSE", ".gitignore", ".gitattributes", ".editorconfig"}
# Written in pieces, so that this file does not find itself.
MACHINE = re.compile("|".join((
    r"(?<![\w.])/(wo" r"rk|ro" r"ot|ho" r"me|Us" r"ers)/\w", r"--(extra-)?ind" r"ex-url", r"--find-" r"links(?!\"|\))",
    r"python" r"hosted\.org", r"py" r"pi\.org", r"registry\.n" r"pmjs", r"deb\.deb" r"ian", r"/sim" r"ple/")))
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2", ".pdf"}


def tree() -> list[Path]:
    """Every file that belongs to the project: known to git, or new and not ignored."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_the_top_level_holds_only_what_it_should() -> None:
    assert {file.relative_to(ROOT).parts[0] for file in tree()} - ALLOWED == set()


def test_nothing_names_a_path_of_a_machine_or_a_registry() -> None:
    named = [f"{file.relative_to(ROOT)}:{number}: {found[0]}" for file in tree() if file.suffix not in PICTURES
             for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1) if (found := MACHINE.search(line))]
    assert not named, "\n".join(named)


def test_no_file_is_heavy() -> None:
    heavy = [str(file.relative_to(ROOT)) for file in tree() if file.stat().st_size > 400_000]
    assert not heavy
