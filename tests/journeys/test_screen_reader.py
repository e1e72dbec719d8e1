"""The way of somebody who works with a screen reader, from outside: pages read and the case worked over the accessibility bus."""

import re
from datetime import date

import pytest

from bjc_desktop.ui.page_list import CASES, PAGES, PageEntry
from bjc_desktop.vocabulary import Role
from tests.journeys import screen_reader
from tests.journeys import test_outside_in as outside

MISSING = [*outside.MISSING, *screen_reader.MISSING]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (apt-get install xvfb xdotool libxcb-cursor0 dbus at-spi2-core)"
)
TODAY = date.today()
WORKED = {
    "push button", "check box", "radio button", "toggle button", "text", "password text", "combo box", "table", "tree table", "list",
    "spin button", "slider", "page tab", "menu item", "scroll pane", "filler", "link", "document frame", "tree",
}  # fmt: skip
"""Roles by which a screen reader knows what can be done; a filler is a part of a page that the keyboard scrolls."""
PICTURES = ("image", "graphic")
BARS = {"overview": 6, "figures": 6}
"""How many bars each of these pages shows at least to those who see figures."""
_PAUSES = (0.05, 0.4, 2.0)
"""Seconds before a page is read, and read again where it was not whole yet."""
_SILENCE = 0.2
"""Seconds without a word after which nothing more is said."""


class Desk:
    """The program's window as a screen reader has it."""

    def __init__(self, reader, screen) -> None:
        self.reader, self.screen = reader, screen
        [self.root] = reader.wait_for(reader.windows, "the window")

    def read(self):
        """Read the window anew."""
        return self.reader.grown(self.root)

    def dialog(self, title: str):
        """Wait for the dialog *title* and read it."""
        found = self.reader.wait_for(lambda: [w for w in self.reader.windows() if w.name.startswith(title)], title)
        return self.reader.grown(found[0])

    def gone(self, title: str) -> None:
        """Wait until the dialog *title* is closed."""
        self.reader.wait_for(lambda: not [w for w in self.reader.windows() if w.name.startswith(title)], f"the end of {title}")

    def find(self, what: str, *roles: str, within=None, last: bool = False):
        """Wait for what has one of *roles* and a name or label that is, or begins with, *what*."""

        def there():
            root = self.read() if within is None else self.reader.grown(within)
            found = [
                node
                for node in root.all(*roles)
                if f"{node.label or node.name} ".startswith((f"{what} ", f"{what}:", f"{what}."))
            ]
            return found[-1 if last else 0] if found else None

        return self.reader.wait_for(there, f"{roles} „{what}“")

    def seat(self) -> str | None:
        """Return at whose desk one sits: the only one that cannot be chosen."""
        seats = [node for node in self.read().all("check box") if node.name.startswith("Ansehen als: ")]
        return next((node.name.partition(": ")[2] for node in seats if "enabled" not in node.states), None)

    def press(self, what: str, within=None, *, last: bool = False) -> None:
        """Press the button *what*."""
        roles = ("push button", "check box", "radio button")
        # What is being built anew is gone before it can be pressed.
        self.reader.wait_for(lambda: self.reader.press(self.find(what, *roles, within=within, last=last)), f"„{what}“ to press")

    def write(self, what: str, text: str, within=None) -> None:
        """Put *text* into the field *what*, as dictation does."""
        self.reader.write(self.find(what, "text", within=within), text)

    def hears(self, words: str) -> None:
        """Wait until something with *words* is announced, which it is once."""

        def said() -> list[str]:
            return [said for said in self.reader.heard if words in said]

        self.reader.wait_for(said, f"„{words}“")
        self.reader.listen(_SILENCE)
        assert len(said()) == 1, self.reader.heard
        self.reader.heard.clear()


