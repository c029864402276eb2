"""A published page in two languages with its typed heads."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Entry(Model):
    """`imported` is the fingerprint of the files as last taken over: where the text differs from it, staff edited it."""

    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(80))
    head: Mapped[dict[str, Any]] = mapped_column(JSON)
    head_en: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    html_en: Mapped[str] = mapped_column(Text)
    imported: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None]

    __table_args__ = (UniqueConstraint("kind", "slug"),)
