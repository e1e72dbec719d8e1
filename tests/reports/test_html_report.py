"""The report as a web page, read from outside: what the PDF says, for everyone."""

import re
from dataclasses import replace

import pytest

from bjc_desktop.reports.content import StatementText, VersionChange
from bjc_desktop.reports.html_report import report_html
from bjc_desktop.reports.pdf import report_pdf
from bjc_desktop.reports.remarks import bar_words
from tests.reports.contents import HOSTILE, named
from tests.reports.pages import outline, texts
from tests.reports.test_pdf import EXTREMES
from tests.reports.web_pages import page_of, said, table_of

HEADINGS = ("h1", "h2", "h3")


@pytest.fixture
def full(content):
    """Return a second version in which every part of a report has something to say."""
    statement = StatementText("A1.1", ("wenig offene Stellen",), "Wir suchen Betriebe.\nUnd wir bleiben dran.")
    change = VersionChange("A1.1, F-0001", "zählt nicht: kein Vertrag", "zählt")
    return replace(content, version=2, changes=(change,), statements=(statement,), signals=("A1.1 sinkt.",))


def test_that_the_page_says_all_that_the_pdf_says(full):
    page = page_of(report_html(full))
    bookmarks = [title for title, _ in outline(report_pdf(full))]
    assert [said(heading) for heading in page.iter() if heading.tag in HEADINGS[:2]] == bookmarks
    words = set(re.findall(r"[\w,.%]+", said(page)))
    only_on_paper = {word for page in texts(report_pdf(full)) for word in re.findall(r"[\w,.%]+", page)} - words
    ends_of_scales = {"0", "25", "50%", "100", "0,70", "%", "Seite", "von"}
    assert {word for word in only_on_paper - ends_of_scales if not re.fullmatch(r"Q[1-4]|\d\d", word)} == set()


def test_that_a_screen_reader_finds_its_way(full):
    page = page_of(report_html(full))
    assert page.get("lang") == "de"
    assert said(page.find("head/title")) == "Quartalsbericht Q3 2025, alle Träger"
    levels = [int(heading.tag[1]) for heading in page.iter() if heading.tag in HEADINGS]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    for part in ("header", "nav", "main", "footer"):
        assert len(list(page.iter(part))) == 1
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    pointed = [name for element in page.iter() for name in (element.get("aria-labelledby") or "").split()]
    pointed += [link.get("href").removeprefix("#") for link in page.iter("a")]
    assert set(pointed) <= set(ids)


def test_that_every_table_has_a_caption_and_heads_for_columns_and_rows(full):
    tables = list(page_of(report_html(full)).iter("table"))
    assert len(tables) == 6
    for table in tables:
        assert said(table.find("caption"))
        assert {head.get("scope") for head in table.find("thead").iter("th")} == {"col"}
        for row in table.find("tbody"):
            assert [cell.get("scope") for cell in row if cell.tag == "th"] == ["row"]
            assert len(row) == len(table.find("thead/tr"))


def test_that_every_picture_is_told(content):
    pictures = list(page_of(report_html(content)).iter("svg"))
    assert [said(svg.find("desc")) for svg in pictures[:6]] == [
        " ".join(bar_words(figure).split()) for figure in content.figures.figures
    ]
    assert len(pictures) == 12
    for svg in pictures:
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby").split() == [svg.find("title").get("id"), svg.find("desc").get("id")]
        assert said(svg.find("title"))
    assert said(pictures[6].find("desc")).startswith("Q4 2023: ")


def test_that_what_is_red_is_told_as_well(content):
    for row in table_of(page_of(report_html(content)), "Kennzahlen, Fälle und Auslastung je Coach")[1:]:
        coach = next(coach for coach in content.figures.coaches if row[0] == f"Coach {coach.number}")
        for cell, figure in zip(row[1:7], coach.figures, strict=True):
            assert cell.endswith("unter Toleranz") == (figure.rating.value == "below")


def test_that_the_page_needs_and_loads_nothing(full):
    html = report_html(full)
    page = page_of(html)
    allowed = {"html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "div", "p", "h1", "h2", "h3", "ol", "ul", "li", "a", "span", "strong", "small", "br", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "desc", "rect", "circle", "path"}  # fmt: skip
    assert {element.tag for element in page.iter()} <= allowed
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name in {"src", "style"}]
        assert (element.get("href") or "#").startswith("#")
    assert "default-src 'none'" in html.decode()
    assert not re.search(r"url\(|@import|https?:", said(page.find("head/style")))


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("version", [None, 2])
def test_that_the_page_is_whole_in_the_extreme(content, name, version):
    extreme = EXTREMES[name](replace(content, version=version))
    page = page_of(report_html(extreme))
    draft = [said(element) for element in page.iter("p") if element.get("class") == "draft"]
    assert draft == (["ENTWURF"] if extreme.version is None else [])
    drawn = [float(svg.get(key)) for svg in page.iter() for key in ("x", "y", "width", "height", "cx", "cy") if svg.get(key)]
    assert all(0 <= number <= 1000 for number in drawn)


def test_that_names_are_shown_as_typed_and_nobody_is_named(content):
    html = report_html(named(content, HOSTILE))
    [owner] = [element for element in page_of(html).iter("p") if element.get("class") == "owner"]
    assert owner.text == HOSTILE
    for coach in content.figures.coaches:
        assert coach.id not in html.decode()


def test_that_the_same_content_makes_the_same_page(content):
    assert report_html(content) == report_html(content)
