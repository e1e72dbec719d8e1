"""The manual says what the window says: names, keys, places, links and pictures."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from bjc_desktop.reports.manual import chapter_of, folder, read_manual, sheets, words_of
from bjc_desktop.ui.help.places import BEGINNING, DIALOGS, PAGES, PARTS
from bjc_desktop.ui.page_list import PAGES as ALL_PAGES

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "docs" / "handbuch").rglob("*.md"))
_QUOTED = re.compile(r"„((?:[^„“]|„[^“]*“)*)“")
_DEDICATED = re.compile(r"^(Strg|Umschalt|Alt|F\d+)")
_QT = {
    "Strg": "Ctrl",
    "Umschalt": "Shift",
    "Enter": "Return",
    "←": "Left",
    "Bild↓": "PgDown",
    "Bild↑": "PgUp",
    "Einfg": "Ins",
    "Entf": "Del",
}


def plain(text: str) -> str:
    """Return *text* as it is read: without marks of shortcuts and with ordinary spaces."""
    return " ".join(text.replace("&", "").replace("\u00a0", " ").split())


@cache
def said_by_the_program() -> frozenset[str]:
    """Return every text in the program's code that is not a docstring, and the parts of those that are put together."""
    found = set()
    for path in (ROOT / "bjc_desktop").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                found.add(plain(node.value))
    return frozenset(found)


@cache
def all_words_of_the_program() -> str:
    return "\n".join(said_by_the_program())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_that_what_the_manual_quotes_stands_in_the_window(source) -> None:
    said = said_by_the_program()
    quoted = {plain(text.replace("\\", "")) for text in _QUOTED.findall(source.read_text("utf-8"))}
    assert sorted(quoted - said) == []


def test_that_what_the_generated_deletion_concept_quotes_stands_in_the_window() -> None:
    quoted = {plain(text) for block in chapter_of("loeschkonzept").blocks for text in _QUOTED.findall(words_of(block))}
    assert quoted
    assert sorted(quoted - said_by_the_program()) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_that_every_key_of_the_manual_is_one_of_the_program(source) -> None:
    said = all_words_of_the_program()
    named = {key for key in re.findall(r"`([^`]+)`", source.read_text("utf-8")) if _DEDICATED.match(key)}
    missing = []
    for key in named:
        qt = "+".join(_QT.get(part, part) for part in key.split("+") if part) + ("+" if key.endswith("++") else "")
        digit = re.fullmatch(r"Strg\+[1-9]", key)  # made from the number of the page
        if not digit and key not in said and qt not in said and qt.replace("Return", "Enter") not in said:
            missing.append(key)
    assert missing == []


def test_that_every_page_and_every_dialog_has_its_place() -> None:
    assert {entry.key for entry in ALL_PAGES} == set(PAGES)
    dialogs = set()
    for path in (ROOT / "bjc_desktop" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") in {"QDialog", "Dialog"} for base in node.bases):
                dialogs.add(node.name)
    assert dialogs - {"HelpWindow", "Dialog"} == set(DIALOGS)


@pytest.mark.parametrize("place", sorted({BEGINNING, *PAGES.values(), *PARTS.values(), *DIALOGS.values()}))
def test_that_every_place_that_f1_leads_to_is_in_the_manual(place) -> None:
    assert chapter_of(place).key


def test_that_every_link_leads_somewhere_and_no_anchor_is_there_twice() -> None:
    places = [section.key for chapter in read_manual() for section in chapter.sections]
    assert sorted(places) == sorted(set(places))
    blocks = [block for chapter in read_manual() for block in chapter.blocks]
    links = {link.get("href") for block in blocks for link in block.iter("a")}
    assert {link for link in links if link.removeprefix("#") not in places or not link.startswith("#")} == set()


def test_that_every_picture_is_there_speaks_and_is_used() -> None:
    pictures = [picture for chapter in read_manual() for block in chapter.blocks for picture in block.iter("img")]
    assert pictures
    assert [picture.get("src") for picture in pictures if not (folder() / picture.get("src")).is_file()] == []
    assert [picture.get("src") for picture in pictures if len(picture.get("alt", "")) < 20] == []
    used = {Path(picture.get("src")).name for picture in pictures}
    assert {path.name for path in (folder() / "bilder").glob("*.png")} == used


def test_that_a_page_works_without_a_network_and_tells_its_language() -> None:
    for path in folder().glob("*.html"):
        text = path.read_text("utf-8")
        assert '<html lang="de">' in text
        assert re.findall(r"https?://|src=\"/|@import|<script", text) == []
        assert text.count("<h1") == 1


def test_that_headings_never_skip_a_level() -> None:
    for chapter in read_manual():
        levels = [int(block.tag[1]) for block in chapter.blocks if re.fullmatch("h[1-6]", block.tag)]
        assert levels[0] == 2
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_that_each_role_has_a_quick_start_and_the_provider_three_templates() -> None:
    assert len(sheets("schnellstart")) == 4
    assert len(sheets("vorlagen")) == 3
    assert all(words_of(sheet.blocks[0]) == sheet.title for sheet in (*sheets("schnellstart"), *sheets("vorlagen")))


def test_that_the_program_names_only_pages_that_there_are() -> None:
    titles = {entry.title for entry in ALL_PAGES}
    named = {name for text in said_by_the_program() for name in re.findall(r"Seite „([^“]+)“", text)}
    assert named
    assert sorted(named - titles) == []
