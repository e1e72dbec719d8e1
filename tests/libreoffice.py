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
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    copy = folder / "spoiled.xlsx"
    assert spoiled(workbook, copy) > 0
    command = [office, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx", "--outdir"]
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run([*command, str(folder / "out"), str(copy)], check=True, capture_output=True, timeout=120, env=environment)
    return _cells(folder / "out" / "spoiled.xlsx")


def _cells(workbook: Path) -> list[list[str]]:
    """Return the first sheet's values row by row, numbers unrounded."""
    with zipfile.ZipFile(workbook) as archive:
        shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in entry.iter(_NS + "t")) for entry in shared]
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(_NS + "row"):
        cells = []
        for cell in row.iter(_NS + "c"):
            value = cell.findtext(_NS + "v") or ""
            cells.append(texts[int(value)] if cell.get("t") == "s" else value)
        rows.append(cells)
    return rows
