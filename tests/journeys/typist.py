"""A process that opens the window on a vault and types into it until it is killed: one letter every 20 ms, the time with each."""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer

from bjc_desktop.app import make_application
from bjc_desktop.ui.consultation.consultation_dialog import ConsultationDialog
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.theme import install_theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import Secrets, open_with_key


def main(folder: str, owner: str, *keys: str) -> None:
    """Type into the dialog for consultations of the vault in *folder*."""
    application = make_application(sys.argv[:1])
    install_theme(application, "light")
    desk = Desk(open_with_key(Path(folder), Secrets(owner, *(bytes.fromhex(key) for key in keys))), Background())
    desk.check()
    workspace = Workspace(desk)
    workspace.show()
    workspace.begin(("coachees", {}))
    workspace.record()
    [dialog] = workspace.findChildren(ConsultationDialog)
    typed = 0

    def letter() -> None:
        nonlocal typed
        typed += 1
        dialog.note.insertPlainText(f"{typed} ")
        print(typed, time.time(), flush=True)

    timer = QTimer()
    timer.timeout.connect(letter)
    timer.start(20)
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
