"""Hears from the system that it is about to sleep, where the system tells it (systemd's logind)."""

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

SERVICE, PATH, MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
NEWS = "PrepareForSleep"


class SleepWatch(QObject):
    """``sleeping`` comes before the system sleeps; without such a system it never comes, and the clock tells it afterwards."""

    sleeping = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        bus = QDBusConnection.systemBus()
        slot = SLOT("prepare(bool)")
        self.listening = bus.isConnected() and bus.connect(SERVICE, PATH, MANAGER, NEWS, self, slot)  # type: ignore[call-overload]
        """Whether the system will tell."""

    @Slot(bool)
    def prepare(self, asleep: bool) -> None:  # noqa: FBT001 - the signal's own argument
        """Tell of a sleep that begins, and not of one that has ended."""
        if asleep:
            self.sleeping.emit()
