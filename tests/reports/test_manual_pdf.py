"""The manual on paper: a title, a language, bookmarks, page numbers, contents with links; each quick start one page of A4."""

import io

import pypdfium2
import pytest

from bjc_desktop.reports.manual import BOOK, read_manual, sheets
from bjc_desktop.reports.manual_pdf import manual_file, manual_pdf

A4 = (595.28, 841.89)


@pytest.fixture(scope="module")
def book() -> bytes:
    return manual_pdf(BOOK)


def words_of_page(pdf: pypdfium2.PdfDocument, number: int) -> str:
    return pdf[number].get_textpage().get_text_bounded()


def test_that_the_book_has_a_title_a_language_and_a_bookmark_for_each_section(book) -> None:
    with pypdfium2.PdfDocument(book) as pdf:
        assert pdf.get_metadata_dict()["Title"] == "Handbuch zu BJC Desktop"
        bookmarks = [(mark.level, mark.get_title()) for mark in pdf.get_toc()]
    assert b"/Lang (de-DE)" in book
    wanted = []
    for chapter in read_manual():
        wanted += [(0, chapter.title), *((1, "".join(b.itertext())) for b in chapter.blocks if b.tag == "h3")]
    assert bookmarks == wanted


def test_that_contents_and_pages_tell_the_same_numbers(book) -> None:
    with pypdfium2.PdfDocument(book) as pdf:
        count = len(pdf)
        targets = {mark.get_title(): mark.get_dest().get_index() + 1 for mark in pdf.get_toc() if mark.level == 0}
        contents = " ".join(words_of_page(pdf, number) for number in range(3))
        assert all(f"Seite {number + 1} von {count}" in words_of_page(pdf, number) for number in range(count))
        for title, page in targets.items():
            assert title.split()[0] in words_of_page(pdf, page - 1).splitlines()[0]
    lines = [line.replace(" .", "").replace(".", "").split() for line in contents.splitlines()]
    shown = {" ".join(words[:-1]): words[-1] for words in lines if words and words[-1].isdigit()}
    assert {title: shown.get(title.replace(".", "")) for title in targets} == {
        title: str(page) for title, page in targets.items()
    }


def test_that_the_book_is_the_same_each_time_and_shows_every_picture(book) -> None:
    assert manual_pdf(BOOK) == book
    pictures = sum(1 for chapter in read_manual() for block in chapter.blocks for _ in block.iter("img"))
    with pypdfium2.PdfDocument(book) as pdf:
        drawn = sum(1 for page in pdf for made in page.get_objects() if made.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
    assert drawn == pictures


@pytest.mark.parametrize("sheet", sheets("schnellstart"), ids=lambda sheet: sheet.name)
def test_that_a_quick_start_is_exactly_one_page_of_a4_and_well_filled(sheet) -> None:
    with pypdfium2.PdfDocument(manual_pdf(sheet.name)) as pdf:
        assert len(pdf) == 1
        assert pdf[0].get_size() == pytest.approx(A4, abs=0.1)
        assert sheet.title in words_of_page(pdf, 0)
        lowest = min(made.get_bounds()[1] for made in pdf[0].get_objects() if made.get_bounds()[1] > 60)
    assert lowest < 250


@pytest.mark.parametrize("sheet", sheets("vorlagen"), ids=lambda sheet: sheet.name)
def test_that_a_template_has_places_to_fill_in(sheet) -> None:
    with pypdfium2.PdfDocument(manual_pdf(sheet.name)) as pdf:
        text = "".join(words_of_page(pdf, number) for number in range(len(pdf)))
    assert text.count("[") > 5


def test_that_one_file_of_html_carries_its_pictures() -> None:
    page = manual_file(BOOK, html=True).decode("utf-8")
    assert 'src="bilder/' not in page
    assert page.count('src="data:image/png;base64,') == page.count("<img")
    assert io.BytesIO(manual_file("vorlagen-2-loeschkonzept.html", html=True)).read()
