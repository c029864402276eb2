"""How a faulty content file is told. Knows no file."""


class ContentError(ValueError):
    """A content file is faulty; the message names the file and the field."""
