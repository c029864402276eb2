"""The author's own view of a case, opened with its reference code."""
