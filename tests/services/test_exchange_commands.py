"""Two vaults that exchange files by the command line alone, in real processes."""

import pytest

from bjc_desktop.vault import create_vault
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE
from tests.samples import DATA
from tests.services.test_command_line import call


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return two vaults; that of the office holds the sample."""
    home = tmp_path_factory.mktemp("exchange")
    (home / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    for name in ("buero", "laptop"):
        create_vault(home / name, "pruefung", PASSPHRASE, now=NOW, kdf=CHEAP_KDF)[0].close()
    assert call(home, "import", "buero", str(DATA / "worked")).returncode == 0
    return home


def done(home, *arguments):
    result = call(home, "exchange", *arguments)
    assert result.returncode == 0, result.stderr
    return result


def test_that_two_vaults_are_paired_and_exchange_what_they_know(home) -> None:
    for name in ("buero", "laptop"):
        done(home, "pair", name, "--own-card", f"{name}.bjccard")
    sides = {"buero": "laptop.bjccard", "laptop": "buero.bjccard"}
    first = {name: done(home, "pair", name, card, "--name", "Gegenüber", "--notes") for name, card in sides.items()}
    reading = next(name for name, result in first.items() if result.stdout.strip())
    code = first[reading].stdout.strip()
    typing = next(name for name in sides if name != reading)
    wrong = call(home, "exchange", "pair", typing, sides[typing], "--name", "Gegenüber", "--notes", "--code", "1234" * 5)
    assert wrong.returncode == 1 and "Der Code stimmt nicht" in wrong.stderr
    done(home, "pair", typing, sides[typing], "--name", "Gegenüber", "--notes", "--code", code)
    done(home, "pair", reading, sides[reading], "--name", "Gegenüber", "--notes", "--confirmed")

    file = done(home, "write", "buero", "--partner", "Gegenüber", "--out", ".").stdout.strip()
    preview = done(home, "read", "laptop", file, "--dry-run")
    assert "coachees: " in preview.stdout and "Nichts wurde geändert" in preview.stderr
    assert done(home, "read", "laptop", file).stdout == preview.stdout
    assert "enthält das alles schon" in done(home, "read", "laptop", file).stderr

    refused = call(home, "exchange", "read", "buero", file)
    assert refused.returncode == 1 and "für einen anderen Tresor" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("pair", "buero"), 1),
        (("pair", "buero", "fehlt.bjccard", "--name", "X"), 1),
        (("pair", "buero", "pass", "--name", "X"), 1),
        (("write", "buero", "--partner", "Niemand", "--out", "."), 1),
        (("read", "buero", "fehlt.bjcx"), 1),
        (("read", "buero", "pass"), 1),
        ((), 2),
        (("read",), 2),
    ],
)
def test_that_what_cannot_be_done_is_refused_in_one_sentence(home, arguments, status) -> None:
    result = call(home, "exchange", *arguments)
    assert result.returncode == status
    assert "Traceback" not in result.stderr and "unerwartet" not in result.stderr
    assert status == 2 or len(result.stderr.strip().splitlines()) == 1