@pytest.fixture
def desk(tmp_path):
    """Yield the program on a screen and a bus of its own, with the sample data."""
    with (
        outside.screen_in(tmp_path / "screen") as screen,
        screen_reader.session_bus(screen.environment) as screen.environment,
        screen_reader.reader_on(screen.environment) as reader,
    ):
        home = outside.Home(tmp_path / "home")
        with outside.program_on(screen, home):
            made = Desk(reader, screen)
            made.press("Mit Beispieldaten ausprobieren")
            made.press("Alle Rollen")
            made.find("Sperren", "push button")
            yield made
        assert "ERROR" not in home.log()


def faults_of(desk: Desk, top) -> list[str]:
    """Return what a screen reader could not tell on what is shown."""
    found = []
    for node in top.walk():
        if "showing" not in node.states or node.role == "label":
            continue
        if "focusable" in node.states and not (node.label if node.role == "combo box" else node.name):
            found.append(f"no name: {node.path()}")
        if "focusable" in node.states and node.role not in WORKED:
            found.append(f"no role to work with: {node.path()}")
        if "focusable" in node.states and not {"enabled", "sensitive"} <= node.states and "focused" in node.states:
            found.append(f"focused, but disabled: {node.path()}")
        if node.role in {"check box", "radio button"} and "checkable" not in node.states:
            found.append(f"not known to be checked or not: {node.path()}")
        if node.role == "combo box" and "expandable" not in node.states:
            found.append(f"does not say that it opens: {node.path()}")
        if node.role == "text" and not node.states & {"editable", "read_only"}:
            found.append(f"does not say whether it takes text: {node.path()}")
        if node.role in {"table", "tree table"}:
            found += table_faults(desk, node)
    return found


def table_faults(desk: Desk, node) -> list[str]:
    """Return what is missing of a table's heads and first rows."""
    rows, columns = desk.reader.size(node)
    heads, *lines = desk.reader.cells(node, 2)
    found = [] if all(heads) and columns else [f"heads {heads}: {node.path()}"]
    if len(lines) != min(rows, 2) or not all(line[0] for line in lines):
        found.append(f"rows {lines}: {node.path()}")
    return found


def counted(desk: Desk, code: str) -> tuple[int, int]:
    """Return numerator and denominator that the first drawn bar of the indicator *code* tells: that of the own cases."""

    def told() -> list[str]:
        return [node.name for node in desk.read().all(*PICTURES) if f"({code}):" in node.name]

    words, *_ = desk.reader.wait_for(told, f"the bar of {code}")
    numerator, denominator = re.search(r"\(([\d.]+) von ([\d.]+)\)", words).groups()
    return int(numerator), int(denominator)


def read_page(desk: Desk, entry: PageEntry, bars: int) -> tuple[list[str], list[str]]:
    """Read the page that is shown until it has nothing wrong and *bars* bars; return what is wrong, and what is chosen of the sidebar."""
    for pause in _PAUSES:
        desk.reader.listen(pause)
        top = desk.read()
        found = faults_of(desk, top)
        drawn = [node for node in top.all(*PICTURES) if "Soll" in node.name]
        if len(drawn) < bars:
            found.append(f"{len(drawn)} bars: {entry.title}")
        if not found:
            break
    titles = {each.title for each in PAGES}
    return found, [node.name for node in top.all("check box") if "checked" in node.states and node.name in titles]


def walk_pages(desk: Desk, roles: frozenset[Role]) -> None:
    """Open each page of the sidebar that *roles* may see, and no other is there, and read it."""
    faults = {}
    seen = {entry.title: entry for entry in PAGES if entry.in_sidebar and entry.open_to(roles)}
    titles = {entry.title for entry in PAGES}
    buttons = {node.name: node for node in desk.read().walk() if node.role == "check box" and node.name in titles}
    assert {*buttons} == {*seen}
    for title, entry in seen.items():
        assert desk.reader.press(buttons[title])
        faults[title], chosen = read_page(desk, entry, BARS.get(entry.key, 0) if roles & CASES else 0)
        assert chosen == [title]
    assert {title: found for title, found in faults.items() if found} == {}


