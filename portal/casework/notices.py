"""Says which acts an author is told of by a notice. Knows neither addresses nor how notices travel."""

from datetime import datetime

from portal.casework.models import CaseRecord
from portal.domain.case import Event
from portal.domain.people import Role
from portal.domain.transitions import row_of
from portal.outbox import actions as outbox
from portal.outbox.rules import Kind, Means


def queue_for(record: CaseRecord, event: Event, now: datetime) -> None:
    """Queues a notice beside an act that the author may read and did not do. Belongs inside the act's transaction."""
    row = row_of(event.action)
    if record.notify and row is not None and row.told and event.role is not Role.AUTHOR:
        outbox.queue(record.id, Means(record.notify), Kind.CHANGED, now=now)
