"""The open door: a public portal for opinions and their open evaluation. Importing a rule does not load Flask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> "Flask":
    """The site, configured from the environment; ends the process with one plain line where it cannot start."""
    from portal.config import ConfigError, from_environment
    from portal.content import ContentError
    from portal.factory import build

    try:
        return build(from_environment())
    except (ConfigError, ContentError) as fault:
        raise SystemExit(f"cannot start: {fault}") from None
