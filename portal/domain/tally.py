"""Placeholder until counting is written (H2 replaces this file)."""


class Ballot:
    pass
