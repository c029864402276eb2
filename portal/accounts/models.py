"""Staff accounts. A password is kept as an argon2 hash, an invitation as the hash of its secret."""

from datetime import datetime

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Account(Model):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(40))
    roles: Mapped[list[str]] = mapped_column(JSON)
    charge: Mapped[list[str]] = mapped_column(JSON)  # units a leader is responsible for, a county coordinator's area
    password_hash: Mapped[str | None] = mapped_column(String(200))
    invitation_hash: Mapped[bytes | None] = mapped_column(LargeBinary(16), unique=True)
    invited_at: Mapped[datetime | None] = mapped_column(Moment)
    epoch: Mapped[int] = mapped_column(default=1)  # raised to end all sessions of the account
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
