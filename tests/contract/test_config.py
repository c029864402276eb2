"""The settings refuse to start half-configured, and say which variable is at fault."""

import stat
from pathlib import Path

import pytest

from portal.config import ConfigError, from_environment
from portal.content import ContentError
from portal.factory import build
from tests.conftest import settings_for

LONG = "a-secret-of-at-least-32-characters"


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, str]:
    return {"PORTAL_DATA": str(tmp_path / "data")}


def test_the_defaults_are_fit_to_be_public(plain: dict[str, str]) -> None:
    settings = from_environment(plain)
    assert (settings.host, settings.port, settings.proxies, settings.demo, settings.now) == ("127.0.0.1", 8000, 0, False, None)
    assert settings.is_sqlite and settings.limits_uri.startswith("counters://")


def test_secrets_are_made_once_and_kept_to_their_owner(plain: dict[str, str], tmp_path: Path) -> None:
    first, second = from_environment(plain), from_environment(plain)
    assert (first.secret_key, first.keys) == (second.secret_key, second.keys)
    assert len(first.secret_key) >= 32 and first.secret_key != first.keys[0]
    for name in ("secret-key", "master-keys"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


REFUSALS = [
    #  variable                value                          the error says
    ("SECRET_KEY",             "short",                       "at least 32 characters"),
    ("PORTAL_KEYS",            f"{LONG},short",               "at least 32 characters"),
    ("DATABASE_URL",           "mysql://localhost/portal",    "mysql:// is not known"),
    ("DATABASE_URL",           "portal.sqlite3",              "is not known"),
    ("RATELIMIT_STORAGE_URI",  "memcached://localhost",       "use redis://"),
    ("PORTAL_NOW",             "2026-11-24T09:30",            "PORTAL_DEMO"),
    ("PORTAL_DEMO",            "perhaps",                     "neither 1 nor 0"),
    ("PORTAL_HTTPS",           "true",                        "neither 1 nor 0"),
    ("PORTAL_PORT",            "0",                           "from 1 to 65535"),
    ("PORTAL_PORT",            "65536",                       "from 1 to 65535"),
    ("PORTAL_PORT",            "八千",                         "from 1 to 65535"),
    ("PORTAL_PORT",            "８０００",                      "from 1 to 65535"),
    ("PORTAL_WORKERS",         "0",                           "from 1 to 64"),
    ("PORTAL_WORKERS",         "-1",                          "from 1 to 64"),
    ("PORTAL_PROXIES",         "6",                           "from 0 to 5"),
]


@pytest.mark.parametrize(("name", "value", "says"), REFUSALS)
def test_a_faulty_variable_is_refused_by_name(plain: dict[str, str], name: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        from_environment({**plain, name: value})
    assert name in str(told.value) and says in str(told.value)
    assert LONG not in str(told.value)


def test_a_fixed_clock_needs_a_demonstration_and_a_true_moment(plain: dict[str, str]) -> None:
    demo = {**plain, "PORTAL_DEMO": "1"}
    moment = from_environment({**demo, "PORTAL_NOW": "2026-11-24T09:30"}).now
    assert moment is not None and moment.isoformat() == "2026-11-24T09:30:00+08:00"
    with pytest.raises(ConfigError, match="PORTAL_NOW"):
        from_environment({**demo, "PORTAL_NOW": "yesterday"})


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    with pytest.raises(ConfigError, match="PORTAL_DATA"):
        from_environment({"PORTAL_DATA": str(tmp_path / "file")})


def test_a_damaged_secret_is_refused(plain: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret-key").write_text("cut", "utf-8")
    with pytest.raises(ConfigError, match="damaged"):
        from_environment(plain)


def test_postgresql_is_reached_through_one_driver(plain: dict[str, str]) -> None:
    for given in ("postgres://portal@localhost/portal", "postgresql://portal@localhost/portal"):
        assert from_environment({**plain, "DATABASE_URL": given}).database_url == "postgresql+psycopg://portal@localhost/portal"


def test_missing_content_stops_the_start(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite3'}")
    object.__setattr__(settings, "content", tmp_path / "nowhere")
    with pytest.raises(ContentError, match="nowhere"):
        build(settings)
