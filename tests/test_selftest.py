"""The program's trial of itself: passes where all is well, names what is not, and leaves nothing behind."""

import os
from functools import partial

import pytest

from bjc_desktop import __version__, selftest
from bjc_desktop.cli import run
from bjc_desktop.selftest import CHECKS, run_selftest
from bjc_desktop.vault import create_vault
from tests.conftest import CHEAP_KDF


@pytest.fixture(autouse=True)
def _place(qapp, tmp_path, monkeypatch):
    """Give the trial a place that can be looked at, a German window as the program makes it, and a vault that opens quickly."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(selftest, "create_vault", partial(create_vault, kdf=CHEAP_KDF))
    translator = QTranslator()
    assert translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def only(monkeypatch):
    """Let the trial try nothing but what is named."""

    def choose(*titles):
        monkeypatch.setattr(selftest, "CHECKS", tuple(check for check in CHECKS if check[0] in titles))

    return choose


def test_that_all_is_tried_and_nothing_is_left(capsys, tmp_path) -> None:
    before = dict(os.environ)
    assert run_selftest() == 0
    *lines, verdict = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"gut     {title}" for title, _ in CHECKS]
    assert f"BJC Desktop {__version__}" in lines[0]
    assert verdict == f"Alle {len(CHECKS)} Prüfungen bestanden."
    assert list(tmp_path.iterdir()) == []
    assert dict(os.environ) == before


def test_that_another_figure_is_told_and_fails(capsys, only, monkeypatch) -> None:
    only("Tresor", "Kennzahlen")
    monkeypatch.setitem(selftest.KNOWN_FIGURES, "a1_1", ("8", "39"))
    assert run_selftest() == 1
    good, failed, verdict = capsys.readouterr().out.splitlines()
    assert good.startswith("gut     Tresor:")
    assert failed.startswith("FEHLER  Kennzahlen:")
    assert verdict == "1 von 2 Prüfungen fehlgeschlagen."


def test_that_english_buttons_fail(capsys, only, qapp) -> None:
    only("Deutsche Schaltflächen")
    from PySide6.QtCore import QTranslator

    class English(QTranslator):
        def isEmpty(self):
            return False

        def translate(self, *texts):
            return texts[1]

    english = English()
    qapp.installTranslator(english)
    try:
        assert run_selftest() == 1
    finally:
        qapp.removeTranslator(english)
    assert "Cancel" in capsys.readouterr().out


@pytest.mark.parametrize(("title", "name"), [("Schriften", "fonts"), ("Symbole", "icons")])
def test_that_a_missing_resource_fails(capsys, only, monkeypatch, tmp_path, title, name) -> None:
    only(title)
    monkeypatch.setattr(selftest, "resource", lambda wanted: tmp_path / wanted)
    assert run_selftest() == 1
    assert capsys.readouterr().out.startswith(f"FEHLER  {title}:"), name


def test_that_what_needs_an_earlier_part_says_so(capsys, only) -> None:
    only("Kennzahlen", "PDF", "Fenster")
    assert run_selftest() == 1
    assert capsys.readouterr().out.count("nicht zu prüfen") == 3


def test_that_the_command_line_tells_its_version(capsys) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"BJC Desktop {__version__}\n"
