"""What the console tells of a new city: how it stands, who a visitor may be, which codes to try. Said once."""

from collections.abc import Iterator

from portal.content import Content
from portal.demo.city import City
from portal.demo.staff import Login
from portal.domain import one_time, reference
from portal.domain.people import ROLE_WORDS

SETTLED = """The database is filled already, nothing was changed. The passwords were told when it was filled;
for new ones remove the data folder and start again."""


def told(made: City, city: Content, address: str) -> Iterator[str]:
    """Line by line."""
    states = ", ".join(f"{count} {status.value}" for status, count in made.states.items())
    yield f"{len(made.lives)} cases, {made.acts} acts; now {states}"
    yield f"\nStaff sign in at {address}/desk/sign-in with passwords made up for this city alone:\n"
    width = max(len(login.login) for login in made.logins)
    for login in made.logins:
        yield f"  {login.login:{width}}  {login.password}  {ROLE_WORDS[login.role]}, {_place(login, city)}"
    yield f"\nAuthors follow their cases at {address}/track; some reference codes to try:\n"
    for what, life in made.codes:
        yield f"  {reference.group(life.code)}  {life.number}, {what}"
    yield f"\nDelegates evaluate at {address}/evaluations/enter; some one-time codes, each good for one ballot:\n"
    for code in made.held.codes:
        yield f"  {one_time.group(code)}"
    yield ""


def _place(login: Login, city: Content) -> str:
    """The unit, and those that the person is in charge of."""
    in_charge = ", ".join(city.units[unit].name_en for unit in login.charge)
    return city.units[login.unit].name_en + (f"; in charge of {in_charge}" if in_charge else "")
