"""The system says that it is going to sleep: on a bus of its own, by a stand-in for the service that says so."""

import os
import shutil
import subprocess
import sys

import pytest

LISTENER = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from bjc_desktop.ui.shared.sleep_watch import SleepWatch
application = QCoreApplication([])
watch = SleepWatch()
watch.sleeping.connect(lambda: (print("sleeping", flush=True), application.quit()))
print(watch.listening, flush=True)
QTimer.singleShot(8000, application.quit)
application.exec()
"""
SPEAKER = """
import sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from bjc_desktop.ui.shared.sleep_watch import MANAGER, NEWS, PATH, SERVICE
application = QCoreApplication([])
bus = QDBusConnection.systemBus()
assert bus.registerService(SERVICE)
print("ready", flush=True)
for line in sys.stdin:
    message = QDBusMessage.createSignal(PATH, MANAGER, NEWS)
    message.setArguments([line.strip() == "sleep"])
    assert bus.send(message)
    application.processEvents()
"""


@pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="dbus-daemon not installed (apt-get install dbus)")
def test_that_the_system_tells_before_it_sleeps_and_not_when_it_wakes(tmp_path) -> None:
    command = ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:path={tmp_path}/bus"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bus:
        try:
            environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus.stdout.readline().strip()}
            options = {"env": environment, "stdout": subprocess.PIPE, "text": True}
            with (
                subprocess.Popen([sys.executable, "-c", SPEAKER], stdin=subprocess.PIPE, **options) as speaker,
            ):
                assert speaker.stdout.readline() == "ready\n"
                with subprocess.Popen([sys.executable, "-c", LISTENER], **options) as listener:
                    assert listener.stdout.readline() == "True\n"
                    for said in ("wake", "sleep"):
                        speaker.stdin.write(f"{said}\n")
                        speaker.stdin.flush()
                    assert listener.stdout.read() == "sleeping\n"
                speaker.stdin.close()
        finally:
            bus.kill()
