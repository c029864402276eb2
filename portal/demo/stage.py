"""Where the simulated city acts: sends letters and carries out acts at a given moment, through the portal's own functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING

from portal.attachments import SafeFile
from portal.casework import actions
from portal.casework.actions import Opinion, Receipt
from portal.casework.queries import get_case
from portal.content import Content
from portal.demo.letters import Letter
from portal.demo.office import Office
from portal.demo.pictures import picture
from portal.demo.staff import INSPECTION, Team
from portal.domain import reference
from portal.domain.case import Case, Terms
from portal.domain.codes import Action, Channel
from portal.domain.people import AUTHOR, SYSTEM, Actor
from portal.domain.transitions import allowed
from portal.vault.actions import Vault

if TYPE_CHECKING:
    from portal.demo.lives import Life

_SENDS_A_PICTURE = 0.09
_WITH_PICTURES = frozenset({"complaint", "suggestion", "enforcement", "misconduct"})
_MISTAKEN = ("order", "traffic", "household")  # units that letters are handed to by mistake


@dataclass(frozen=True)
class _Foreseen(Vault):
    """A vault that leaves nothing to chance: what it is asked comes out as the plan of a case has it."""

    wins: bool = False

    def chance(self, what: str) -> float:
        return 0.0 if self.wins else 1.0


@dataclass
class Stage:
    """`overlooked`: personal data that the machine did not find; `restored`: plain words that it took for some.

    `lives` are all that were sent, in this order; `strands` what has begun to happen since somebody looked.
    """

    city: Content
    office: Office
    team: Team
    vault: Vault
    chance: Random
    terms: Terms
    acts: int = 0
    lives: dict[str, "Life"] = field(default_factory=dict)
    strands: list[tuple["Life", Iterator[datetime]]] = field(default_factory=list)
    overlooked: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)

    def send(self, letter: Letter, text: str, *, at: datetime, suspicious: bool, channel: Channel = Channel.WEB,
             received_on: date | None = None, clerk: Actor = AUTHOR) -> tuple[str, str, Case]:
        """The number, the code and the case."""
        head = self.city.categories[letter.topic.category].head
        submission, code = self._new_code()
        files = self._files(letter)
        opinion = Opinion(
            category=letter.topic.category, lane=head.lane, rule=self.city.rules[head.rule], title=letter.title,
            text=text, consent=letter.consent, unit=letter.named_unit, is_complaint=head.complaint, district=letter.district,
            service=letter.topic.service, contact=letter.contact, files=files, suspicious=suspicious, channel=channel,
            received_on=received_on)
        tokens = [blake2b(submission + bytes([n]), digest_size=16).hexdigest() for n, _file in enumerate(files)]
        receipt = actions.submit(opinion, submission=submission, code=code, tokens=tokens, terms=self.terms_at(at),
                                 vault=self.vault, clerk=clerk)
        return self._sent(receipt, code, at)

    def review(self, life: "Life", reason: str, *, at: datetime) -> tuple[str, str, Case]:
        """The author of a petition asks the next higher unit."""
        submission, code = self._new_code()
        receipt = actions.request_review(
            life.number, {"reason": reason}, seen=life.case.version, rule=self.city.rules["petition-review"],
            submission=submission, code=code, terms=self.terms_at(at), vault=self.vault)
        self.acts += 1
        return self._sent(receipt, code, at)

    def act(self, number: str, action: Action, actor: Actor, given: Mapping[str, str], *, at: datetime,
            looked_at: bool = False) -> Case:
        """One act; of a refusal `looked_at` says whether a second person has to look at it."""
        self.acts += 1
        vault: Vault = self.vault
        if action in (Action.DECLINE, Action.REFER):
            vault = _Foreseen(vault.keyring, vault.lookup_key, wins=looked_at)
        return actions.perform(number, action, actor, given, seen=None, terms=self.terms_at(at), vault=vault)

    def may(self, case: Case, action: Action, actor: Actor, *, at: datetime) -> bool:
        return any(row.action is action for row in allowed(case, actor, self.terms_at(at)))

    def case(self, number: str, *, at: datetime) -> Case:
        return get_case(number, SYSTEM, self.vault, now=at).case

    def rule_of(self, category: str) -> str:
        return self.city.categories[category].head.rule

    def mistaken_units(self, unit: str) -> tuple[str, ...]:
        """Units that a letter for this one could be handed to by mistake."""
        return tuple(each for each in _MISTAKEN if each != unit)

    def unit_for(self, unit: str, barred: tuple[str, ...]) -> str:
        """Who handles what is meant for a unit: for one that is complained about, the inspection."""
        return INSPECTION if unit in barred else unit

    def barred_with(self, unit: str) -> tuple[str, ...]:
        return self.terms.line_of_command(unit)

    def _new_code(self) -> tuple[bytes, str]:
        submission = blake2b(f"simulated city {self.acts}".encode(), digest_size=32).digest()
        return submission, reference.make(self.vault.code_material(submission))

    def _sent(self, receipt: Receipt, code: str, at: datetime) -> tuple[str, str, Case]:
        self.acts += 1
        return receipt.number, code, self.case(receipt.number, at=at)

    def terms_at(self, at: datetime) -> Terms:
        return replace(self.terms, now=at)

    def _files(self, letter: Letter) -> list[SafeFile]:
        sends = letter.topic.category in _WITH_PICTURES and self.chance.random() < _SENDS_A_PICTURE
        return [picture(self.chance)] if sends else []
