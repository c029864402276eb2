"""Small secrets and facts of the whole site."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class SiteState(Model):
    """`lookup-key`: the key behind the hashes of reference codes, itself wrapped under the master keys."""

    __tablename__ = "site_state"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
