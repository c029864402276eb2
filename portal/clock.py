"""The only reader of the system clock. Every other module is told what time it is."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment in the city's time, or the fixed moment of a demonstration."""
    from flask import current_app

    fixed: datetime | None = current_app.config["PORTAL"].now
    return fixed or datetime.now(SHANGHAI)


def today() -> date:
    return now().date()


def seconds() -> float:
    """Real seconds, also in a demonstration: how long a form, a cookie or a session may live."""
    return time.time()
