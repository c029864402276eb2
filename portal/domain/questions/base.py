"""What a question is, and what a type of question must know. Everything a type differs in stands in its own module."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

Answer = Any  # plain JSON; its shape is the type's own
LONGEST_LABEL = 200  # characters of a question, a choice, a heading
MOST_CHOICES = 50
MOST_QUESTIONS = 200


@dataclass(frozen=True)
class Choice:
    """One choice, or one row of a matrix. `value` is what is stored and sent."""

    value: str
    text: str
    text_en: str


@dataclass(frozen=True)
class Condition:
    """Asked only where the answer to an earlier question is, or contains, one of these values (as they are sent)."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """`settings` are the type's own, every one of them present. `becomes`: what its words turn into, `opinion` or `report`."""

    id: str
    type: str
    text: str
    text_en: str
    help: str = ""
    help_en: str = ""
    required: bool = False
    shown_if: Condition | None = None
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    becomes: str | None = None

    @property
    def field(self) -> str:
        """The name of its field in the ballot; a type with several fields adds `_` and the part to it."""
        return f"q_{self.id}"

    @property
    def case_field(self) -> str:
        """The name of the tick that makes a case of its words."""
        return f"case_{self.id}"

    @property
    def kind(self) -> "QuestionType":
        """What knows how it is answered."""
        from portal.domain.questions import BY_KEY  # which lists the types, and they need this module

        return BY_KEY[self.type]


class Summary(StrEnum):
    """How the answers to a part of a question are summed up."""

    LEVELS = "levels"    # a scale of five: mean, distribution, satisfied, bad
    CHOICES = "choices"  # how many chose each
    PLACES = "places"    # a ranking: how often each choice got each place; a part for each choice, its values the places
    NUMBERS = "numbers"  # mean and distribution of whole or decimal numbers
    TEXTS = "texts"      # how many wrote; the words themselves are read by people


class Slip(ValueError):  # noqa: N818 - of the person who answers, told as such; not a failure of ours
    """The answer will not do: `reason` is a code of `portal.web.faults`, `field` the one it stands in."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


class Fields(Protocol):
    """What a form sent: several values may have one name. Iterating gives the names."""

    def getlist(self, name: str) -> list[str]: ...

    def __iter__(self) -> Iterator[str]: ...


class QuestionType(ABC):
    """One type of question. A module of this folder has one subclass and is listed in `__init__`.

    `settings`: the names of its own settings with their defaults, whose types are also those that are allowed.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    name_en: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    has_choices: ClassVar[bool] = False
    has_rows: ClassVar[bool] = False
    may_become_case: ClassVar[bool] = False

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        """Faults of a definition beyond missing or unknown keys: field and reason, a code of `portal.domain.form_faults`."""
        yield from ()

    def fields(self, question: Question) -> tuple[str, ...]:
        """The names of all fields that it has in the ballot."""
        return (question.field,)

    def options(self, question: Question) -> tuple[Choice, ...]:
        """What can be chosen, with its words; nothing for numbers and texts."""
        return ()

    @abstractmethod
    def read(self, question: Question, fields: Fields) -> Answer | None:
        """The answer as it is stored; None where nothing was given. Raises Slip."""

    def missing(self, question: Question, answer: Answer | None) -> str | None:
        """The field that still lacks an answer; only required questions are asked for it."""
        return question.field if answer is None else None

    @abstractmethod
    def room(self, question: Question) -> int:
        """The most bytes that an answer takes as JSON in UTF-8."""

    @abstractmethod
    def summary(self, question: Question) -> Summary:
        """How its answers are summed up."""

    def parts(self, question: Question) -> Mapping[str, tuple[str, ...]]:
        """What is counted: part -> its values in their order. The part of a question as a whole is the empty word.

        Values are as they are sent; numbers and texts have one part without any.
        """
        return {"": tuple(each.value for each in self.options(question))}

    @abstractmethod
    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        """What one answer adds to the count: part and value; for a number its digits, for a text no word of it."""

    def chosen(self, answer: Answer) -> frozenset[str]:
        """The values that a condition may ask for, of those in the part of the question as a whole."""
        return frozenset()


def only(fields: Fields, name: str) -> str:
    """The one value of a field, empty where it was not sent. Raises Slip where a changed form sends several."""
    sent = [value for value in fields.getlist(name) if value]
    if len(sent) > 1:
        raise Slip("one_answer", name)
    return sent[0] if sent else ""
