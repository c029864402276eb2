"""Typical experiences: what a unit changed and what came of it."""
