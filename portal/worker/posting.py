"""Puts together what the outbox needs of the running site: senders from the settings, letters from case and templates."""

from collections import Counter

from flask import current_app

from portal import clock
from portal.casework import queries, renewal
from portal.config import Settings
from portal.outbox.actions import Claim
from portal.outbox.rounds import Post, send_due
from portal.outbox.rules import CONTACT, Kind, Means, State, plain_phone
from portal.outbox.sending import Letter, MailSender, Sender, WebhookSender
from portal.web.current import content, settings, vault


def send_notices() -> Counter[State]:
    """Sends what is due, within the bounds of one round."""
    return send_due(Post(senders=_senders(settings()), letter_of=_letter_of, now=clock.now))


def _senders(configured: Settings) -> dict[Means, Sender]:
    senders: dict[Means, Sender] = {}
    if configured.mailbox:
        senders[Means.EMAIL] = MailSender(configured.mailbox, content().site.name)
    if configured.webhook:
        senders[Means.SMS] = WebhookSender(configured.webhook)
    return senders


def _letter_of(claim: Claim) -> Letter | None:
    """None once the contact was forgotten, or where a one-time number could no longer be used."""
    contact = queries.contact_for_notice(claim.case_id, vault()) or {}
    to = contact.get(CONTACT[claim.means], "")
    number = renewal.number_to_send(claim.case_id, now=clock.now(), vault=vault()) if claim.kind is Kind.ONE_TIME else ""
    if not to or number is None:
        return None
    subject, text = _words(claim, number)
    return Letter(name=claim.name, to=plain_phone(to) if claim.means is Means.SMS else to, subject=subject, text=text,
                  at=int(clock.seconds()))


def _words(claim: Claim, number: str) -> tuple[str, str]:
    """Subject and text. They say nothing of the case: whoever reads over a shoulder learns that something changed."""
    site = content().site
    template = f"emails/{claim.kind.value}{'_sms' if claim.means is Means.SMS else ''}.txt"
    subject, text = current_app.jinja_env.get_template(template).render(
        name=site.name, name_en=site.name_en, address=f"{settings().url}/track", number=number).split("\n\n", 1)
    return subject.strip(), text.strip() + "\n"
