"""The one table of named actions: who may do what to a case, in which state, with which words, and what follows.

The table is read by the desk (which buttons to draw), by `transitions.decide` (which acts to refuse) and by the tests.
Nothing else in the portal writes a status. Words follow the glossary: triage 受理分类, transfer 分办, answer 答复.
"""

from dataclasses import dataclass

from portal.domain import effects, guards
from portal.domain.codes import ENDED, IN_HAND, OPEN, REFUSED, Action, Extension, Lane, Publication, Status
from portal.domain.effects import Effect, setting
from portal.domain.given import REASON, REASON_TOLD, Field, FieldKind, text
from portal.domain.guards import Guard
from portal.domain.people import N_, Role


@dataclass(frozen=True)
class Row:
    """One named action. `target` None keeps the status; `told`: the author sees it; `public`: everyone sees it."""

    action: Action
    by: frozenset[Role]
    sources: frozenset[Status]
    target: Status | None
    label: str
    said: str
    fields: tuple[Field, ...] = ()
    told: bool = True
    public: bool = False
    lanes: frozenset[Lane] = frozenset(Lane)
    effect: Effect | None = None
    guard: Guard | None = None


def _in(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_COORDINATOR, _HANDLER, _REVIEWER = _by(Role.COORDINATOR), _by(Role.HANDLER), _by(Role.REVIEWER)
_LEADER, _CO_UNIT, _AUTHOR, _SYSTEM = _by(Role.LEADER), _by(Role.CO_UNIT), _by(Role.AUTHOR), _by(Role.SYSTEM)
_UNIT, _OVERSEERS = _HANDLER | _REVIEWER, _by(Role.COORDINATOR, Role.INSPECTOR)
_STAFF = _OVERSEERS | _UNIT | _LEADER | _CO_UNIT | _by(Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER)
_OPENLY, _PETITION = frozenset({Lane.ORDINARY, Lane.PETITION}), frozenset({Lane.PETITION})
_NOT_PETITION, _NOT_ORDINARY = frozenset({Lane.ORDINARY, Lane.MISCONDUCT}), frozenset({Lane.PETITION, Lane.MISCONDUCT})

_PUBLIC_FIELDS = (
    Field("public_title", FieldKind.LINE, N_("Public title"), private=True, limit=60),
    text("public_text", N_("Public text"), limit=5_000),
    text("public_answer", N_("Public answer"), required=False, limit=5_000),
)
_UNIT_FIELD = Field("unit", FieldKind.UNIT, N_("Handling unit"))
_ANSWER_FIELD = text("answer", N_("Answer to the author"), told=True, limit=5_000)

TABLE: tuple[Row, ...] = (
    # sorting
    Row(Action.ACCEPT, _COORDINATOR, _in(Status.RECEIVED), Status.ASSIGNED, N_("Accept and hand over"),
        N_("accepted it and handed it to %(unit)s; answer promised by %(due)s"), public=True, effect=effects.accept, fields=(
            Field("lane", FieldKind.LANE, N_("Nature")), _UNIT_FIELD,
            Field("rule", FieldKind.RULE, N_("Deadline rule")),
            Field("complained_of", FieldKind.UNIT, N_("Unit complained about"), required=False))),
    Row(Action.MERGE, _COORDINATOR, _in(Status.RECEIVED, Status.ASSIGNED), Status.MERGED, N_("Join to another case"),
        N_("joined it to another case about the same matter"), lanes=_OPENLY, public=True, effect=effects.merge,
        fields=(Field("target", FieldKind.NUMBER, N_("Number of the other case")),)),
    Row(Action.REFER, _COORDINATOR, _in(Status.RECEIVED), Status.REFERRED, N_("Refer elsewhere"),
        N_("told the author which other body is responsible"), (REASON_TOLD,), public=True, effect=effects.refuse),
    Row(Action.DECLINE, _COORDINATOR, _in(Status.RECEIVED, Status.QUARANTINED), Status.DECLINED, N_("Do not accept"),
        N_("did not accept it and gave the reason"), (REASON_TOLD,), public=True, effect=effects.refuse),
    Row(Action.UPHOLD, _OVERSEERS, REFUSED, None, N_("Second look: the refusal stands"),
        N_("looked a second time: the refusal stands"), (REASON,), told=False, guard=guards.is_second_person,
        effect=setting(second_look=False)),
    Row(Action.REOPEN, _OVERSEERS, REFUSED, Status.RECEIVED, N_("Second look: take it up again"),
        N_("looked a second time and took it up again"), (REASON_TOLD,), public=True, guard=guards.is_second_person,
        effect=setting(second_look=False, declined_by=None)),
    Row(Action.QUARANTINE, _COORDINATOR | _SYSTEM, _in(Status.RECEIVED), Status.QUARANTINED, N_("Hold for review"),
        N_("held it for review"), (REASON,), effect=effects.hold),
    Row(Action.RELEASE, _COORDINATOR, _in(Status.QUARANTINED), Status.RECEIVED, N_("Release"), N_("released it"),
        effect=setting(held_due=None)),

    # handling
    Row(Action.RULE, _COORDINATOR, _in(Status.ASSIGNED), None, N_("Rule on the objection (final)"),
        N_("decided finally that %(unit)s handles it"), (_UNIT_FIELD, REASON), public=True,
        guard=lambda case, actor, terms: case.objected, effect=effects.rule_objection),
    Row(Action.START, _HANDLER, _in(Status.ASSIGNED), Status.HANDLING, N_("Start work"), N_("started work"), public=True,
        guard=lambda case, actor, terms: not case.objected, effect=effects.take_up),
    Row(Action.DRAFT_ANSWER, _HANDLER, _in(Status.HANDLING), Status.DRAFTED, N_("Draft the answer"),
        N_("wrote an answer; it is being checked"), told=False, lanes=_NOT_PETITION, guard=guards.parts_are_in,
        effect=effects.draft, fields=(
            Field("outcome", FieldKind.OUTCOME, N_("Outcome")),
            Field("promised_on", FieldKind.DATE, N_("Promised day"), required=False, only_with=("outcome", "promised")),
            Field("basis", FieldKind.LINE, N_("Legal basis (law, article)"), required=False, private=True, told=True, limit=200,
                  only_with=("outcome", "not-possible")), _ANSWER_FIELD)),
    Row(Action.DRAFT_ANSWER, _HANDLER, _in(Status.HANDLING), Status.DRAFTED, N_("Draft the decision"),
        N_("wrote an answer; it is being checked"), told=False, lanes=_PETITION, guard=guards.parts_are_in,
        effect=effects.draft_decision, fields=(
            Field("position", FieldKind.POSITION, N_("Decision")),
            text("facts", N_("Facts found"), told=True, limit=5_000),
            text("basis", N_("Legal basis (law, article)"), told=True), _ANSWER_FIELD)),
    Row(Action.APPROVE, _REVIEWER, _in(Status.DRAFTED), Status.ANSWERED, N_("Approve and send the answer"),
        N_("answered: %(outcome)s"), public=True, guard=guards.may_approve, effect=effects.send_answer),
    Row(Action.SEND_BACK, _REVIEWER, _in(Status.DRAFTED), Status.HANDLING, N_("Send back"),
        N_("sent the draft back"), (REASON,), told=False, guard=guards.is_another_person,
        effect=setting(drafted_by=None, outcome=None, position=None, promised_on=None)),
    Row(Action.RECEIPT_NOTICE, _HANDLER, IN_HAND, None, N_("Written notice of receipt"),
        N_("gave the written notice of receipt"), (text("notice", N_("How it will be handled, and by whom"), told=True),),
        public=True, lanes=_NOT_ORDINARY, effect=setting(notice_due=None),
        guard=lambda case, actor, terms: case.notice_due is not None),
    Row(Action.CO_REPORT, _CO_UNIT, IN_HAND, None, N_("Contribute"), N_("contributed its part"),
        (text("report", N_("Contribution (staff only)"), limit=5_000),), told=False, guard=guards.owes_part,
        effect=effects.report_part),
    Row(Action.ASK_AUTHOR, _HANDLER, _in(Status.HANDLING), Status.WAITING, N_("Ask the author"),
        N_("asked the author a question; the clock waits at most ten working days"),
        (text("question", N_("Question to the author"), told=True),), public=True, guard=guards.may_ask, effect=effects.wait),
    Row(Action.AUTHOR_REPLIES, _AUTHOR, _in(Status.WAITING), Status.HANDLING, N_("Reply"),
        N_("replied to the question; the clock runs again, answer promised by %(due)s"),
        (text("message", N_("Your reply"), told=True, limit=5_000),), public=True, effect=effects.resume),
    Row(Action.GO_ON, _SYSTEM, _in(Status.WAITING), Status.HANDLING, N_("Go on without a reply"),
        N_("let the work go on without a reply; answer promised by %(due)s"), public=True, effect=effects.resume,
        guard=guards.waited_enough),
    Row(Action.INTERIM_NOTICE, _HANDLER, _in(Status.HANDLING), None, N_("Interim notice"),
        N_("reported how far the work is: %(milestone)s"), public=True, effect=effects.report_milestone, fields=(
            Field("milestone", FieldKind.MILESTONE, N_("Where it stands")),
            text("notice", N_("What has been done, what comes next"), told=True))),
    Row(Action.OBJECT, _HANDLER, _in(Status.ASSIGNED), None, N_("Object to the hand-over"),
        N_("objected to the hand-over"), (REASON,), told=False, effect=setting(objected=True), guard=guards.may_object),
    Row(Action.REQUEST_EXTENSION, _HANDLER, _in(Status.HANDLING), None, N_("Ask for an extension"),
        N_("asked the responsible leader for more time"), (REASON_TOLD,), lanes=_OPENLY, guard=guards.may_ask_extension,
        effect=setting(extension=Extension.ASKED)),
    Row(Action.GRANT_EXTENSION, _LEADER, IN_HAND, None, N_("Grant the extension"),
        N_("granted more time: answer promised by %(due)s instead of %(before)s"), (REASON_TOLD,), lanes=_OPENLY, public=True,
        guard=guards.is_extension_asked, effect=effects.grant),
    Row(Action.REFUSE_EXTENSION, _LEADER, IN_HAND, None, N_("Refuse the extension"),
        N_("refused more time; the promised day stands"), (REASON,), lanes=_OPENLY, guard=guards.is_extension_asked,
        effect=setting(extension=Extension.REFUSED)),
    Row(Action.CALENDAR, _SYSTEM, OPEN, None, N_("Count again"),
        N_("counted again with the official calendar: answer promised by %(due)s"), public=True, effect=effects.recount,
        fields=(Field("due_on", FieldKind.DATE, N_("Promised day")),)),
    Row(Action.ADD_CO_UNIT, _COORDINATOR, IN_HAND, None, N_("Add a contributing unit"),
        N_("asked a further unit to contribute"), (Field("unit", FieldKind.UNIT, N_("Contributing unit")), REASON), told=False,
        lanes=_OPENLY, effect=effects.add_part),
    Row(Action.TRANSFER, _COORDINATOR, IN_HAND, Status.ASSIGNED, N_("Hand over to another unit"),
        N_("handed it to %(unit)s; answer promised by %(due)s"), (_UNIT_FIELD, REASON), public=True, lanes=_OPENLY,
        guard=lambda case, actor, terms: not case.objected, effect=effects.hand_over),
    Row(Action.SUPERVISE, _OVERSEERS | _LEADER, IN_HAND | ENDED, None, N_("Supervise"),
        N_("supervises the work"), public=True, lanes=_OPENLY, guard=guards.may_supervise, effect=effects.supervise, fields=(
            Field("level", FieldKind.ORDER, N_("Level")), text("order", N_("What is to be done (staff only)")))),
    Row(Action.ANSWER_SUPERVISION, _UNIT, IN_HAND | ENDED, None, N_("Answer the supervision"),
        N_("answered the supervision"), (text("report", N_("What was done (staff only)")),), public=True, lanes=_OPENLY,
        guard=guards.is_supervised, effect=setting(order_level=None, order_due=None)),

    # words between the two
    Row(Action.ADD_MESSAGE, _HANDLER | _OVERSEERS | _AUTHOR, IN_HAND | ENDED | _in(Status.RECEIVED), None, N_("Send a message"),
        N_("wrote a message"), (text("message", N_("Message"), told=True, limit=5_000),)),
    Row(Action.NOTE, _STAFF, frozenset(Status), None, N_("Internal note"), N_("noted"),
        (text("note", N_("Note (staff only)")),), told=False),
    Row(Action.OPEN_CONTACT, _OVERSEERS | _UNIT, IN_HAND | ENDED, None, N_("Open the contact details"),
        N_("opened the contact details: %(reason)s"),
        (text("reason", N_("Why (the author reads it)"), told=True, limit=200),)),
    Row(Action.RENEW_CODE, _AUTHOR, frozenset(Status), None, N_("New reference code"),
        N_("received a new reference code; the old one opens nothing any more")),
    Row(Action.SET_NOTICES, _AUTHOR, frozenset(Status), None, N_("Change how we tell you of news"),
        N_("changed how to be told of news"), (
            Field("notify", FieldKind.MEANS, N_("How may we tell you of news?"), required=False),),
        effect=effects.choose_notices),

    # what everyone may read
    Row(Action.PUBLISH, _COORDINATOR, IN_HAND | ENDED | REFUSED, None, N_("Publish the redacted text"),
        N_("published the redacted text"), _PUBLIC_FIELDS, lanes=frozenset({Lane.ORDINARY}), effect=effects.publish,
        guard=guards.consented),
    Row(Action.PUBLISH, _by(Role.COMPLAINTS_OFFICER), IN_HAND | ENDED, None, N_("Publish the redacted text"),
        N_("published the redacted text"), _PUBLIC_FIELDS, lanes=_PETITION, effect=effects.publish, guard=guards.consented),
    Row(Action.KEEP_STUB, _by(Role.COORDINATOR, Role.COMPLAINTS_OFFICER), frozenset(Status), None,
        N_("Keep it a stub"), N_("decided that the text stays private"), (REASON_TOLD,), guard=guards.text_is_open,
        lanes=_OPENLY, effect=setting(publication=Publication.STUB, answer_public=False)),

    # after the answer
    Row(Action.RATE, _AUTHOR, _in(Status.ANSWERED), None, N_("Rate the answer"), N_("rated the answer: %(level)s"), (
        Field("level", FieldKind.LEVEL, N_("How satisfied are you?")),
        text("comment", N_("Why (optional)"), told=True, required=False)), public=True, guard=guards.may_rate,
        effect=effects.rate),
    Row(Action.DISPUTE, _AUTHOR, ENDED, Status.HANDLING, N_("I do not accept this answer"),
        N_("did not accept the answer; the unit works on it again, answer promised by %(due)s"),
        (text("reason", N_("What is still open"), told=True, limit=5_000),), public=True, lanes=_NOT_PETITION,
        guard=guards.may_dispute, effect=effects.dispute),
    Row(Action.REQUEST_REVIEW, _AUTHOR, ENDED, None, N_("Ask for a review by the next higher unit"),
        N_("asked the next higher unit for a review"), (text("reason", N_("What should be reviewed, and why"), told=True,
                                                             limit=5_000),), public=True, lanes=_PETITION,
        guard=guards.may_ask_review, effect=effects.ask_review),
    Row(Action.FOLLOW_UP, _OVERSEERS, ENDED, None, N_("Record the follow-up"), N_("followed up: %(followed)s"), (
        Field("reached", FieldKind.YES_NO, N_("Was the author reached?")),
        Field("solved", FieldKind.SOLVED, N_("What the author says"), required=False, only_with=("reached", "yes")),
        Field("level", FieldKind.LEVEL, N_("How satisfied is the author now?"), required=False),
        text("comment", N_("In the author's words (staff only)"))), public=True, guard=guards.owes_follow_up,
        effect=effects.follow_up),
    Row(Action.RECTIFY, _HANDLER, ENDED, None, N_("Report what was put right"), N_("reported what it put right"), (
        text("measures", N_("What was changed (the author reads it)"), told=True),
        text("evidence", N_("Evidence: a document, a measured figure, a place and day where anyone can see it"))),
        public=True, guard=guards.owes_rectification, effect=effects.rectify),
    Row(Action.RECHECK, _OVERSEERS, ENDED, None, N_("Check again whether it lasts"),
        N_("looked again whether what was put right still holds: %(holds)s"), (
            Field("holds", FieldKind.YES_NO, N_("Does it still hold?")), text("comment", N_("What was seen (staff only)"))),
        public=True, guard=guards.owes_recheck, effect=effects.recheck),
    Row(Action.CHECK_PROMISE, _OVERSEERS, ENDED, None, N_("Check the promise"), N_("checked the promise: %(promise)s"), (
        Field("kept", FieldKind.YES_NO, N_("Was it kept?")), text("evidence", N_("What was seen, where and when"))),
        public=True, guard=guards.owes_promise_check, effect=effects.check_promise),
    Row(Action.DRAW, _SYSTEM, ENDED, None, N_("Draw for a follow-up"), N_("drew it for a follow-up"), told=False,
        guard=guards.may_draw, effect=effects.drawn),
    Row(Action.CLOSE, _SYSTEM, _in(Status.ANSWERED), Status.CLOSED, N_("Close"), N_("closed the case"), public=True,
        guard=guards.may_close),

    # leaving
    Row(Action.RELAY, _SYSTEM, _in(Status.MERGED), None, N_("Pass on the news"), N_("the joined case was answered")),
    Row(Action.WITHDRAW, _AUTHOR, OPEN, Status.WITHDRAWN, N_("Withdraw the opinion"), N_("withdrew the opinion"),
        (Field("keep_public", FieldKind.YES_NO, N_("May the published text stay?")),), public=True, effect=effects.withdraw),
    Row(Action.RECUSE, _STAFF, frozenset(Status), None, N_("Leave this case"),
        N_("left the case because of an interest in it"), (REASON,), told=False, effect=effects.recuse),
)
