"""A vault of every earlier format, as the program of that time wrote it, opens in this one: nothing lost, every figure the same."""

from datetime import date
from zipfile import ZipFile

import pytest

from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.models import Coachee
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import is_damaged, look_over, open_vault
from bjc_desktop.vault.schema import HEAD, revisions_after
from tests.conftest import NOW, PASSPHRASE
from tests.indicators.test_figures import compare
from tests.samples import DATA, expected

VAULTS = sorted((DATA / "vaults").glob("*.zip"))


@pytest.fixture(params=VAULTS, ids=lambda path: path.stem)
def earlier(request, tmp_path):
    """Unpack a vault of an earlier format, and say which."""
    folder = tmp_path / "tresor"
    with ZipFile(request.param) as archive:
        archive.extractall(folder)
    return request.param.stem, folder


def test_that_it_opens_with_every_figure_and_takes_new_entries(earlier) -> None:
    revision, folder = earlier
    with open_vault(folder, PASSPHRASE, now=NOW) as vault:
        with vault.reading() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
            figures = compute(connection, parse_quarter("2025-Q3"), read_settings(connection), as_of=date(2026, 3, 1))
            steps = connection.exec_driver_sql("SELECT count(*) FROM change_records WHERE action = 'migrate'").scalar()
            people = connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar()
        for scope_id, wanted in expected("worked-expected-2025-Q3.json").items():
            for figure in figures.scope(scope_id).figures:
                compare(figure, wanted["indicators"][figure.code])
        assert steps == (0 if revision == HEAD else 1)
        with vault.writing(now=NOW) as session:
            session.add(Coachee(case_number="NEU-1", given_name="Nina", family_name="Neu"))
        with vault.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar() == people + 1
        assert not is_damaged(look_over(vault))
    assert len(list((folder / "backups").glob("*.bjcbackup"))) == steps


def test_that_there_is_a_vault_of_every_earlier_format() -> None:
    revisions = {revision.revision for revision in revisions_after(None)}
    assert revisions - {HEAD} <= {path.stem for path in VAULTS}, "run tools/earlier_vault.py before the next revision"
