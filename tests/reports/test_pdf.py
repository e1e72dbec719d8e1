"""The report as PDF, read from outside."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from fractions import Fraction
from threading import Lock
from time import sleep

import pypdfium2
import pytest
from reportlab.pdfbase.ttfonts import TTFontFace

from bjc_desktop.indicators.results import Rating
from bjc_desktop.reports.pdf import report_pdf
from tests.reports.contents import HOSTILE, changed_often, content_of, crowded, named, valued
from tests.reports.pages import outline, outside, texts, unembedded_fonts
from tests.samples import filled


def test_that_the_report_says_all_that_it_must(content):
    pages = texts(report_pdf(content))
    assert len(pages) <= 4
    everything = " ".join(pages)
    for figure in content.figures.figures:
        assert figure.label in everything
        assert figure.rating.label in pages[0]
    for words in ("Quartalsbericht Q3 2025", "01.07.2025 bis 30.09.2025 · Datenstand 01.03.2026 · Fassung 1", "Toleranzbereich"):
        assert words in pages[0]
    for words in ("Austritte 01.01.2025–31.03.2025", "Rücklauf", "Für 2025 sind keine eigenen Sollwerte hinterlegt"):
        assert words in pages[0]
    for words in ("Verlauf über die Quartale", "Betreuungsschlüssel", "Median", "Datenqualität", "Definitionen", "Einstellungen"):
        assert words in everything
    for setting in content.settings:
        assert setting.title in everything
    for number, page in enumerate(pages, 1):
        assert f"Seite {number} von {len(pages)}" in page
        assert "ENTWURF" not in page


def test_that_the_coaches_stand_with_their_numbers_and_never_with_their_names(content):
    everything = " ".join(texts(report_pdf(content)))
    for coach in content.figures.coaches:
        assert f"Coach {coach.number} " in everything
        assert coach.id not in everything


def test_that_another_years_targets_are_named_wherever_something_is_rated(content):
    for page in texts(report_pdf(content)):
        if "unter Toleranz" in page:
            assert "es gelten die von 2024" in page


def test_that_bookmarks_lead_to_the_headings(content):
    pdf = report_pdf(content)
    pages = texts(pdf)
    entries = outline(pdf)
    titles = [title for title, _ in entries]
    assert titles[:2] == ["Quartalsbericht Q3 2025", "Die sechs Kennzahlen"]
    assert titles[-1] == "Einstellungen"
    for title, page in entries:
        assert title in pages[page]


def test_that_language_title_and_fonts_are_in_the_file(content):
    pdf = report_pdf(content)
    assert b"/Lang (de-DE)" in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert unembedded_fonts(pdf) == 0
    with pypdfium2.PdfDocument(pdf) as document:
        metadata = document.get_metadata_dict()
        assert document[0].get_size() == pytest.approx((595.3, 841.9), abs=0.1)
    assert metadata["Title"] == "Quartalsbericht Q3 2025, alle Träger"


def test_that_it_is_read_in_the_order_in_which_it_is_seen(content):
    pdf = report_pdf(content)
    for number, page in enumerate(texts(pdf)):
        places = [page.index(title) for title, on in outline(pdf) if on == number]
        assert places == sorted(places)
        assert page.index(f"Seite {number + 1} von ") > max(places, default=0)


def test_that_the_pdf_is_not_tagged_as_the_table_of_accessibility_says(content):
    pdf = report_pdf(content)
    assert b"/StructTreeRoot" not in pdf
    assert b"/MarkInfo" not in pdf


def test_that_each_page_of_a_draft_is_marked_twice(content):
    draft = replace(content, version=None)
    for page in texts(report_pdf(draft)):
        assert page.count("ENTWURF") == 2
        assert "Entwurf · Datenstand" in page


def test_that_the_same_content_makes_the_same_bytes(content):
    assert report_pdf(content) == report_pdf(content)


def test_that_several_may_print_at_once(content, monkeypatch):
    # A preview is printed behind the window while a report is released; a font has one place at which it is being read.
    reading, makes = Lock(), TTFontFace.makeSubset
    overlaps = []

    def makes_slowly(face, subset):
        alone = reading.acquire(blocking=False)
        overlaps.append(not alone)
        sleep(0.02)
        made = makes(face, subset)
        if alone:
            reading.release()
        return made

    monkeypatch.setattr(TTFontFace, "makeSubset", makes_slowly)
    versions = [replace(content, version=version) for version in (None, content.version)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(report_pdf, versions * 2))
    assert overlaps and not any(overlaps)
    assert made == [report_pdf(version) for version in versions] * 2


def test_that_a_vault_without_cases_has_a_report_too(vault):
    from bjc_desktop.services.targets import fill_new_vault
    from tests.samples import NOW

    fill_new_vault(vault, now=NOW)
    pages = texts(report_pdf(content_of(vault)))
    assert "Alle sechs Kennzahlen sind ohne Wert." in pages[0]
    assert "Keine JobCoaches im Bericht." in " ".join(pages)


def test_that_a_running_quarter_is_provisional(vault):
    content = content_of(filled(vault, "package"), as_of=date(2025, 9, 30))
    assert "vorläufig" in texts(report_pdf(content))[0]


EXTREMES = {
    "long name": lambda content: named(content, "Gesellschaft für Arbeit " * 9),
    "one long word": lambda content: named(content, "Arbeitsförderungsgesellschaft" * 7),
    "hostile name": lambda content: named(content, HOSTILE + "\x07\u202e"),
    "forty coaches": lambda content: crowded(content, 40),
    "one coach": lambda content: crowded(content, 1),
    "all reached": lambda content: valued(content, Fraction(1), Rating.REACHED),
    "nothing": lambda content: valued(content, None, Rating.NONE),
    "zero": lambda content: valued(content, Fraction(0), Rating.BELOW),
    "far above": lambda content: valued(content, Fraction(7, 2), Rating.REACHED),
    "many changes": lambda content: changed_often(content, 80),
    "no change": lambda content: replace(content, version=2),
    "no trend": lambda content: replace(content, trend=()),
    "short trend": lambda content: replace(content, trend=content.trend[-1:]),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("version", [None, 2])
def test_that_nothing_leaves_the_page_in_the_extreme(content, name, version):
    extreme = EXTREMES[name](replace(content, version=version))
    pdf = report_pdf(extreme)
    assert outside(pdf) == []
    assert texts(pdf)[0].count("Seite 1 von") == 1


def test_that_names_are_shown_as_typed(content):
    assert HOSTILE.strip() in texts(report_pdf(named(content, HOSTILE)))[0]
