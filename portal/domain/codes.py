"""The codes that a case is described with, each with its words: lanes, statuses, outcomes, levels, actions.

Words follow the glossary: lane 性质, outcome 办理结果, rating 评价, supervision 督办, follow-up 回访.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.domain.people import N_


class Lane(StrEnum):
    """The nature of a case: it decides which office handles it and who may ever know of it."""

    ORDINARY = "ordinary"
    PETITION = "petition"
    MISCONDUCT = "misconduct"


LANE_WORDS = {Lane.ORDINARY: N_("Ordinary matter"), Lane.PETITION: N_("Petition or law-enforcement fault"),
              Lane.MISCONDUCT: N_("Discipline or law breach")}


class Stage(StrEnum):
    """The level of a petition matter (Regulations on Petition Work, art. 34 to 36); other lanes know the first only."""

    FIRST = "first"
    REVIEW = "review"
    RE_EXAMINATION = "re-examination"


STAGE_WORDS = {Stage.FIRST: N_("First decision"), Stage.REVIEW: N_("Review"), Stage.RE_EXAMINATION: N_("Re-examination")}
NEXT_STAGE = {Stage.FIRST: Stage.REVIEW, Stage.REVIEW: Stage.RE_EXAMINATION}


class Status(StrEnum):
    RECEIVED = "received"
    QUARANTINED = "quarantined"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    WAITING = "waiting"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"
    REFERRED = "referred"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class StatusWords:
    """How a status is told to everyone: word, plain meaning, who acts next, colour tone."""

    word: str
    meaning: str
    next: str
    tone: str


STATUS_WORDS = {
    Status.RECEIVED: StatusWords(N_("Received"), N_("The opinion has arrived and is being sorted."),
                                 N_("The outreach office sorts it and hands it over."), "new"),
    Status.QUARANTINED: StatusWords(N_("Held for review"), N_("A person checks whether this is a real opinion."),
                                    N_("The outreach office decides."), "waiting"),
    Status.ASSIGNED: StatusWords(N_("Accepted"), N_("It has been handed to the unit that must answer."),
                                 N_("The unit starts work."), "new"),
    Status.HANDLING: StatusWords(N_("Being handled"), N_("The unit is working on it."),
                                 N_("The unit answers."), "active"),
    Status.WAITING: StatusWords(N_("Waiting for the author"), N_("The unit has asked the author a question."),
                                N_("The author replies; after ten working days the work goes on."), "waiting"),
    Status.DRAFTED: StatusWords(N_("Answer being checked"), N_("An answer is written; another person checks it."),
                                N_("A reviewer approves the answer."), "active"),
    Status.ANSWERED: StatusWords(N_("Answered"), N_("The unit has answered."), N_("The author rates the answer."), "done"),
    Status.CLOSED: StatusWords(N_("Closed"), N_("Answered, and the time for rating is over or the author is satisfied."),
                               N_("Nothing more is planned."), "done"),
    Status.DECLINED: StatusWords(N_("Not accepted"), N_("It cannot be handled here; the reason was given."),
                                 N_("The author may use the channel that was named."), "refused"),
    Status.REFERRED: StatusWords(N_("Referred elsewhere"), N_("Another body is responsible; the author was told which."),
                                 N_("The other body acts."), "refused"),
    Status.MERGED: StatusWords(N_("Joined to another case"), N_("Another case about the same matter carries it on."),
                               N_("The other case is answered."), "refused"),
    Status.WITHDRAWN: StatusWords(N_("Withdrawn"), N_("The author withdrew it."), N_("Nothing more is planned."), "refused"),
}

OPEN = frozenset({Status.RECEIVED, Status.QUARANTINED, Status.ASSIGNED, Status.HANDLING, Status.WAITING, Status.DRAFTED})
IN_HAND = frozenset({Status.ASSIGNED, Status.HANDLING, Status.WAITING, Status.DRAFTED})
ENDED = frozenset({Status.ANSWERED, Status.CLOSED})
REFUSED = frozenset({Status.DECLINED, Status.REFERRED})


class Publication(StrEnum):
    """What everyone may read: a stub until a person decided, then a stub for good or the redacted text."""

    UNDECIDED = "undecided"
    STUB = "stub"
    TEXT = "text"
    HIDDEN = "hidden"


class Channel(StrEnum):
    """The way an opinion came. All but the first and the last are written down by staff.

    `BALLOT`: written in an evaluation form, whose author chose that it becomes a case.
    """

    WEB = "web"
    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    PAPER = "paper"
    EVENT = "event"
    HOTLINE = "hotline"
    SOCIAL = "social"
    BALLOT = "ballot"


CHANNEL_WORDS = {
    Channel.WEB: N_("This website"),
    Channel.PHONE: N_("Telephone"),
    Channel.VISIT: N_("Visit"),
    Channel.LETTER: N_("Letter"),
    Channel.PAPER: N_("Paper form"),
    Channel.EVENT: N_("Event"),
    Channel.HOTLINE: N_("Hotline"),
    Channel.SOCIAL: N_("Social media"),
    Channel.BALLOT: N_("Evaluation form"),
}


class Outcome(StrEnum):
    """What the unit says of its own work."""

    DONE = "done"
    PROMISED = "promised"
    EXPLAINED = "explained"
    NOT_POSSIBLE = "not-possible"
    REFERRED = "referred"


OUTCOME_WORDS = {
    Outcome.DONE: N_("Done"),
    Outcome.PROMISED: N_("Promised by a date"),
    Outcome.EXPLAINED: N_("Explained"),
    Outcome.NOT_POSSIBLE: N_("Not possible, with the legal basis"),
    Outcome.REFERRED: N_("Referred to the responsible body"),
}


class Position(StrEnum):
    """What the decision on a petition says of the request (Regulations on Petition Work, art. 32)."""

    SUPPORTED = "supported"
    EXPLAINED = "explained"
    NOT_SUPPORTED = "not-supported"


POSITION_WORDS = {
    Position.SUPPORTED: N_("The request is supported"),
    Position.EXPLAINED: N_("The request is explained: there is no ground for it, or conditions are missing"),
    Position.NOT_SUPPORTED: N_("The request is not supported"),
}
POSITION_OUTCOME = {Position.SUPPORTED: Outcome.DONE, Position.EXPLAINED: Outcome.EXPLAINED,
                    Position.NOT_SUPPORTED: Outcome.NOT_POSSIBLE}


class Milestone(StrEnum):
    """What an interim notice reports: also that nothing is solved yet (四回告)."""

    BEGUN = "begun"
    PROGRESS = "progress"
    DECISION = "decision"
    NOT_SOLVED = "not-solved"


MILESTONE_WORDS = {
    Milestone.BEGUN: N_("the work has begun"),
    Milestone.PROGRESS: N_("there is progress"),
    Milestone.DECISION: N_("a decision was taken on the way"),
    Milestone.NOT_SOLVED: N_("it is not solved yet"),
}


class OrderLevel(StrEnum):
    """How strongly a unit is urged, each with a deadline of its own."""

    REMINDER = "reminder"
    ORDER = "order"
    CIRCULAR = "circular"


ORDER_WORDS = {OrderLevel.REMINDER: N_("Reminder"), OrderLevel.ORDER: N_("Supervision order"),
               OrderLevel.CIRCULAR: N_("Circular of criticism")}


class Extension(StrEnum):
    NONE = "none"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Solved(StrEnum):
    """What a follow-up heard from the author."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_REACHED = "not-reached"


