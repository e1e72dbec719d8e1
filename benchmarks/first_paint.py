"""A process that shows one window and ends at its first paint: the program's unlock window, or an empty one to compare with."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(kind: str, place: str) -> None:
    """Show the window of *kind* (``empty`` or ``unlock``, for the vault folder *place*)."""
    from PySide6.QtCore import QEvent, QObject  # noqa: PLC0415 - what is measured

    class End(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
            if event.type() is QEvent.Type.Paint:
                os._exit(0)
            return super().eventFilter(watched, event)

    if kind == "empty":
        from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415 - what is measured

        application = QApplication(sys.argv[:1])
        window = QMainWindow()
    else:
        from bjc_desktop.app import make_application  # noqa: PLC0415 - what is measured
        from bjc_desktop.preferences import Settings  # noqa: PLC0415 - the same
        from bjc_desktop.ui.shared.theme import install_theme  # noqa: PLC0415 - the same

        application = make_application(sys.argv[:1])
        install_theme(application, "light")
        from bjc_desktop.ui.frame import Frame  # noqa: PLC0415 - the same

        window = Frame(Path(place), Settings(vaults=(place,)))
    end = End()
    application.installEventFilter(end)
    window.show()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
