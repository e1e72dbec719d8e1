"""Pictures of every page from the sample vault: light, dark, high contrast, at 150 and 200 per cent. Usage: screenshots.py OUT [PAGE …]."""

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from sqlalchemy import select
from xlsxwriter import Workbook

from bjc_desktop.app import make_application
from bjc_desktop.models import Coachee
from bjc_desktop.preferences import Settings
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.exchanging import take_in, write_exchange
from bjc_desktop.services.joining import join_people
from bjc_desktop.services.pairing import confirm, list_partners, own_card, pair
from bjc_desktop.services.possible_duplicates import refuse_pair
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.team import list_staff
from bjc_desktop.services.vault_setup import fill_with_sample
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.theme import install_theme, theme
from bjc_desktop.ui.start.start_page import StartPage
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import KdfParameters, Vault, create_vault
from bjc_desktop.vocabulary import DistinctReason, PartnerKind, Role

DAY = date(2025, 12, 10)
CHEAP = KdfParameters(1, 64 * 1024, 1)
PREVIEWED = "von-der-coachin.bjcx"
MOMENT = datetime(2025, 12, 10, 9, 30, tzinfo=UTC)
LOOKS = (("light", 100), ("dark", 100), ("light", 150), ("dark", 200), ("contrast", 100))


class PictureDesk(Desk):
    """A desk on the day of the pictures."""

    def today(self) -> date:
        """Return the day."""
        return DAY

    def now(self) -> datetime:
        """Return the moment."""
        return MOMENT


def sample_vault(place: Path) -> Vault:
    """Return an open vault with the sample data."""
    vault, _ = create_vault(place / "tresor", "demo", "Musterdaten 2025", now=MOMENT, kdf=CHEAP)
    fill_with_sample(vault, now=MOMENT, today=DAY)
    _decide_about_duplicates(vault)
    exchange_with_a_coach(vault, place)
    return vault


def _decide_about_duplicates(vault: Vault) -> None:
    """Give somebody a second file from another laptop, twice, and join one of them; tell two people apart."""
    with vault.reading() as connection:
        people = connection.execute(select(Coachee.__table__).where(Coachee.birth_date.is_not(None)).limit(4)).mappings().all()
    with vault.writing(now=MOMENT) as session:
        for number, row in enumerate(people):
            other = {
                "given_name": f"{row['given_name']} Maria",
                "case_number": f"L2-{number}",
                "postcode": "12043",
                "phone": None,
            }
            session.add(Coachee(**{**row, **other, "id": f"{number:08}-0000-4000-8000-000000000000", "row_version": 1}))
    with vault.writing(now=MOMENT) as session:
        join_people(session, people[0]["id"], f"{0:08}-0000-4000-8000-000000000000", {}, now=MOMENT)
    with vault.writing(now=MOMENT) as session:
        refuse_pair(session, people[1]["id"], f"{1:08}-0000-4000-8000-000000000000", DistinctReason.SIBLINGS)


def exchange_with_a_coach(vault: Vault, place: Path) -> None:
    """Pair *vault* with that of a coach, let both change the same people, and take the coach's file in; the office of another is half paired."""
    with vault.reading() as connection:
        coach = next(member for member in list_staff(connection, today=DAY) if member.role is Role.JOB_COACH and member.employed)
    theirs = create_vault(place / "coachin", "coachin", "Musterdaten 2025", now=MOMENT, kdf=CHEAP)[0]
    with theirs, _office_that_listens(vault, place) as third:
        pair(vault, own_card(theirs), name=coach.name, kind=PartnerKind.COACH, staff_id=coach.id, reads_notes=True, now=MOMENT)
        pair(theirs, own_card(vault), name="Koordination", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=True, now=MOMENT)
        for side in (vault, theirs):
            (partner,) = list_partners(side)
            confirm(side, partner.id, None if partner.reads_out else partner.code, now=MOMENT)
        pair(vault, own_card(third), name="Büro Süd", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=MOMENT)
        take_in(theirs, write_exchange(vault, theirs.id, place, now=MOMENT, today=DAY), even_if_many_go=True, now=MOMENT)
        with theirs.reading() as connection:
            people = find_coachees(connection, CoacheeFilter(), limit=8, today=DAY).rows
        for number, person in enumerate(people):
            for side in (theirs, vault)[: 2 if number < 4 else 1]:  # noqa: PLR2004 - half of them on both sides
                values = {"phone": f"030 {200 if side is theirs else 100}{number}", "email": f"post{number}@example.org"}
                with side.writing(now=MOMENT) as session:
                    change_row(
                        session, Coachee, person.coachee_id, values if side is theirs else values | {"email": None}, today=DAY
                    )
        file = write_exchange(theirs, vault.id, place, now=MOMENT, today=DAY)
        take_in(vault, file, even_if_many_go=True, now=MOMENT)
        with theirs.writing(now=MOMENT) as session:
            change_row(session, Coachee, people[-1].coachee_id, {"phone": "030 4711"}, today=DAY)
        write_exchange(theirs, vault.id, place, now=MOMENT + timedelta(minutes=1), today=DAY).rename(place / PREVIEWED)


