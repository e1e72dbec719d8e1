"""What a screen reader sees and does: the program read and worked over AT-SPI, the bus of assistive technology, from outside."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ATSPI = "org.a11y.atspi"
ROOT = "/org/a11y/atspi/accessible/root"
LAUNCHER = "org.a11y.Bus"
MISSING = [] if shutil.which("dbus-daemon") else ["dbus"]
MISSING += [] if Path("/usr/share/dbus-1/services/org.a11y.Bus.service").exists() else ["at-spi2-core"]
STATES = {
    1: "active", 4: "checked", 5: "collapsed", 7: "editable", 8: "enabled", 9: "expandable", 10: "expanded", 11: "focusable",
    12: "focused", 16: "modal", 17: "multi_line", 20: "pressed", 22: "selectable", 23: "selected", 24: "sensitive", 25: "showing",
    30: "visible", 36: "invalid_entry", 41: "checkable", 42: "has_popup", 43: "read_only",
}  # fmt: skip
"""The states that the tests ask for, by their bit."""
_PATIENCE = 60.0
_LISTEN = 0.05
_LABELLED_BY = 2
_TREES = {"table", "tree table", "list", "tree", "menu"}
"""Roles whose parts are asked for one by one: there may be thousands."""

Key = tuple[str, str]


class Gone(Exception):  # noqa: N818 - no error: what was shown is not any more
    """What is read does not answer."""


@dataclass
class Node:
    """A thing on the screen as it is told: *key* is where it is on the bus."""

    key: Key
    role: str
    name: str
    description: str
    states: frozenset[str]
    interfaces: frozenset[str]
    parent: "Node | None" = None
    label: str = ""
    """The name of what labels it: of a list to choose from Qt tells the entry as its name."""
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """Yield the node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *roles: str) -> list["Node"]:
        """Return the nodes below that have one of *roles* and are shown."""
        return [node for node in self.walk() if node.role in roles and "showing" in node.states]

    def path(self) -> str:
        """Return the way from the window to the node, for messages."""
        way, node = [], self
        while node is not None:
            way.append(f"{node.role} „{node.name}“")
            node = node.parent
        return " / ".join(reversed(way[:4]))


