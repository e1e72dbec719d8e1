"""The manual as HTML, made from docs/handbuch. Usage: manual.py [--check] | manual.py --pdf OUT.

The pages go into ``resources/manual``, from where the program shows them and makes its PDFs; a stale one fails the check.
"""

import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bjc_desktop.indicators.documentation import indicators_document
from bjc_desktop.services.privacy_documentation import privacy_document

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "docs" / "handbuch"
OUT = ROOT / "resources" / "manual"
STYLE = SOURCE / "stil.css"
TITLE = "Handbuch zu BJC Desktop"
_GENERATED = {"kennzahlen": indicators_document, "fristen": privacy_document}
"""What a line such as ``{{kennzahlen}}`` stands for: a document made from the definitions, without its title and its first paragraph."""
_KEY = re.compile(r"(Strg|Umschalt|Alt|F\d+|Enter|Esc|Entf|Einfg|Tab|Leertaste|Pos1|Ende|Bild|[←↑→↓=−1-9])(\+|$| |…|/)")
_MARK = re.compile(r"\s*\{#([a-z0-9_-]+)\}$")
_SECTION = 3
"""The level of the headings that the contents name below a chapter."""
_PARSER = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True, "typographer": False}).enable("table")


def pages() -> dict[str, str]:
    """Return every page by its file name: the manual, the quick starts, the templates to fill in."""
    chapters = [path.read_text("utf-8") for path in sorted(SOURCE.glob("[0-9]*.md"))]
    made = {"handbuch.html": _book(chapters)}
    for kind in ("schnellstart", "vorlagen"):
        for path in sorted((SOURCE / kind).glob("*.md")):
            made[f"{kind}-{path.stem}.html"] = _sheet(path.read_text("utf-8"), kind)
    return made


def _book(chapters: list[str]) -> str:
    contents, sections = [], []
    for text in chapters:
        tokens = _PARSER.parse(_filled(text))
        headings = list(_number(tokens, level_shift=1))
        key, title = headings[0]
        inner = "".join(f'<li><a href="#{name}">{escape(words)}</a></li>' for name, words, depth in _second(tokens, key) if depth)
        contents.append(f'<li><a href="#{key}">{escape(title)}</a>{f"<ul>{inner}</ul>" if inner else ""}</li>')
        sections.append(f'<section id="{key}">\n{_PARSER.renderer.render(tokens, _PARSER.options, {})}</section>\n')
    body = (
        f'<a class="skip" href="#text">Zum Text</a>\n<header><h1>{TITLE}</h1></header>\n'
        f'<nav aria-label="Inhalt"><h2>Inhalt</h2>\n<ol>\n{"".join(contents)}\n</ol></nav>\n'
        f'<main id="text">\n{"".join(sections)}</main>'
    )
    return _document(TITLE, body, "book")


def _sheet(text: str, kind: str) -> str:
    tokens = _PARSER.parse(_filled(text))
    _, title = list(_number(tokens, level_shift=0))[0]  # noqa: RUF015 - all of them are to be numbered
    return _document(title, f"<main>\n{_PARSER.renderer.render(tokens, _PARSER.options, {})}</main>", kind)


def _document(title: str, body: str, kind: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="de">\n<head>\n<meta charset="utf-8"/>\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f'<style>\n{STYLE.read_text("utf-8")}</style>\n</head>\n<body class="{kind}">\n{body}\n</body>\n</html>\n'
    )


def _filled(text: str) -> str:
    """Return *text* with the generated parts in their places."""
    for name, make in _GENERATED.items():
        if f"{{{{{name}}}}}" in text:
            _, _, rest = make().partition("\n\n")
            _, _, rest = rest.partition("\n\n")
            rest = re.sub(r"`([a-z0-9_]+)`: ", "", rest)
            rest = re.sub(r"^Kennung: `[a-z0-9_]+`\. ", "", rest, flags=re.MULTILINE)
            rest = re.sub(r" \(`[a-z0-9_]+`\)", "", rest)
            text = text.replace(f"{{{{{name}}}}}", rest)
    return text


def _number(tokens: list[Token], *, level_shift: int) -> Iterator[tuple[str, str]]:
    """Give headings their level and their anchor, keys and pictures their looks; yield the anchor and the words of each heading."""
    chapter = ""
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            inline = tokens[at + 1]
            last = inline.children[-1]
            found = _MARK.search(last.content)
            if found:
                last.content = last.content[: found.start()]
            words = "".join(child.content for child in inline.children)
            key = found[1] if found else f"{chapter}-{_slug(words)}"
            chapter = chapter or key
            level = int(token.tag[1]) + level_shift
            token.tag = tokens[at + 2].tag = f"h{level}"
            if level_shift == 0 or level > 1 + level_shift:
                token.attrSet("id", key)
            token.meta = {"key": key, "words": words, "level": level}
            yield key, words
        elif token.type == "inline":
            _dress(token)


def _second(tokens: list[Token], chapter: str) -> Iterator[tuple[str, str, bool]]:
    for token in tokens:
        if token.type == "heading_open":
            yield token.meta["key"], token.meta["words"], token.meta["level"] == _SECTION and token.meta["key"] != chapter


def _dress(inline: Token) -> None:
    """Make keys of what names keys, and a figure's caption of a picture's title."""
    for child in inline.children or []:
        if child.type == "code_inline" and _KEY.match(child.content):
            child.type, child.tag = "html_inline", ""
            child.content = f"<kbd>{escape(child.content)}</kbd>"


def _slug(words: str) -> str:
    plain = words.lower().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _check(made: dict[str, str]) -> int:
    stale = [name for name, text in made.items() if not (OUT / name).is_file() or (OUT / name).read_text("utf-8") != text]
    stale += [path.name for path in OUT.glob("*.html") if path.name not in made]
    for name in stale:
        sys.stderr.write(f"resources/manual/{name} is stale; run `make docs`.\n")
    return 1 if stale else 0


def main(arguments: list[str]) -> int:
    """Write the pages, check them, or make every PDF; return the exit status."""
    made = pages()
    if arguments[:1] == ["--check"]:
        return _check(made)
    OUT.mkdir(parents=True, exist_ok=True)
    for path in OUT.glob("*.html"):
        path.unlink()
    for name, text in made.items():
        (OUT / name).write_text(text, "utf-8")
    if arguments[:1] == ["--pdf"]:
        from bjc_desktop.reports.manual_pdf import manual_pdf  # noqa: PLC0415 - only the PDFs need ReportLab

        out = Path(arguments[1])
        out.mkdir(parents=True, exist_ok=True)
        for name in made:
            (out / f"{Path(name).stem}.pdf").write_bytes(manual_pdf(name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
