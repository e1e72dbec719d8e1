"""Reading a web page from outside: as XML, so that nothing in it is guessed."""

from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element


def page_of(html: bytes) -> Element:
    """Return the page; it is well-formed."""
    return ET.fromstring(html)


def said(element: Element) -> str:
    """Return the text of *element*, its spaces made one."""
    return " ".join(" ".join(element.itertext()).split())


def table_of(page: Element, caption: str) -> list[list[str]]:
    """Return the rows of the table under *caption*, its heads first."""
    [table] = [table for table in page.iter("table") if said(table.find("caption")) == caption]
    return [[said(cell) for cell in row] for row in table.iter("tr")]
