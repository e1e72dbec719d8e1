"""The manual as the program carries it: its chapters and sections, read from the page that `make docs` renders."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from bjc_desktop.paths import resource

BOOK = "handbuch.html"
PICTURES = "bilder"
Element = ET.Element


@dataclass(frozen=True, slots=True)
class Section:
    """A place in the manual: its anchor, its title, its words without markup, and whether it is a whole chapter's beginning."""

    key: str
    title: str
    text: str
    chapter: str
    begins_chapter: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its anchor, its title, its blocks as elements of HTML, and its sections, the first for what stands before the others."""

    key: str
    title: str
    blocks: tuple[Element, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that stands for itself: a quick start or a template to fill in."""

    name: str
    title: str
    blocks: tuple[Element, ...]


def folder() -> Path:
    """Return the folder of the pages and their pictures."""
    return resource("manual")


@cache
def read_manual() -> tuple[Chapter, ...]:
    """Return the chapters in their order."""
    main = _main(BOOK)
    return tuple(_chapter(section) for section in main if section.tag == "section")


def read_sheet(name: str) -> Sheet:
    """Return the page *name*, such as ``schnellstart-jobcoach.html``."""
    blocks = tuple(_main(name))
    return Sheet(name, words_of(blocks[0]), blocks)


@cache
def sheets(kind: str) -> tuple[Sheet, ...]:
    """Return the pages of *kind*: ``schnellstart`` or ``vorlagen``."""
    return tuple(read_sheet(path.name) for path in sorted(folder().glob(f"{kind}-*.html")))


def words_of(element: Element) -> str:
    """Return the text of *element* without markup."""
    return " ".join("".join(element.itertext()).split())


def chapter_of(place: str) -> Chapter:
    """Return the chapter in which the anchor *place* stands.

    Raises
    ------
    KeyError
        where the manual has no such place.
    """
    for chapter in read_manual():
        if any(section.key == place for section in chapter.sections):
            return chapter
    raise KeyError(place)


def find(text: str) -> list[Section]:
    """Return the sections that have all words of *text*: first those with all of them in the title, then in the manual's order."""
    words = text.casefold().split()
    found = [
        section
        for chapter in read_manual()
        for section in chapter.sections
        if all(word in f"{section.title} {section.text}".casefold() for word in words)
    ]
    return sorted(found, key=lambda section: not all(word in section.title.casefold() for word in words))


def _main(name: str) -> Element:
    # The page is the program's own and was rendered as XHTML.
    main = ET.fromstring((folder() / name).read_text("utf-8")).find("body/main")  # noqa: S314
    if main is None:
        raise ValueError(name)
    return main


def _chapter(section: Element) -> Chapter:
    key = section.get("id", "")
    blocks = tuple(section)
    return Chapter(key, words_of(blocks[0]), blocks, tuple(_sections(key, blocks)))


def _sections(chapter: str, blocks: tuple[Element, ...]) -> Iterator[Section]:
    key, title, text = chapter, words_of(blocks[0]), list[str]()
    for block in blocks[1:]:
        if block.tag in {"h3", "h4"}:
            yield Section(key, title, " ".join(text), chapter, key == chapter)
            key, title, text = block.get("id", ""), words_of(block), []
        else:
            text.append(words_of(block))
            text += [picture.get("alt", "") for picture in block.iter("img")]
    yield Section(key, title, " ".join(text), chapter, key == chapter)
