"""The open door: a public portal for opinions and their open evaluation. Importing a rule does not load Flask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> "Flask":
    """The site, configured from the environment."""
    from portal.config import from_environment
    from portal.factory import build

    return build(from_environment())
