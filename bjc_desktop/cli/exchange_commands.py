"""The commands of the exchange between vaults."""

import argparse
from typing import TYPE_CHECKING

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_input import open_named_vault
from bjc_desktop.cli.command_words import say, show
from bjc_desktop.errors import InvalidInputError

if TYPE_CHECKING:
    from bjc_desktop.vault import Vault


def exchange(options: argparse.Namespace) -> None:
    """Pair, write or read."""
    steps = {"pair": _exchange_pair, "write": _exchange_write, "read": _exchange_read}
    with open_named_vault(options) as vault:
        steps[options.step](vault, options)


def _exchange_pair(vault: "Vault", options: argparse.Namespace) -> None:
    from bjc_desktop.services.pairing import confirm, pair, read_card, write_card  # noqa: PLC0415
    from bjc_desktop.services.team import staff_named  # noqa: PLC0415
    from bjc_desktop.vocabulary import PartnerKind  # noqa: PLC0415

    if options.own_card is not None:
        print(write_card(vault, options.own_card))
    if options.card is None:
        if options.own_card is None:
            raise InvalidInputError({"card": "Bitte die Karte der anderen Seite angeben, oder --own-card für die eigene."})
        return
    with vault.reading() as connection:
        staff_id = None if options.staff is None else staff_named(connection, options.staff, today=moment.today())
    partner = pair(
        vault,
        read_card(options.card),
        name=options.name or options.staff or "",
        kind=PartnerKind(options.kind),
        staff_id=staff_id,
        reads_notes=options.notes,
        now=moment.now(),
    )
    if options.code is not None or options.confirmed:
        confirm(vault, partner.id, options.code, now=moment.now())
        say("Der Code stimmt; jetzt können Dateien ausgetauscht werden.")
    elif partner.reads_out:
        say("Bitte diesen Code am Telefon vorlesen und nach der Bestätigung mit --confirmed noch einmal aufrufen:")
        print(partner.code)
    else:
        say("Bitte den Code am Telefon vorlesen lassen und mit --code noch einmal aufrufen.")


def _exchange_write(vault: "Vault", options: argparse.Namespace) -> None:
    from bjc_desktop.services.exchanging import write_exchange  # noqa: PLC0415
    from bjc_desktop.services.pairing import partner_named  # noqa: PLC0415

    partner = partner_named(vault, options.partner)
    print(write_exchange(vault, partner.id, options.out, now=moment.now(), today=moment.today()))


def _exchange_read(vault: "Vault", options: argparse.Namespace) -> None:
    from bjc_desktop.services.exchanging import preview_exchange, take_in  # noqa: PLC0415

    if options.dry_run:
        effect = preview_exchange(vault, options.file)
    else:
        effect = take_in(vault, options.file, even_if_many_go=options.even_if_many_go, now=moment.now())
    for table, count in effect.tables.items():
        show(f"{table}: {count.new} neu, {count.changed} geändert, {count.gone} gelöscht")
    for number, text in (
        (effect.conflicts, "auf beiden Seiten geändert; bitte im Fenster entscheiden"),
        (effect.put_back, "zurückgestellt, weil ein Bezug noch fehlt"),
        (effect.erased, "von gelöschten Personen, nicht übernommen"),
        (effect.kept, "anderswo gelöscht, bleiben wegen späterer Einträge"),
    ):
        if number:
            show(f"{number} {text}")
    if effect.many_gone and options.dry_run:
        say("Es würde ungewöhnlich viel gelöscht; übernommen wird das nur mit --even-if-many-go.")
    done = (
        "Die Austauschdatei ist übernommen." if effect.changes else "Der Tresor enthält das alles schon; nichts wurde geändert."
    )
    say("Nichts wurde geändert." if options.dry_run else done)
