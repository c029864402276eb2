"""The rules can be read and run without a web framework, a database or a key."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("flask", "werkzeug", "jinja2", "sqlalchemy", "alembic", "cryptography", "wtforms", "msgspec", "PIL", "pypdf", "babel")
PROGRAM = f"""
import pkgutil, sys
from importlib import import_module
import portal.domain
for module in pkgutil.walk_packages(portal.domain.__path__, "portal.domain."):
    import_module(module.name)
print(sorted(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_importing_all_rules_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
