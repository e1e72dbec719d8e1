"""LibreOffice recalculates a workbook whose cached values were all spoiled."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def spoiled(source: Path, target: Path) -> int:
    """Copy the workbook with every cached value of a formula replaced; return how many there were."""
    count = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.startswith("xl/worksheets/"):
                text, n = re.subn(r"(</f>)<v>[^<]*</v>", r"\1<v>4711</v>", data.decode())
                text = re.sub(r'(<c [^>]*?) t="str"([^>]*><f>)', r"\1\2", text)
                data, count = text.encode(), count + n
            new.writestr(info.filename, data)
    return count


def recalculated(workbook: Path, folder: Path) -> list[list[str]]:
    """Return the cells of the first sheet after LibreOffice recalculated everything; skips where there is none."""
    first = next(iter(recalculated_sheets(workbook, folder).values()))
    rows = max(row for row, _ in first)
    return [[value for (on_row, _), value in first.items() if on_row == row] for row in range(1, rows + 1)]


def recalculated_sheets(workbook: Path, folder: Path) -> dict[str, dict[tuple[int, str], str]]:
    """Return the cells of all sheets after LibreOffice recalculated everything; skips where there is none."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    copy = folder / "spoiled.xlsx"
    assert spoiled(workbook, copy) > 0
    command = [office, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx", "--outdir"]
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run([*command, str(folder / "out"), str(copy)], check=True, capture_output=True, timeout=120, env=environment)
    return cells(folder / "out" / "spoiled.xlsx")


def cells(workbook: Path) -> dict[str, dict[tuple[int, str], str]]:
    """Return each sheet's values by row and column (from 1 and A) as they are stored, numbers unrounded."""
    with zipfile.ZipFile(workbook) as archive:
        shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in entry.iter(_NS + "t")) for entry in shared]
        names = [sheet.get("name") for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter(_NS + "sheet")]
        return {
            name: _values(ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml")), texts)
            for number, name in enumerate(names, 1)
        }


def _values(sheet: ET.Element, texts: list[str]) -> dict[tuple[int, str], str]:
    found = {}
    for cell in sheet.iter(_NS + "c"):
        value = cell.findtext(_NS + "v")
        if value is not None:
            column, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r")).groups()
            found[int(row), column] = texts[int(value)] if cell.get("t") == "s" else value
    return found
