"""Who can open the vault: adding and removing users, a new passphrase for one, the recovery code."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.services.team import list_staff, set_staff_of_user, staff_of_users, without_access
from bjc_desktop.ui.access.new_user_dialog import NewUserDialog
from bjc_desktop.ui.access.roles_dialog import RolesDialog
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, button, label
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.start.passphrase_field import PassphraseField
from bjc_desktop.vault import (
    UserIdentity,
    Vault,
    add_user,
    change_roles,
    check_new_passphrase,
    grant_notes,
    list_users,
    new_recovery_code,
    note_holders,
    remove_user,
    renew_recovery_code,
    set_passphrase,
)
from bjc_desktop.vocabulary import Role


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A user, and who it is in the team."""

    user: UserIdentity
    staff: str
    staff_id: str | None
    notes: bool
    """Whether they hold the key of the notes."""


def _roles(shown: AccessRow) -> str:
    return ", ".join(role.label for role in Role if role in shown.user.roles)


COLUMNS = (
    Column("Benutzername", lambda shown: shown.user.name, width=160),
    Column("Rollen", _roles, stretch=True),
    Column("Im Team", lambda shown: shown.staff or NO_VALUE, width=160, needs=560),
    Column("Notizen", lambda shown: "liest" if shown.notes else NO_VALUE, width=90),
)


