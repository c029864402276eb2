"""Refusals: what may not be done, with the data a page needs to say so. Knows nothing of pages or status codes."""

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal that the reader may be told about."""


class NotFoundError(DomainError):
    """There is nothing here, or nothing this reader may know of; both look alike."""


class NotAllowedError(DomainError):
    """The action is not open to this person in this state of the case."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class StaleError(DomainError):
    """Somebody else acted first: the case is at `now`, the reader saw `seen` (versions)."""

    def __init__(self, *, number: str, seen: int, now: int) -> None:
        super().__init__(f"{number}: saw {seen}, is {now}")
        self.number, self.seen, self.now = number, seen, now


class InvalidError(DomainError):
    """What was given cannot be taken: field name -> reason code (`required`, `too_long`, `choice`, ...)."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {why}" for name, why in fields.items()))
        self.fields = dict(fields)


class ClockError(DomainError):
    """The clock stands long before what was recorded last: deadlines would be wrong, so nothing is taken."""
