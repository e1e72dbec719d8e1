"""Reading a PDF from outside."""

import re

import pypdfium2


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page in one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def outline(pdf: bytes) -> list[tuple[str, int]]:
    """Return the bookmarks with the pages (from 0) to which they lead."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [(entry.get_title(), entry.get_dest().get_index()) for entry in document.get_toc()]


def outside(pdf: bytes, margin: float = 20) -> list[str]:
    """Return what reaches into the *margin* of its page: nothing should."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, 1):
            (width, height), text = page.get_size(), page.get_textpage()
            for index in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(index)
                if right > left and not (
                    margin <= left and right <= width - margin and margin <= bottom and top <= height - margin
                ):
                    found.append(f"page {number}: {text.get_text_range(max(index - 10, 0), 20)!r}")
    return found


def unembedded_fonts(pdf: bytes) -> int:
    """Return how many font descriptors there are without a font file, less the fonts without a descriptor."""
    return len(re.findall(rb"/Type /FontDescriptor", pdf)) - len(re.findall(rb"/FontFile2 ", pdf))
