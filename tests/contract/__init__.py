"""Holds the project to its own promises: layers, words, migrations, content, recipes, settings."""
