"""The features of the site in order: who they are for, and which of them stand in the menu."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from flask import Blueprint

from portal.domain.people import N_


class Audience(StrEnum):
    PUBLIC = "public"
    AUTHOR = "author"
    STAFF = "staff"


@dataclass(frozen=True)
class Feature:
    """`menu`: the page (endpoint) and the words under which the site's menu shows the feature."""

    module: str
    audience: Audience
    menu: tuple[str, str] | None = None
    pages: tuple[str, ...] = ()  # modules of further views

    def blueprint(self) -> Blueprint:
        for name in self.pages:
            import_module(f"portal.{self.module}.{name}")
        found: Blueprint = import_module(f"portal.{self.module}.views").blueprint
        return found


FEATURES = (
    Feature("pages", Audience.PUBLIC, pages=("calendar",)),
    Feature("opinions", Audience.PUBLIC, ("opinions.new", N_("Send an opinion"))),
    Feature("track", Audience.AUTHOR, ("track.enter", N_("Track")), pages=("lost", "papers")),
    Feature("progress", Audience.PUBLIC, ("progress.index", N_("Public progress"))),
    Feature("evaluations", Audience.PUBLIC, ("evaluations.index", N_("Evaluations")),
            pages=("results", "voting")),
    Feature("registers", Audience.PUBLIC, pages=("draws",)),
    Feature("catalogue", Audience.PUBLIC, ("catalogue.index", N_("Services"))),
    Feature("stories", Audience.PUBLIC, ("stories.index", N_("Stories"))),
    Feature("desk", Audience.STAFF, pages=(
        "accounts", "articles", "ballot_papers", "ballot_words", "batches", "builder", "bulk", "calendar",
        "campaign_drafts", "campaigns", "cases", "codes", "entry", "form_files", "form_versions", "ledger", "lists",
        "notices", "overview", "paper_forms", "papers", "result_corrections", "result_tasks", "search", "templates")),
)