def _office_that_listens(vault: Vault, place: Path) -> Vault:
    """Return a vault to which *vault* reads the code out, not the other way round: the ids decide, which are new each time."""
    for number in count():
        third = create_vault(place / f"buero-{number}", "buero", "Musterdaten 2025", now=MOMENT, kdf=CHEAP)[0]
        if vault.id < third.id:
            return third
        third.close()
    raise AssertionError


def places(workspace: Workspace, wanted: set[str]) -> Iterator[str]:
    """Show each page and dialog in turn and yield its name."""
    for entry in PAGES:
        if wanted and entry.key not in wanted:
            continue
        workspace.desk.staff_id = _somebody(
            workspace.desk, "employment_trainer" if entry.roles == frozenset({"employment_trainer"}) else "job_coach"
        )
        page = workspace.page(entry.key)
        shown = page.sample_places() if hasattr(page, "sample_places") else {entry.key: {}}
        for name, where in shown.items():
            workspace.open_page(entry.key, where)
            if name == "exchange-reading":
                workspace.desk.background.wait()
                workspace.open_page("exchange", {"file": str(workspace.desk.vault.folder.parent / PREVIEWED)})
            yield name
    yield from dialogs(workspace, wanted)


def dialogs(workspace: Workspace, wanted: set[str]) -> Iterator[str]:
    """Show what stands before a page, and the steps of taking a list in."""
    if not wanted or "lists" in wanted:
        yield from list_steps(workspace)
    if not wanted or "consultation" in wanted:
        workspace.open_page("coachees")
        workspace.record()
        yield "consultation"
        _close_dialogs()
    if not wanted or "save_list" in wanted:
        workspace.open_page("coachees")
        workspace.desk.background.wait()
        QTest.qWait(100)
        workspace.save_list()
        yield "save_list"
        _close_dialogs()
    if not wanted or "calendar" in wanted:
        workspace.open_page("overview")
        workspace.save_calendar()
        yield "calendar"
        _close_dialogs()
    if not wanted or "join" in wanted:
        yield from _joining(workspace)
    if not wanted or "help" in wanted:
        workspace.open_help()
        yield "help"
        _close_dialogs()
    if not wanted or "palette" in wanted:
        workspace.open_palette()
        yield "palette"
        _close_dialogs()


def _joining(workspace: Workspace) -> Iterator[str]:
    """Show what is asked before two files are joined, or told apart."""
    workspace.open_page("duplicates", {"list": "open"})
    workspace.desk.background.wait()
    QTest.qWait(250)
    page = workspace.page("duplicates")
    for name, ask in (("join", page.join), ("two_people", page.tell_apart)):
        ask()
        yield name
        _close_dialogs()


def list_steps(workspace: Workspace) -> Iterator[str]:
    """Show the steps of taking in a list that has something of everything, and what came of it."""
    page = workspace.page("lists")
    with tempfile.TemporaryDirectory() as place:
        coaches = [member.name for member in workspace.desk.read(partial(list_staff, today=DAY)) if member.role == "job_coach"]
        path = Path(place) / "Teilnehmende 2025.xlsx"
        write_list(path, coaches)
        workspace.open_page("lists", {"file": path})
        for step in ("file", "columns", "values", "preview", "take_in"):
            _settle(workspace)
            page.show_step(step)
            _settle(workspace)
            yield f"lists-{step}"
        page.show_step("preview")
        page.preview.show_view("doubts")
        yield "lists-doubts"
        page.preview.show_view("problems")


