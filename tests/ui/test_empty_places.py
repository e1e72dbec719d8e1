"""Every page with nothing in it says what will stand there, and offers the button that begins it."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role

TEACHES = {
    "overview": ("was zu tun ist", "Erste Schritte"),
    "coachees": ("Hier stehen die Coachees", "Ersten Coachee anlegen"),
    "follow_ups": ("von selbst die Nachbefragung", "Coachees zeigen"),
    "figures": ("kein Coaching geendet", ""),
    "quality": ("was in den Akten fehlt", "Erste Schritte"),
    "observing": ("bewerten Sie Ihre Gruppe", "Coachees zeigen"),
    "following": ("was sie vereinbart hat", "Coachees zeigen"),
    "duplicates": ("dieselbe Person", "Coachees zeigen"),
    "foundations": ("Hier stehen die Bescheide", "Eintrag"),
    "lists": ("Welche Liste", "Datei wählen"),
    "exchange": ("Eigene Karte", "Karte einlesen"),
    "report": ("nichts zu berichten", ""),
    "backups": ("Noch keine Sicherung", "Jetzt sichern"),
    "beginning": ("Womit beginnen", "Erste Akte anlegen"),
}
"""By page: a part of what it says in a new vault, and of the button that it offers."""
FULL = {"hours", "statistic", "team", "history", "audit", "access", "settings", "privacy"}
"""What has something from the first moment: the one who made the vault, their rights, the record; or asks for a person."""
OF_ONE_CASE = {"case_file", "closing"}


def texts(page) -> str:
    """Return all labels and buttons of *page* that can be seen."""
    seen = [made.text() for made in page.findChildren(QLabel) if made.isVisibleTo(page)]
    return " | ".join(seen)


def buttons(page) -> list[str]:
    return [made.text().replace("&", "") for made in page.findChildren(QPushButton) if made.isVisibleTo(page)]


def test_that_the_table_names_every_page() -> None:
    assert set(TEACHES) | FULL | OF_ONE_CASE == {entry.key for entry in PAGES}


@pytest.mark.parametrize("key", TEACHES)
def test_that_the_page_of_a_new_vault_teaches_and_offers_the_beginning(key, first_workspace, qtbot) -> None:
    words, way = TEACHES[key]
    first_workspace.open_page(key)
    page = first_workspace.page(key)
    qtbot.waitUntil(lambda: words in texts(page), timeout=10_000)
    # What is built anew is shown by an event that is on its way.
    qtbot.waitUntil(lambda: any(way in text for text in buttons(page)), timeout=5000)


@pytest.mark.parametrize("key", ["follow_ups", "quality", "observing", "following", "duplicates"])
def test_that_the_offered_button_leads_somewhere(key, first_workspace, qtbot) -> None:
    first_workspace.open_page(key)
    page = first_workspace.page(key)
    qtbot.waitUntil(page._empty.isVisible, timeout=10_000)
    page._empty.ways[0].click()
    assert first_workspace.shown_page is not page


@pytest.mark.parametrize(
    ("role", "words"), [(Role.EMPLOYMENT_TRAINER, "Ihnen zugeordnet sind"), (Role.JOB_COACH, "für die Sie zuständig sind")]
)
def test_that_who_has_nobody_while_others_have_is_told_so(role, words, desk, qtbot) -> None:
    user = desk.vault.user
    desk.vault.user = UserIdentity(user.id, user.name, frozenset({role}))
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    desk.staff_id = None
    workspace.open_page("coachees")
    assert words in texts(workspace.page("coachees"))
    assert "Alle zeigen" not in buttons(workspace.page("coachees"))
