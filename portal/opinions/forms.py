"""The opinion form as the public fills it in."""

from wtforms import StringField

from portal.web.opinion_form import OpinionForm


class PublicForm(OpinionForm):
    """`website` is a trap for robots."""

    website = StringField()