def open_case(desk: Desk) -> None:
    """Open the file of somebody who is coached, by the search."""
    desk.press("Coachees")
    desk.reader.listen(0.5)
    rows = desk.reader.cells(desk.find("Coachees", "table"), 40)[1:]
    number = next(row[-1] for row in rows if row[1] == "aktiv")
    desk.press("Suchen …")
    dialog = desk.dialog("Suchen")
    desk.write("Suchen", number, within=dialog)
    desk.reader.wait_for(lambda: len(desk.reader.cells(desk.find("Treffer", "list", within=dialog), 9)) == 2, "the one hit")
    desk.screen.window("Suchen")
    desk.screen.keys("Return")
    desk.find(f"Fallnummer {number}", "label")
    assert faults_of(desk, desk.read()) == []


def record(desk: Desk) -> None:
    """Record a consultation in the case that is shown: first with a fault, which is said."""
    desk.reader.heard.clear()
    desk.press("Konsultation", last=True)
    dialog = desk.dialog("Konsultation erfassen")
    assert faults_of(desk, dialog) == []
    desk.write("Dauer (Minuten)", "lange", within=dialog)
    desk.press("Speichern", within=dialog)
    desk.hears("Das ist keine Dauer.")
    field = desk.find("Dauer (Minuten)", "text", within=dialog)
    assert "keine Dauer" in field.description
    assert {"focused", "focusable"} <= field.states
    desk.write("Dauer (Minuten)", "47", within=dialog)
    desk.write("Notiz", "Von der Sprachausgabe geführt", within=dialog)
    desk.press("Speichern", within=dialog)
    desk.gone("Konsultation erfassen")
    desk.press("Konsultationen")
    table = desk.find("Konsultationen", "table")

    def rows() -> list[list[str]]:
        return [row for row in desk.reader.cells(table, 5) if row[3] == "47 Min." and row[5] == "Von der Sprachausgabe geführt"]

    desk.reader.wait_for(rows, "the new consultation")


def close_case(desk: Desk) -> None:
    """Close the case that is shown: first with a day before its beginning, which is said."""
    desk.press("Suchen …")
    dialog = desk.dialog("Suchen")
    desk.write("Suchen", "abschließen", within=dialog)
    desk.reader.wait_for(lambda: len(desk.reader.cells(desk.find("Treffer", "list", within=dialog), 9)) == 2, "the one action")
    desk.screen.window("Suchen")
    desk.screen.keys("Return")
    desk.find("Austritt speichern", "push button")
    assert faults_of(desk, desk.read()) == []
    desk.reader.heard.clear()
    desk.write("Austritt", "1.1.2020")
    desk.hears("vor dem Eintritt")
    desk.press("Austritt speichern")
    desk.hears("vor „Eintritt“")
    desk.write("Austritt", f"{TODAY:%d.%m.%Y}")
    for name, letter in (("Austrittsgrund", "z"), ("Status bei Austritt", "b")):
        desk.reader.press(desk.find(name, "combo box"))
        desk.screen.keys(letter, "Return")
        desk.reader.wait_for(lambda name=name: desk.find(name, "combo box").name != "–", f"an entry of {name}")
    desk.press("Austritt speichern")
    desk.hears("Austritt gespeichert.")


def test_that_the_case_is_worked_and_every_page_is_read_with_a_screen_reader(desk) -> None:
    before = counted(desk, "A4")
    open_case(desk)
    record(desk)
    close_case(desk)
    desk.press("Übersicht")
    after = desk.reader.wait_for(lambda: (now := counted(desk, "A4")) != before and now, "the figure")
    assert after == (before[0], before[1] + 1)
    walk_pages(desk, frozenset(Role))
    assert desk.read().name == "Beispieldaten – BJC Desktop"


def test_that_each_role_reads_every_page_that_it_may_open(desk) -> None:
    for role in Role:
        title = "Training" if role is Role.EMPLOYMENT_TRAINER else role.label
        # The button is gone with its window before it could answer that it was pressed.
        desk.reader.press(desk.find(f"Ansehen als: {title}", "check box"))
        desk.reader.wait_for(lambda title=title: desk.seat() == title, f"the desk {title}")
        walk_pages(desk, frozenset({role}))
