"""The workspace of the staff."""