class AccessPage(Page):
    """The page."""

    key: ClassVar[str] = "access"
    heading: ClassVar[str] = "Zugänge"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.add_button = button("&Neuer Zugang …", self.add_user, rank="primary", symbol="user-plus")
        self.head.addWidget(self.add_button)
        self.roles_button = button("&Rollen …", self.change_roles, symbol="users")
        self.passphrase_button = button("Neue &Passphrase …", self.renew_passphrase, symbol="key-round")
        self.remove_button = button("&Entfernen …", self.ask_to_remove, symbol="trash-2")
        self.code_button = button("Neuer &Wiederherstellungscode …", self.renew_code, symbol="shield-check")
        self.notes_button = button("N&otizzugang geben", self.grant_notes, symbol="lock")
        ways = FlowRow()
        for made in (self.roles_button, self.passphrase_button, self.notes_button, self.remove_button, self.code_button):
            ways.add(made)
        self.add(ways)
        self._without = label("", "muted", wrap=True)
        self.add(self._without)
        self.table = RowTable(COLUMNS, "Zugänge", wrapped=True)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(lambda _: self.change_roles())
        self.table.delete_wanted.connect(lambda _: self.ask_to_remove())
        # With large text the table has no room for several roles, and none for who it is in the team.
        self._whole = label("", wrap=True)
        self._whole.setVisible(theme().scale >= LARGE_TEXT)
        self.add(self._whole)
        self.add(self.table, 1)
        self.offer_list(self.table, ListOffer())
        self.add(
            label(
                "Wer entfernt wird, öffnet den Tresor nicht mehr: Der Schlüssel der Daten wird gewechselt. Frühere Sicherungen öffnet die alte "
                "Passphrase weiter. Notizen liest nur, wer die Rolle JobCoach und den Notizschlüssel hat.",
                "small",
                wrap=True,
            )
        )

    def refresh(self) -> None:
        """Read the users again."""
        users = list_users(self.desk.vault)
        staff = {member.id: member.name for member in self.desk.read(partial(list_staff, today=self.desk.today()))}
        mine, holders = self.desk.read(staff_of_users), note_holders(self.desk.vault)
        rows = [AccessRow(user, staff.get(mine.get(user.id, ""), ""), mine.get(user.id), user.id in holders) for user in users]
        self.subtitle.setText(f"{len(rows)} {'Zugang' if len(rows) == 1 else 'Zugänge'}")
        self.table.show_rows(rows, key=lambda shown: shown.user.id)
        self._tell_without()

    def _tell_without(self) -> None:
        """Name who is in the team and cannot open the vault."""
        people = self.desk.read(partial(without_access, today=self.desk.today()))
        names = ", ".join(f"{member.name} ({member.role.label})" for member in people)
        self._without.setText(f"Im Team, aber ohne Zugang zu diesem Tresor: {names}.")
        self._without.setVisible(bool(people))

    def _chosen(self, shown: AccessRow | None) -> None:
        team = "" if shown is None else f"im Team: {shown.staff}" if shown.staff else "niemand im Team"
        self._whole.setText("" if shown is None else f"{shown.user.name}: {_roles(shown)}; {team}")
        self.remove_button.setEnabled(shown is not None and shown.user.id != self.desk.vault.user.id)
        self.roles_button.setEnabled(shown is not None)
        self.passphrase_button.setEnabled(shown is not None)
        self.notes_button.setEnabled(shown is not None and Role.JOB_COACH in shown.user.roles and not shown.notes)

    def _failed(self, error: BaseException) -> None:
        self.banner.tell(sentence_of(error), "danger")

    # --- users ------------------------------------------------------------------------------------------------------------

    def add_user(self) -> None:
        """Ask for a new user."""
        dialog = NewUserDialog(self.desk, self)
        dialog.chosen.connect(partial(self._add, dialog))
        dialog.open()

    def _add(self, dialog: NewUserDialog, name: str, passphrase: str, roles: list[Role], staff_id: str | None) -> None:
        now = self.desk.now()

        def work(vault: Vault) -> UserIdentity:
            user = add_user(vault, name, passphrase, roles, now)
            if staff_id is not None:
                with vault.writing(now=now) as session:
                    set_staff_of_user(session, user_id=user.id, staff_id=staff_id)
            return user

        def done(user: UserIdentity) -> None:
            dialog.accept()
            self.banner.tell(f"„{user.name}“ kann den Tresor jetzt öffnen.", "good")

        def failed(error: BaseException) -> None:
            dialog.refuse(error)

        self.desk.write_behind(self, work, done, failed, "Zugang angelegt")

    def change_roles(self) -> None:
        """Ask for other roles of the chosen user, and who it is in the team."""
        shown: AccessRow | None = self.table.current()
        if shown is not None:
            dialog = RolesDialog(self.desk, shown.user, shown.staff_id, self)
            dialog.chosen.connect(partial(self._change_roles, dialog, shown.user))
            dialog.open()

    def _change_roles(self, dialog: RolesDialog, user: UserIdentity, roles: list[Role], staff_id: str | None) -> None:
        now = self.desk.now()

        def work(vault: Vault) -> None:
            change_roles(vault, user.name, roles, now)
            with vault.writing(now=now) as session:
                set_staff_of_user(session, user_id=user.id, staff_id=staff_id)

        def done(_: Any) -> None:
            dialog.accept()
            self.banner.tell(f"„{user.name}“ hat die neuen Rollen ab der nächsten Anmeldung.", "good")

        self.desk.write_behind(self, work, done, lambda error: dialog.refuse(sentence_of(error)), "Rollen geändert")

    def ask_to_remove(self) -> None:
        """Ask whether the chosen user is to be removed, for that cannot be taken back."""
        shown: AccessRow | None = self.table.current()
        if shown is None or not self.remove_button.isEnabled():
            return
        dialog = QMessageBox(self)
        dialog.setIcon(QMessageBox.Icon.Question)
        dialog.setWindowTitle("Zugang entfernen")
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setText(f"Den Zugang „{shown.user.name}“ entfernen? Das lässt sich nicht zurücknehmen.")
        remove = dialog.addButton("Entfernen", QMessageBox.ButtonRole.DestructiveRole)
        dialog.setDefaultButton(dialog.addButton("Abbrechen", QMessageBox.ButtonRole.RejectRole))
        remove.clicked.connect(lambda: self.remove(shown.user))
        dialog.open()

    def remove(self, user: UserIdentity) -> None:
        """Take the user's access away and change the key of the data."""
        now = self.desk.now()
        self.banner.tell("Der Zugang wird entfernt und der Schlüssel gewechselt …")

        def done(_: Any) -> None:
            self.banner.tell(f"„{user.name}“ kann den Tresor nicht mehr öffnen.", "good")

        self.desk.write_behind(self, lambda vault: remove_user(vault, user.name, now), done, self._failed, "Zugang entfernt")

    def renew_passphrase(self) -> None:
        """Ask for a new passphrase for the chosen user."""
        shown: AccessRow | None = self.table.current()
        if shown is not None:
            dialog = _PassphraseDialog(shown.user.name, self)
            dialog.accepted.connect(lambda: self._renew(shown.user, dialog.passphrase.text()))
            dialog.open()

    def _renew(self, user: UserIdentity, passphrase: str) -> None:
        now = self.desk.now()

        def done(_: Any) -> None:
            self.banner.tell(f"Die Passphrase von „{user.name}“ ist geändert.", "good")

        def work(vault: Vault) -> None:
            set_passphrase(vault, passphrase, now, name=user.name)

        self.desk.write_behind(self, work, done, self._failed, "Passphrase geändert")

    def grant_notes(self) -> None:
        """Give the chosen coach access to the notes, where oneself has it."""
        shown: AccessRow | None = self.table.current()
        if shown is None:
            return
        name, now = shown.user.name, self.desk.now()

        def done(_: Any) -> None:
            self.banner.tell(f"„{name}“ liest die Notizen ab der nächsten Anmeldung.", "good")

        self.desk.write_behind(self, lambda vault: grant_notes(vault, name, now), done, self._failed, "Notizzugang gegeben")

    def renew_code(self) -> None:
        """Show a new recovery code this once; it replaces the old one as soon as it is written down."""
        code = new_recovery_code()
        words = f"Der neue Wiederherstellungscode, nur jetzt zu sehen: {code}. Bitte aufschreiben und wegschließen; noch gilt der alte."
        use = button("Aufgeschrieben, ab jetzt gilt er", partial(self._use_code, code), rank="primary")
        self.banner.tell(words, "warning", use, button("Abbrechen", self.banner.clear, rank="plain"))
        use.setFocus()

    def _use_code(self, code: str) -> None:
        now = self.desk.now()
        self.banner.tell("Der Wiederherstellungscode wird erneuert …")

        def done(_: Any) -> None:
            self.banner.tell("Der neue Wiederherstellungscode gilt; der alte öffnet den Tresor nicht mehr.", "good")

        self.desk.write_behind(
            self, lambda vault: renew_recovery_code(vault, code, now), done, self._failed, "Wiederherstellungscode erneuert"
        )

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.table


class _PassphraseDialog(Dialog):
    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__("Neue Passphrase", parent, width=480)
        column = self.column
        column.addWidget(label(f"Neue Passphrase für „{name}“", "title", wrap=True))
        self.passphrase, self.again = PassphraseField("Passphrase"), PassphraseField("Passphrase wiederholen")
        self.passphrase_entry = Entry("&Passphrase", self.passphrase, "Mindestens 8 Zeichen.")
        self.entry = Entry("&Wiederholen", self.again)
        column.addWidget(self.passphrase_entry)
        column.addWidget(self.entry)
        save = button("&Ändern", self._check, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), save)

    def _check(self) -> None:
        for entry in (self.passphrase_entry, self.entry):
            entry.tell("")
        try:
            check_new_passphrase(self.passphrase.text())
        except InvalidInputError as error:
            self.passphrase_entry.tell(error.fields["passphrase"])
            self.passphrase.setFocus()
            return
        if self.passphrase.text() != self.again.text():
            self.entry.tell("Die beiden Eingaben sind verschieden; bitte noch einmal eingeben.")
        else:
            self.accept()
