"""Lists as providers have them, made for the tests: XLSX by a library, ODS by hand, and damaged or hostile ones."""

import zipfile
from datetime import date
from html import escape

import xlsxwriter

ODS_NAMES = " ".join(
    f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for key, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Liste" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'


def xlsx(path, sheets, *, merged=(), hidden=(), options=None):
    """Write a workbook of *sheets* (name: rows); a date is a date cell, a pair is a number and its format."""
    book = xlsxwriter.Workbook(path, options or {})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, tuple):
                    sheet.write_number(number, column, cell[0], book.add_format({"num_format": cell[1]}))
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write(number, column, cell)
        for area in merged:
            sheet.merge_range(*area)
        if name in hidden:
            sheet.hide()
    book.close()
    return path


def ods(path, sheets):
    """Write a spreadsheet of *sheets*; see :func:`ods_content`."""
    return raw_zip(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ods_content(sheets)})


def ods_content(sheets):
    """Return the content of a spreadsheet of *sheets* (name: rows); a cell is a text, a date, a number, True or False, or ready XML."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>' for name, rows in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    return f"<office:document-content {ODS_NAMES}>{body}</office:document-content>"


def _ods_row(row):
    return row if isinstance(row, str) else f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell):
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str) and cell.startswith("<"):
        return cell
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"><text:p>WAHR</text:p></table:table-cell>'
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell}"><text:p>{cell:%d.%m.%y}</text:p></table:table-cell>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def raw_zip(path, parts):
    """Write an archive of *parts* (name: text or bytes)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def raw_xlsx(path, rows, *, tail="", workbook=WORKBOOK, relations=RELATIONS, sheet=None, **parts):
    """Write a workbook whose one sheet holds the XML *rows*."""
    content = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations,
        "xl/worksheets/sheet1.xml": sheet or SHEET.format(rows, tail),
    }
    return raw_zip(path, content | parts)
