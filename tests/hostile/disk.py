"""A disk on paper: what a program did to it, recorded by ``disk_recorder.c``, and what is left of that after a kill or a power cut.

After a kill everything is there that was written. After a power cut that is sure only of what was synced: of later writes each may
be there, be lost or be torn, and of later changes of names only the first few may be there.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

_SOURCE = Path(__file__).with_name("disk_recorder.c")
_HEAD = struct.Struct("<cIIQ")
_SECTOR = 512


def built_recorder(folder: Path) -> Path:
    """Compile the recorder into *folder*, or skip where that cannot be done."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("recording what a program writes needs Linux and a C compiler")
    library = folder / "disk_recorder.so"
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-lpthread"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return library


def recording(library: Path, root: Path, log: Path, acknowledged: Path) -> dict[str, str]:
    """Return the environment under which a process is recorded."""
    places = {"DISK_ROOT": str(root), "DISK_LOG": str(log), "DISK_ACK": str(acknowledged)}
    return {**os.environ, "LD_PRELOAD": str(library), **places}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done: C create, W write, T set the size, S sync, R rename, U remove, D and X make and remove a folder, A acknowledge."""

    kind: str
    path: str
    where: int
    data: bytes


def read_acts(log: Path) -> list[Act]:
    """Return what was recorded in *log*, in order."""
    content, acts, at = log.read_bytes(), [], 0
    while at < len(content):
        kind, length, size, where = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        path, data = content[at : at + length].decode(), content[at + length : at + length + size]
        acts.append(Act(kind.decode(), path, where, data))
        at += length + size
    return acts


@dataclass(slots=True)
class _File:
    durable: bytearray
    pending: list[Act] = field(default_factory=list)

    def apply(self, acts: Iterable[Act]) -> bytearray:
        content = bytearray(self.durable)
        for act in acts:
            _apply(content, act)
        return content

    def sync(self) -> None:
        self.durable, self.pending = self.apply(self.pending), []


def _apply(content: bytearray, act: Act) -> None:
    if act.kind == "T":
        del content[act.where :]
        content.extend(bytes(act.where - len(content)))
    else:
        content.extend(bytes(max(0, act.where - len(content))))
        content[act.where : act.where + len(act.data)] = act.data


@dataclass
class Disk:
    """Files and folders by path, as they are on the disk for sure and as the program sees them."""

    durable: dict[str, _File | None]
    live: dict[str, _File | None] = field(default_factory=dict)
    names: list[tuple[Act, _File | None]] = field(default_factory=list)
    """Changes of names that are not sure yet, in order."""
    acknowledged: list[str] = field(default_factory=list)

    @classmethod
    def of_files(cls, found: dict[str, bytes | None]) -> Self:
        """Return the disk that holds what was *found*: contents by path, None for a folder."""
        files = {path: None if content is None else _File(bytearray(content)) for path, content in found.items()}
        return cls(files, dict(files))

    def do(self, act: Act) -> None:
        """Do what the program did."""
        if act.kind == "A":
            self.acknowledged.append(act.data.decode())
        elif act.kind in "WT":
            file = self.live.get(act.path)
            if file is not None:
                file.pending.append(act)
        elif act.kind == "S":
            self._sync(act.path)
        else:
            file = _File(bytearray()) if act.kind == "C" else None
            _rename(self.live, act, file)
            self.names.append((act, file))

    def _sync(self, path: str) -> None:
        """Make a file's content and its name sure, or all names where *path* is a folder: names are written in order."""
        file = self.live.get(path)
        if file is None:
            sure = len(self.names)
        else:
            file.sync()
            sure = 1 + max((number for number, (_, made) in enumerate(self.names) if made is file), default=-1)
        for act, made in self.names[:sure]:
            _rename(self.durable, act, made)
        del self.names[:sure]

    def after_kill(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield what the next process finds: everything."""
        for path, file in self.live.items():
            yield path, None if file is None else bytes(file.apply(file.pending))

    def after_cut(self, dice: random.Random) -> Iterator[tuple[str, bytes | None]]:
        """Yield what the next start finds, where *dice* decide about all that is not sure."""
        names = dict(self.durable)
        for act, made in self.names[: dice.randint(0, len(self.names))]:
            _rename(names, act, made)
        mood = dice.choice(("lost", "whole", "mixed", "mixed"))
        for path, file in names.items():
            if file is None:
                yield path, None
            elif mood == "mixed":
                yield path, bytes(file.apply(_survivors(file.pending, dice)))
            else:
                yield path, bytes(file.apply(file.pending if mood == "whole" else ()))


def _rename(names: dict[str, _File | None], act: Act, made: _File | None) -> None:
    if act.kind in "CD":
        names[act.path] = made
    elif act.kind in "UX":
        names.pop(act.path, None)
    else:
        target = act.data.decode()
        for path in [path for path in names if path == act.path or path.startswith(f"{act.path}/")]:
            names[target + path[len(act.path) :]] = names.pop(path)


def _survivors(acts: Iterable[Act], dice: random.Random) -> Iterator[Act]:
    for act in acts:
        fate = dice.random()
        if fate < 0.5:
            yield act
        elif fate < 0.75 and act.kind == "W":
            # Torn: of the sectors that the write touches, some are there.
            for start in range(0, len(act.data), _SECTOR):
                if dice.random() < 0.5:
                    yield Act("W", act.path, act.where + start, act.data[start : start + _SECTOR])


def lay_out(found: Iterable[tuple[str, bytes | None]], root: Path, target: Path) -> None:
    """Put what was *found* below *root* below *target* instead."""
    target.mkdir(parents=True)
    for path, content in found:
        place = target / Path(path).relative_to(root)
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
        elif place.name != "vault.lock.json":
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
