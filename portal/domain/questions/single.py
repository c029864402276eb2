"""Single choice: one of several."""

from collections.abc import Iterator

from portal.domain.questions.base import Answer, Choice, Fields, Question, QuestionType, Slip, Summary, only


class Single(QuestionType):
    """Stored as the value of the choice."""

    key = "single"
    name, name_en = "单选", "One of several"
    has_choices = True

    def options(self, question: Question) -> tuple[Choice, ...]:
        return question.choices

    def read(self, question: Question, fields: Fields) -> str | None:
        given = only(fields, question.field)
        if given and given not in {each.value for each in self.options(question)}:
            raise Slip("choice", question.field)
        return given or None

    def room(self, question: Question) -> int:
        return len('""') + max(len(each.value) for each in self.options(question))

    def summary(self, question: Question) -> Summary:
        return Summary.CHOICES

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        yield "", answer

    def chosen(self, answer: Answer) -> frozenset[str]:
        return frozenset({answer})
