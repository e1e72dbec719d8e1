"""What comes from elsewhere, laid ready beside a vault: an exchange file, an old list, two files of one person; and the work on it."""

import shutil

from sqlalchemy.orm import Session

from bjc_desktop.models import Coachee, Coaching
from bjc_desktop.services.exchanging import take_in, write_exchange
from bjc_desktop.services.pairing import confirm, own_card, pair, read_partner
from bjc_desktop.vault import Vault, create_vault, open_vault
from bjc_desktop.vocabulary import PartnerKind
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER
from tests.hostile.program import Home
from tests.list_files import xlsx

FILE, LIST, PARTNER = "kommt.bjcx", "liste.xlsx", "Gegenüber"
_NEW = "50000000-0000-4000-8000-000000000001"
_ROWS = [
    ["Fallnummer", "Name, Vorname", "Geb.-Dat.", "m/w"],
    *([f"L-{number}", f"Zwyxliste{number}, Eva", "05.03.80", "w"] for number in range(40)),
]
BEGIN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bjc_desktop.errors import BjcError
from bjc_desktop.vault import ballast, open_vault
NOW, HERE = datetime(2025, 10, 7, 9, 30, tzinfo=UTC), Path(".").absolute()
def opened():
    return open_vault(HERE / "tresor", (HERE / "pass").read_text("utf-8").strip(), now=NOW)
"""
WORK = {
    "take in": """
from bjc_desktop.services.exchanging import take_in
with opened() as vault:
    take_in(vault, HERE / "kommt.bjcx", even_if_many_go=True, now=NOW)
""",
    "take back": """
from bjc_desktop.services.taking_back import list_imports, take_import_back
with opened() as vault:
    for row in list_imports(vault, now=NOW):
        if row.kind == "exchange" and not row.taken_back:
            take_import_back(vault, row.event, now=NOW)
""",
    "decide": """
from bjc_desktop.services.exchange_conflicts import decide, list_conflicts
with opened() as vault:
    for conflict in list_conflicts(vault):
        decide(vault, conflict, conflict.others[0].held_id, now=NOW)
""",
    "write": """
from bjc_desktop.services.exchanging import write_exchange
from bjc_desktop.services.pairing import partner_named
with opened() as vault:
    print(write_exchange(vault, partner_named(vault, "Gegenüber").id, HERE / "aus", now=NOW, today=NOW.date()).relative_to(HERE))
""",
    "list": """
from bjc_desktop.services.old_lists.list_importing import NothingImportedError, import_list
from bjc_desktop.services.old_lists.list_opening import begin_work, open_list
with opened() as vault:
    with vault.reading() as connection:
        work = begin_work(connection, open_list(HERE / "liste.xlsx"))
    try:
        import_list(vault, work, now=NOW, today=NOW.date())
    except NothingImportedError:
        pass
""",
    "join": """
from bjc_desktop.services.joining import join_people
with opened() as vault:
    with vault.reading() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM coachees WHERE id NOT LIKE '5%' ORDER BY case_number").scalars().all()
    if len(ids) == int((HERE / "people").read_text()):
        with vault.writing(now=NOW) as session:
            join_people(session, ids[0], ids[1], {}, now=NOW)
""",
}
"""What is done with what came; each can be done again where it was killed, and changes nothing where it was done."""
_AFTER_TAKING_IN = ("take back", "decide")


def lay_ready(home: Home, work: str) -> Home:
    """Pair the vault of *home* with another one and lay ready what *work* needs."""
    shutil.rmtree(home.folder / "andere", ignore_errors=True)
    (home.folder / "aus").mkdir(exist_ok=True)
    other, _ = create_vault(home.folder / "andere", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    with other, open_vault(home.vault, PASSPHRASE, now=NOW) as vault:
        for one, two in ((vault, other), (other, vault)):
            pair(one, own_card(two), name=PARTNER, kind=PartnerKind.OFFICE, staff_id=None, reads_notes=True, now=NOW)
        for one, two in ((vault, other), (other, vault)):
            partner = read_partner(one, two.id)
            confirm(one, two.id, None if partner.reads_out else partner.code, now=NOW)
        take_in(other, write_exchange(vault, other.id, home.folder, now=NOW, today=NOW.date()), even_if_many_go=True, now=NOW)
        _disagree(vault, other)
        write_exchange(other, vault.id, home.folder, now=NOW, today=NOW.date()).rename(home.folder / FILE)
        if work in _AFTER_TAKING_IN:
            take_in(vault, home.folder / FILE, even_if_many_go=True, now=NOW)
        with vault.reading() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM coachees WHERE id NOT LIKE '5%'").scalar_one()
    shutil.rmtree(home.folder / "andere")
    (home.folder / "people").write_text(str(count))
    xlsx(home.folder / LIST, {"TN": _ROWS})
    return home


def _disagree(vault: Vault, other: Vault) -> None:
    """Change the same on both sides, and something there only."""
    for side, phone in ((vault, "0151 1"), (other, "0151 2")):
        with side.writing(now=NOW) as session:
            _first(session).phone = phone
    with other.writing(now=NOW) as session:
        of_first = session.query(Coaching).order_by(Coaching.id).first()
        assert of_first is not None
        session.add(Coachee(id=_NEW, case_number="N-1", family_name="Zwyxneu"))
        session.add(Coaching(coachee_id=_NEW, provider_id=of_first.provider_id, entry_on=of_first.entry_on))


def _first(session: Session) -> Coachee:
    found = session.query(Coachee).order_by(Coachee.case_number).first()
    assert found is not None
    return found