SOLVED_WORDS = {Solved.YES: N_("Solved"), Solved.PARTLY: N_("Partly solved"), Solved.NO: N_("Not solved"),
                Solved.NOT_REACHED: N_("Not reached")}


class Promise(StrEnum):
    """How a promise with a date stands: nobody looked yet, somebody looked and it was kept, or it was not."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


PROMISE_WORDS = {Promise.OPEN: N_("Not yet due"), Promise.KEPT: N_("Kept"), Promise.BROKEN: N_("Not kept")}

# The five levels of the national rating system for services (国办发〔2019〕51号), best first.
LEVEL_WORDS = {
    5: N_("Very satisfied"),
    4: N_("Satisfied"),
    3: N_("Basically satisfied"),
    2: N_("Dissatisfied"),
    1: N_("Very dissatisfied"),
}
BAD_LEVEL = 2  # this level and below are bad ratings in the sense of the same document


class Action(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    REFER = "refer"
    UPHOLD = "uphold"
    REOPEN = "reopen"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    MERGE = "merge"
    RELAY = "relay"
    START = "start"
    OBJECT = "object"
    RULE = "rule"
    TRANSFER = "transfer"
    ADD_CO_UNIT = "add_co_unit"
    CO_REPORT = "co_report"
    ASK_AUTHOR = "ask_author"
    AUTHOR_REPLIES = "author_replies"
    GO_ON = "go_on"
    ADD_MESSAGE = "add_message"
    NOTE = "note"
    INTERIM_NOTICE = "interim_notice"
    RECEIPT_NOTICE = "receipt_notice"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    CALENDAR = "calendar"
    OPEN_CONTACT = "open_contact"
    DRAFT_ANSWER = "draft_answer"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    RATE = "rate"
    DISPUTE = "dispute"
    REQUEST_REVIEW = "request_review"
    DRAW = "draw"
    FOLLOW_UP = "follow_up"
    RECTIFY = "rectify"
    RECHECK = "recheck"
    CHECK_PROMISE = "check_promise"
    SUPERVISE = "supervise"
    ANSWER_SUPERVISION = "answer_supervision"
    RECUSE = "recuse"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    KEEP_STUB = "keep_stub"
    RENEW_CODE = "renew_code"
    SET_NOTICES = "set_notices"
