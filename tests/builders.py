"""Makes what tests need, through the same functions that the site uses.

    sent = builders.answered(app, unit="household", text="窗口提前关门。")
    client.sign_in(builders.staff(app, Role.COORDINATOR))
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from itertools import count
from typing import Any

from flask import Flask
from PIL import Image

from portal import clock
from portal.accounts import actions as accounts
from portal.accounts.queries import Staff, find_by_login
from portal.attachments import make_safe
from portal.casework import actions
from portal.casework.actions import Opinion
from portal.db import db, transaction
from portal.domain import reference
from portal.domain.codes import Action, Lane
from portal.domain.people import AUTHOR, Actor, Role
from portal.web.current import content, terms, vault

UNIT = "household"
_OFFICE = "outreach"
_numbers = count(1)


@dataclass(frozen=True)
class Sent:
    """A case as its author knows it: the public number and the secret code."""

    number: str
    code: str


# --- people -----------------------------------------------------------------------------------------------------------

def staff(app: Flask, *roles: Role, unit: str = _OFFICE, login: str = "", name: str = "王晓明", password: str = "",
          charge: Iterable[str] = ()) -> Staff:
    """A member of staff; the same one for the same roles and unit. With a password they can also use the sign-in form."""
    login = login or f"{'-'.join(role.value for role in roles)}.{unit}"[:40]
    secret = f"invitation-{next(_numbers)}"
    with app.app_context():
        found = find_by_login(login)
        if found is None:
            with transaction():
                found = accounts.invite(login=login, name=name, unit=unit, roles=roles, charge=charge, secret=secret,
                                        now=clock.now(), vault=vault())
                if password:
                    found = accounts.accept_invitation(secret, password, now=clock.now(), vault=vault())
        db.session.remove()
    return found


# --- cases ------------------------------------------------------------------------------------------------------------

def an_opinion(app: Flask, **changes: Any) -> Opinion:
    """An ordinary suggestion, or what the changes make of it; a category brings its own lane and rule."""
    city = app.extensions["portal-content"]
    head = city.categories[changes.get("category", "suggestion")].head
    plain: dict[str, Any] = {
        "category": "suggestion", "lane": Lane(head.lane), "rule": city.rules[head.rule], "title": "办证大厅增加引导牌",
        "text": "大厅门口没有引导牌，老年人找不到窗口。希望在门口和二楼各增加一块。", "consent": True, "district": "hedong"}
    return Opinion(**{**plain, **changes})


def submit(app: Flask, opinion: Opinion | None = None, **changes: Any) -> Sent:
    """Sends an opinion; `pictures=[bytes, ...]` adds files."""
    pictures = changes.pop("pictures", ())
    if pictures:
        changes["files"] = [make_safe(each, "picture.jpg") for each in pictures]
    opinion = opinion or an_opinion(app, **changes)
    submission = blake2b(f"submission {next(_numbers)}".encode(), digest_size=32).digest()
    with app.app_context():
        code = reference.make(vault().code_material(submission))
        tokens = [blake2b(submission + bytes([n]), digest_size=16).hexdigest() for n in range(len(opinion.files))]
        with transaction():
            made = actions.submit(opinion, submission=submission, code=code, tokens=tokens, terms=terms(), vault=vault())
        db.session.remove()
    return Sent(made.number, code)


def act(app: Flask, sent: Sent, action: Action, actor: Actor, given: Mapping[str, object] | None = None) -> Sent:
    """One act on a case, on whatever version it has."""
    with app.app_context():
        with transaction():
            actions.perform(sent.number, action, actor, given or {}, seen=None, terms=terms(), vault=vault())
        db.session.remove()
    return sent


def accepted(app: Flask, sent: Sent | None = None, *, unit: str = UNIT, **changes: Any) -> Sent:
    """Sorted by the coordinator and handed to a unit."""
    sent = sent or submit(app, **changes)
    category = changes.get("category", "suggestion")
    with app.app_context():
        head = content().categories[category].head
    given = {"lane": head.lane, "unit": unit, "rule": head.rule}
    return act(app, sent, Action.ACCEPT, staff(app, Role.COORDINATOR).actor, given)


def handling(app: Flask, sent: Sent | None = None, *, unit: str = UNIT, **changes: Any) -> Sent:
    return act(app, accepted(app, sent, unit=unit, **changes), Action.START, handler(app, unit).actor)


def waiting(app: Flask, *, unit: str = UNIT, question: str = "请问是哪一天、几号窗口？", **changes: Any) -> Sent:
    """The unit asked the author a question."""
    given = {"question": question}
    return act(app, handling(app, unit=unit, **changes), Action.ASK_AUTHOR, handler(app, unit).actor, given)


def drafted(app: Flask, sent: Sent | None = None, *, unit: str = UNIT, outcome: str = "done",
            answer: str = "引导牌已于本周安装，门口和二楼各一块。谢谢您的建议。", **changes: Any) -> Sent:
    given = {"outcome": outcome, "answer": answer}
    return act(app, handling(app, sent, unit=unit, **changes), Action.DRAFT_ANSWER, handler(app, unit).actor, given)


def answered(app: Flask, sent: Sent | None = None, *, unit: str = UNIT, **changes: Any) -> Sent:
    """Drafted by one person, approved by another."""
    return act(app, drafted(app, sent, unit=unit, **changes), Action.APPROVE, reviewer(app, unit).actor)


def published(app: Flask, sent: Sent | None = None, *, title: str = "办证大厅增加引导牌",
              text: str = "大厅没有引导牌，［姓名1］找不到窗口。", answer: str = "引导牌已经装好。", **changes: Any) -> Sent:
    """Answered, and its redacted text released to everyone. `title`, `text`, `answer` are the public ones."""
    given = {"public_title": title, "public_text": text, "public_answer": answer, "read": "yes"}
    return act(app, answered(app, sent, **changes), Action.PUBLISH, staff(app, Role.COORDINATOR).actor, given)


def rated(app: Flask, sent: Sent | None = None, *, level: int = 5, **changes: Any) -> Sent:
    return act(app, sent or answered(app, **changes), Action.RATE, AUTHOR, {"level": str(level)})


def handler(app: Flask, unit: str = UNIT) -> Staff:
    return staff(app, Role.HANDLER, unit=unit, name="李建国")


def reviewer(app: Flask, unit: str = UNIT) -> Staff:
    return staff(app, Role.REVIEWER, unit=unit, name="赵敏")


# --- files ------------------------------------------------------------------------------------------------------------

def gps_jpeg(width: int = 320, height: int = 240) -> bytes:
    """A photo that says where and with which camera it was taken."""
    picture = Image.effect_noise((width, height), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "PlantedCamera", "Planted-4711"  # maker, model
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (36.0, 42.0, 11.0)
    place[3], place[4] = "E", (117.0, 7.0, 33.0)
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
