"""Counting ballots, and what may be published of the count. Pure: knows no database, no clock and no page.

`count` makes secret counts of single cells; `results` makes of them the plain JSON that is frozen and shown to everyone;
`against`, `standing`, `most_dissatisfying` and `revised` work with such JSON alone.
"""

from portal.domain.tally.comparing import against, most_dissatisfying, standing, urged
from portal.domain.tally.corrections import revised
from portal.domain.tally.counting import Ballot, Counts, ForeignAnswerError, count
from portal.domain.tally.figures import State
from portal.domain.tally.publishing import results

__all__ = ["Ballot", "Counts", "ForeignAnswerError", "State", "against", "count", "most_dissatisfying", "results", "revised",
           "standing", "urged"]
