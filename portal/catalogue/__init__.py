"""The catalogue of convenience services."""
