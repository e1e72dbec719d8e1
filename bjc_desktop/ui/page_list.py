"""Every page there is, who may open it, and which one opens first."""

from dataclasses import dataclass
from importlib import import_module

from bjc_desktop.ui.shared.desk import PROVIDER_DESK, Desk
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.vocabulary import Role

FIRST = {
    Role.JOB_COACH: "overview",
    Role.EMPLOYMENT_TRAINER: "observing",
    Role.COORDINATION: "overview",
    Role.ADMINISTRATION: "team",
}
"""Which page opens first follows from the role."""
CASES = frozenset({Role.JOB_COACH, Role.COORDINATION})
_PEOPLE = CASES | {Role.EMPLOYMENT_TRAINER}
TRAINERS = frozenset({Role.EMPLOYMENT_TRAINER})
_COORDINATION = frozenset({Role.COORDINATION})
_ADMINISTRATION = frozenset({Role.ADMINISTRATION})


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its key, its title, its icon, where its class is, who may open it (empty: everybody), whether the sidebar shows it."""

    key: str
    title: str
    symbol: str
    module: str
    name: str
    roles: frozenset[Role] = frozenset()
    in_sidebar: bool = True

    def open_to(self, roles: frozenset[Role]) -> bool:
        """Say whether one of *roles* may open the page."""
        return not self.roles or bool(self.roles & roles)

    def make(self, desk: Desk) -> Page:
        """Import and build the page: one that is never opened costs nothing."""
        made: Page = getattr(import_module(f"bjc_desktop.ui.{self.module}"), self.name)(desk)
        return made


PAGES: tuple[PageEntry, ...] = (
    PageEntry("overview", "Übersicht", "layout-dashboard", "overview.overview_page", "OverviewPage", _PEOPLE),
    PageEntry("coachees", "Coachees", "users", "coachees.coachees_page", "CoacheesPage", _PEOPLE),
    PageEntry("follow_ups", "Nachbefragung", "bell", "follow_ups.follow_ups_page", "FollowUpsPage", CASES),
    PageEntry("figures", "Kennzahlen", "chart-column", "figures.figures_page", "FiguresPage", CASES),
    PageEntry("quality", "Datenqualität", "shield-check", "quality.quality_page", "QualityPage", CASES),
    PageEntry("observing", "Beobachten", "clipboard-list", "observing.observing_page", "ObservingPage", TRAINERS),
    PageEntry("following", "Nachhalten", "clipboard-check", "observing.following_page", "FollowingPage", TRAINERS),
    PageEntry("hours", "Arbeitszeit", "clock", "hours.hours_page", "HoursPage", PROVIDER_DESK),
    PageEntry("statistic", "Statistik", "list-checks", "hours.statistic_page", "StatisticPage", PROVIDER_DESK),
    PageEntry("report", "Bericht", "file-text", "report.report_page", "ReportPage", _COORDINATION),
    PageEntry("team", "Team", "briefcase", "team.team_page", "TeamPage", PROVIDER_DESK),
    PageEntry("foundations", "Grundlagen", "target", "foundations.foundations_page", "FoundationsPage", PROVIDER_DESK),
    PageEntry("lists", "Liste einlesen", "folder-open", "lists.lists_page", "ListsPage", _COORDINATION),
    PageEntry("exchange", "Austausch", "arrow-left-right", "exchange.exchange_page", "ExchangePage", _PEOPLE),
    PageEntry("history", "Änderungen", "history", "history.history_page", "HistoryPage", CASES),
    PageEntry("duplicates", "Doppelte", "copy", "quality.duplicates_page", "DuplicatesPage", CASES),
    PageEntry("audit", "Protokoll", "eye", "audit.audit_page", "AuditPage", PROVIDER_DESK),
    PageEntry("privacy", "Datenschutz", "eye-off", "privacy.privacy_page", "PrivacyPage", CASES | _ADMINISTRATION),
    PageEntry("access", "Zugänge", "key-round", "access.access_page", "AccessPage", _ADMINISTRATION),
    PageEntry("backups", "Sicherungen", "database-backup", "backups.backups_page", "BackupsPage"),
    PageEntry("settings", "Einstellungen", "settings", "options.options_page", "OptionsPage"),
    PageEntry(
        "beginning",
        "Erste Schritte",
        "flag",
        "beginning.beginning_page",
        "BeginningPage",
        CASES | _ADMINISTRATION,
        in_sidebar=False,
    ),
    PageEntry("case_file", "Fallakte", "user", "case_book.case_page", "CasePage", _PEOPLE, in_sidebar=False),
    PageEntry("closing", "Abschluss", "flag", "closing.closing_page", "ClosingPage", CASES, in_sidebar=False),
)
"""Every page there is, in the order of the sidebar."""