class Reader:
    """A screen reader's connection to the bus: reads trees, does actions, hears what is announced."""

    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus
        self.heard: list[str] = []
        rule = MatchRule(type="signal", interface=f"{ATSPI}.Event.Object", member="Announcement")
        self._bus.send_and_get_reply(message_bus.AddMatch(rule))
        self._call((f"{ATSPI}.Registry", "/org/a11y/atspi/registry"), "Registry", "RegisterEvent", "s", ("object:announcement",))

    # --- the bus ----------------------------------------------------------------------------------------------------------

    def _ask(self, calls: Sequence[Any], missing: object = None) -> list[Any]:
        """Send all *calls*, then gather the answers in their order; *missing* stands for what is gone meanwhile."""
        serials = []
        for call in calls:
            serial = next(self._bus.outgoing_serial)
            self._bus.send(call, serial=serial)
            serials.append(serial)
        answers: dict[int, Any] = {}
        waiting = set(serials)
        while waiting:
            message = self._bus.receive(timeout=_PATIENCE)
            serial = message.header.fields.get(5)  # REPLY_SERIAL
            if serial in waiting:
                waiting.discard(serial)
                answers[serial] = message.body if message.header.message_type.name == "method_return" else None
            else:
                self._note(message)
        return [missing if answers[serial] is None else answers[serial][0] if answers[serial] else () for serial in serials]

    def _note(self, message: Any) -> None:
        if message.header.fields.get(3) == "Announcement":  # MEMBER
            self.heard.append(str(message.body[3][1]))

    def _call(self, key: Key, interface: str, method: str, signature: str = "", body: tuple[Any, ...] = ()) -> Any:
        return self._ask([_method(key, interface, method, signature, body)])[0]

    def listen(self, seconds: float) -> None:
        """Hear what is said within *seconds*."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            try:
                self._note(self._bus.receive(timeout=rest))
            except TimeoutError:
                return

    # --- reading ----------------------------------------------------------------------------------------------------------

    def windows(self) -> list[Node]:
        """Return the windows of the programs on the bus, with all that is in them."""
        [programs] = self._ask([_method((f"{ATSPI}.Registry", ROOT), "Accessible", "GetChildren")])
        found = self._read([(name, path) for name, path in programs], None)
        level = [key for program, keys in found for key in keys]
        nodes = [node for node, _ in self._read(level, None)]
        return [node for node in nodes if "showing" in node.states or node.role == "frame"]

    def grown(self, root: Node) -> Node:
        """Read *root* anew with all that is shown in it, level by level; raise `Gone` where it does not answer."""
        if not (level := self._read([root.key], root.parent)):
            raise Gone(root.path())
        [(top, _)] = level
        while level:
            asked = [(parent, key) for parent, keys in level for key in keys]
            level = self._read([key for _, key in asked], [parent for parent, _ in asked])
            for node, _ in level:
                if node.parent is not None:
                    node.parent.children.append(node)
        self._label(top.all("combo box"))
        return top

    def _read(self, keys: Sequence[Key], parents: Any) -> list[tuple[Node, list[Key]]]:
        """Read what is at *keys*; with each comes where its parts are, none for what holds too many or is hidden."""
        calls = []
        for key in keys:
            calls += [
                _method(key, "Accessible", member) for member in ("GetRoleName", "GetState", "GetInterfaces", "GetChildren")
            ]
            calls += [_property(key, "Accessible", name) for name in ("Name", "Description")]
        answers = self._ask(calls)
        made = []
        for index, key in enumerate(keys):
            role, bits, interfaces, children, name, description = answers[index * 6 : index * 6 + 6]
            if role is None or bits is None:
                continue
            states = frozenset(word for bit, word in STATES.items() if bits[bit // 32] >> (bit % 32) & 1)
            parent = parents[index] if isinstance(parents, list) else parents
            node = Node(key, role, name[1], description[1], states, frozenset(i.rpartition(".")[2] for i in interfaces), parent)
            deep = role in {"application", "frame", "dialog", "window"} or "showing" in states
            made.append((node, [(bus, path) for bus, path in children] if deep and role not in _TREES else []))
        return made

    def _label(self, nodes: Sequence[Node]) -> None:
        """Note for each of *nodes* by what it is labelled."""
        found = self._ask([_method(node.key, "Accessible", "GetRelationSet") for node in nodes])
        pairs = [
            (node, keys[0])
            for node, relations in zip(nodes, found, strict=True)
            for kind, keys in relations or ()
            if kind == _LABELLED_BY
        ]
        names = self._ask([_property(key, "Accessible", "Name") for _, key in pairs])
        for (node, _), name in zip(pairs, names, strict=True):
            node.label = name[1]

    def text(self, node: Node) -> str:
        """Return what stands in a field."""
        return str(self._call(node.key, "Text", "GetText", "ii", (0, -1)))

    def value(self, node: Node) -> float:
        """Return the value of a bar."""
        return float(self._ask([_property(node.key, "Value", "CurrentValue")])[0][1])

    def size(self, node: Node) -> tuple[int, int]:
        """Return rows and columns of a table."""
        rows, columns = self._ask([_property(node.key, "Table", name) for name in ("NRows", "NColumns")])
        return rows[1], columns[1]

    def cells(self, node: Node, rows: int) -> list[list[str]]:
        """Return the heads of a table and the texts of its first *rows* rows."""
        count, columns = self.size(node)
        calls = [_method(node.key, "Table", "GetColumnHeader", "i", (column,)) for column in range(columns)]
        for row in range(min(rows, count)):
            calls += [_method(node.key, "Table", "GetAccessibleAt", "ii", (row, column)) for column in range(columns)]
        keys = self._ask(calls)
        there = [key for key in keys if key and key[0]]  # a list has no heads
        names = dict(zip(there, self._ask([_property(key, "Accessible", "Name") for key in there]), strict=True))
        texts = [str(names[key][1]) if names.get(key) else "" for key in keys]
        return [texts[start : start + columns] for start in range(0, len(texts), columns or 1)] or [[]]

    # --- doing ------------------------------------------------------------------------------------------------------------

    def press(self, node: Node) -> bool:
        """Do the first action of *node*, as a screen reader does; say whether it was done."""
        return bool(self._call(node.key, "Action", "DoAction", "i", (0,)))

    def write(self, node: Node, text: str) -> None:
        """Put *text* into a field, as dictation does."""
        assert self._call(node.key, "EditableText", "SetTextContents", "s", (text,)), node.path()

    def wait_for(self, question: Callable[[], Any], what: str) -> Any:
        """Return the first answer to *question* that is something."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                if answer := question():
                    return answer
                why = ""
            except Gone as gone:  # what is being built anew does not answer for a moment
                why = f" (gone: {gone})"
            assert time.monotonic() < end, f"waited in vain for {what}{why}; heard: {self.heard}"
            self.listen(_LISTEN)


def _method(key: Key, interface: str, method: str, signature: str = "", body: tuple[Any, ...] = ()) -> Any:
    return new_method_call(DBusAddress(key[1], key[0], f"{ATSPI}.{interface}"), method, signature or None, body)


def _property(key: Key, interface: str, name: str) -> Any:
    address = DBusAddress(key[1], key[0], "org.freedesktop.DBus.Properties")
    return new_method_call(address, "Get", "ss", (f"{ATSPI}.{interface}", name))


@contextmanager
def session_bus(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Start a bus of its own on which somebody uses a screen reader; yield *environment* with its address."""
    read, write = os.pipe()
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={write}"]
    with os.fdopen(read) as lines, subprocess.Popen(command, pass_fds=[write], env=environment, stderr=subprocess.DEVNULL) as bus:
        os.close(write)
        try:
            yield {**environment, "DBUS_SESSION_BUS_ADDRESS": lines.readline().strip()}
        finally:
            bus.terminate()


@contextmanager
def reader_on(environment: dict[str, str]) -> Iterator[Reader]:
    """Turn assistive technology on, as a screen reader does, and yield a reader."""
    with open_dbus_connection(environment["DBUS_SESSION_BUS_ADDRESS"]) as session:
        address = DBusAddress("/org/a11y/bus", LAUNCHER, "org.freedesktop.DBus.Properties")
        _answer(session, new_method_call(address, "Set", "ssv", ("org.a11y.Status", "IsEnabled", ("b", True))))
        [bus] = _answer(session, new_method_call(DBusAddress("/org/a11y/bus", LAUNCHER, LAUNCHER), "GetAddress"))
    with open_dbus_connection(bus) as connection:
        yield Reader(connection)


def _answer(session: DBusConnection, call: Any) -> Any:
    reply = session.send_and_get_reply(call, timeout=_PATIENCE)
    assert reply.header.message_type.name == "method_return", reply.body
    return reply.body
