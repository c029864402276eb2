"""Turns the short lists in pyproject.toml into locked files: exact versions, hashes, and the reason of each direct line.

Run by `make lock`. The tool that resolves (uv) is told to write down neither an index nor a path of this machine.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "pyproject.toml"


def reasons() -> dict[str, str]:
    """Package name -> the comment behind its line in pyproject.toml."""
    lines = re.findall(r'^\s+"([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?[^"]*",?\s+#\s*(.+)$', SOURCE.read_text("utf-8"), re.M)
    return {name.lower(): reason for name, reason in lines}


def lock(target: str, title: str, wanted: list[str], constraint: str | None = None) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--generate-hashes", "--universal",
               "--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links", "--no-header",
               "--no-annotate", "--quiet"]
    if constraint:
        command += ["--constraint", constraint]
    made = subprocess.run(command, input="\n".join(wanted), capture_output=True, text=True, cwd=ROOT, check=True)
    why, lines = reasons(), [f"# {title}", "# Made by `make lock` from pyproject.toml; do not edit by hand.", ""]
    for line in made.stdout.splitlines():
        name = re.match(r"([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==", line)
        if name:
            lines.append(f"# {name[1]}: {why.get(name[1].lower(), 'needed by the packages above or below')}")
        lines.append(line)
    (ROOT / target).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    project = tomllib.loads(SOURCE.read_text("utf-8"))
    lock("requirements.txt", "What the portal runs and is tested with.", project["project"]["dependencies"])
    lock("requirements-dev.txt", "What checks the portal: style, types, templates, a real browser.",
         project["dependency-groups"]["dev"], constraint="requirements.txt")
