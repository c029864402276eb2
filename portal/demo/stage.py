"""Where the simulated city acts: sends letters and carries out acts at a given moment, through the portal's own functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from random import Random

from portal.attachments import SafeFile
from portal.casework import actions
from portal.casework.actions import Opinion
from portal.casework.queries import get_case
from portal.content import Content
from portal.demo.letters import Letter
from portal.demo.office import Office
from portal.demo.pictures import picture
from portal.demo.staff import Team
from portal.domain import reference
from portal.domain.case import Action, Case, Terms
from portal.domain.people import SYSTEM, Actor
from portal.vault.actions import Vault

_SENDS_A_PICTURE = 0.09
_WITH_PICTURES = frozenset({"complaint", "suggestion", "enforcement", "misconduct"})


@dataclass
class Stage:
    """`overlooked`: personal data that the machine did not find; `restored`: plain words that it took for some."""

    city: Content
    office: Office
    team: Team
    vault: Vault
    chance: Random
    terms: Terms
    acts: int = 0
    overlooked: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)

    def send(self, letter: Letter, *, at: datetime, suspicious: bool) -> tuple[str, str, Case]:
        """The number, the code and the case."""
        head = self.city.categories[letter.topic.category].head
        submission = blake2b(f"simulated city {self.acts}".encode(), digest_size=32).digest()
        code = reference.make(self.vault.code_material(submission))
        files = self._files(letter)
        opinion = Opinion(
            category=letter.topic.category, lane=head.lane, rule=self.city.rules[head.rule], title=letter.title,
            text=letter.text, consent=letter.consent, unit=letter.named_unit, district=letter.district,
            service=letter.topic.service, contact=letter.contact, files=files, suspicious=suspicious)
        tokens = [blake2b(submission + bytes([n]), digest_size=16).hexdigest() for n, _file in enumerate(files)]
        receipt = actions.submit(opinion, submission=submission, code=code, tokens=tokens, terms=self._terms(at),
                                 vault=self.vault)
        self.acts += 1
        return receipt.number, code, self._case(receipt.number, at)

    def act(self, number: str, action: Action, actor: Actor, given: Mapping[str, str], *, at: datetime) -> Case:
        self.acts += 1
        return actions.perform(number, action, actor, given, seen=None, terms=self._terms(at), vault=self.vault)

    def portal_acts(self, number: str, *, at: datetime) -> Case:
        self.acts += actions.run_due(terms=self._terms(at), vault=self.vault, numbers=[number])
        return self._case(number, at)

    def rule_of(self, category: str) -> str:
        return self.city.categories[category].head.rule

    def another_unit(self, unit: str) -> str:
        """A unit that a letter could be handed to by mistake."""
        return next(each for each in ("order", "traffic", "household") if each != unit)

    def _case(self, number: str, at: datetime) -> Case:
        return get_case(number, SYSTEM, self.vault, now=at).case

    def _terms(self, at: datetime) -> Terms:
        return replace(self.terms, now=at)

    def _files(self, letter: Letter) -> list[SafeFile]:
        sends = letter.topic.category in _WITH_PICTURES and self.chance.random() < _SENDS_A_PICTURE
        return [picture(self.chance)] if sends else []
