"""Counting ballots, and what may be published of the count. Pure: knows no database, no clock and no page.

`count` makes secret counts of single cells; `results` makes of them the plain JSON that is frozen and shown to everyone;
`against`, `standing`, `most_dissatisfying` and `revised` work with such JSON alone. A small cell, where one is protected, is
a set of fewer than five ballots (of a group, on a subject), not a level that few of many chose: that is shown.
"""

from portal.domain.tally.comparing import against, answers, asks_for_steering, most_dissatisfying, standing, urged
from portal.domain.tally.corrections import revised
from portal.domain.tally.counting import Ballot, Counts, ForeignAnswerError, count
from portal.domain.tally.figures import State
from portal.domain.tally.publishing import results

__all__ = ["Ballot", "Counts", "ForeignAnswerError", "State", "against", "answers", "asks_for_steering", "count",
           "most_dissatisfying", "results", "revised", "standing", "urged"]