def _settle(workspace: Workspace) -> None:
    for _ in range(3):
        workspace.desk.background.wait()
        QApplication.processEvents()


def write_list(path: Path, coaches: list[str]) -> None:
    """Write a list of invented people as providers have them."""
    rows = [
        ("Müller, Eva", "05.03.1980", "w", "12043", "030 5550", "01.02.2025", "", "", "ALG II", coaches[0], "03.02.25; 17.02.25", ""),
        ("Yıldız, Ali", "1.1.79", "m", "12045", "-", "ca. 2019", "", "", "Bürgergeld", coaches[0], "4.3.25", "braucht Brille"),
        ("Nguyen, Thi", "31.02.1991", "w", "1067", "", "01.03.2025", "30.06.2025", "Arbeit", "SGB 2", coaches[1], "", ""),
        ("Kowalski, Jan", "12.12.1985", "männl.", "10999", "", "03.03.2025", "01.01.2025", "XY", "ALG II", "Unbekannt", "", ""),
        ("Mueller, Eva", "05.03.1980", "w", "12043", "", "01.09.2025", "", "", "ALG II", coaches[0], "", ""),
        *((f"Beispiel{n:02}, Person", f"{1 + n % 28:02}.05.19{70 + n}", "wm"[n % 2], "13347", "", "01.04.2025", "", "", "ALG II", coaches[1], "", "")
          for n in range(20)),
    ]  # fmt: skip
    heads = (
        "Name, Vorname",
        "Geb.-Dat.",
        "m/w",
        "PLZ",
        "Tel.",
        "Eintritt",
        "Austritt",
        "Abgangsgrund",
        "Rechtskreis",
        "JobCoach",
        "Termine",
        "Bemerkung",
    )
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("Teilnehmende")
        sheet.write_string(0, 0, "Teilnehmende 2025")
        for number, row in enumerate((heads, *rows), 2):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)


def _somebody(desk: Desk, role: str) -> str:
    """Return the first member of staff with the role: a coach's pages are a coach's, the trainer's page a trainer's."""
    return next(member.id for member in desk.read(partial(list_staff, today=DAY)) if member.role == role and member.employed)


def _close_dialogs() -> None:
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible():
            dialog.close()


def main(out: Path, wanted: set[str], *, looks: Iterable[tuple[str, int]] = LOOKS, pages_alone: bool = False) -> None:
    """Write the pictures into *out*: of the whole window, or *pages_alone*, and the first page of all besides."""
    out.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    install_theme(application)
    with tempfile.TemporaryDirectory() as place:
        desk = PictureDesk(sample_vault(Path(place)), Background(), sample=True)
        desk.check()
        for scheme, scale in looks:
            theme().apply(scheme, scale)
            workspace = Workspace(desk)
            workspace.resize(1366, 768)
            workspace.show()
            workspace.begin()
            for name in places(workspace, wanted):
                desk.background.wait()
                # The preview of the list comes when the keyboard has rested for a moment.
                QTest.qWait(400)
                desk.background.wait()
                QTest.qWait(50)
                if pages_alone:
                    _hide_chance(workspace)
                picture = (workspace.stack if pages_alone else workspace).grab()
                for dialog in workspace.findChildren(QDialog):
                    if dialog.isVisible():
                        picture = dialog.grab()
                picture.save(str(out / f"{name}-{scheme}-{scale}.png"))
            workspace.close()
            workspace.deleteLater()
        if pages_alone and "start" in wanted:
            _first_page().grab().save(str(out / f"start-{scheme}-{scale}.png"))
        desk.background.wait()
        desk.close()


def _hide_chance(workspace: Workspace) -> None:
    """Put the same code into every picture: it follows from keys that are new each time."""
    for shown in workspace.findChildren(QLabel):
        if re.fullmatch(r"(\d{4} ){4}\d{4}", shown.text()):
            shown.setText("1234 5678 9012 3456 7890")


def _first_page() -> StartPage:
    page = StartPage(Background(), Settings(), Path("Tresore"))
    page.resize(900, 640)
    page.show()
    QApplication.processEvents()
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))
