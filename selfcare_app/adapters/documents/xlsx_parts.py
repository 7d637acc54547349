"""What stands around the cells of an XLSX file: a sheet's head and foot, styles, the parts that hold it together."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LETTERS = 26
_FORMATS = ("dd.mm.yyyy hh:mm:ss", "[h]:mm:ss", "#,##0.00##")
_FIRST_FORMAT = 164


def letter(place: int) -> str:
    """The name of a column counted from 0: A … Z, AA …"""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def sheet_head(widths: Sequence[int], *, is_first: bool) -> str:
    """Everything before the heading row."""
    chosen = ' tabSelected="1"' if is_first else ""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{chosen} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
    )


def sheet_foot(filtered: str) -> str:
    """Everything after the last row."""
    return (
        f'</sheetData><autoFilter ref="{filtered}"/>'
        '<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def around(quoted: Sequence[str], names: Sequence[str], ranges: Sequence[str]) -> dict[str, str]:
    """Path -> text of all other parts, for sheets of those names whose filters cover those ranges."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={name} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, quoted, strict=True)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n - 1}" hidden="1">'
        f"{escape(_in_a_formula(name))}!{range_}</definedName>"
        for n, name, range_ in zip(numbers, names, ranges, strict=True)
    )
    return {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets><definedNames>{filters}</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *((f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers),
                ("rIdStyles", "styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": _styles(),
    }


def _in_a_formula(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _content_types(numbers: range) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{sheets}</Types>'
    )


def _relations(related: Sequence[tuple[str, str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{name}" Type="{_RELATED}/{kind}" Target="{target}"/>' for name, kind, target in related
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _styles() -> str:
    """Looks by number: text, moment, span, count, decimal, heading."""
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for n, code in enumerate(_FORMATS, _FIRST_FORMAT))
    plain = 'fontId="0" fillId="0" borderId="0" xfId="0"'
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_FORMATS)}">{formats}</numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8E8E8"/><bgColor indexed="64"/>'
        "</patternFill></fill></fills>"
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        '<border><left/><right/><top/><bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="6"><xf numFmtId="0" {plain}/>'
        f'<xf numFmtId="164" {plain} applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left"/></xf>'
        f'<xf numFmtId="165" {plain} applyNumberFormat="1"/><xf numFmtId="3" {plain} applyNumberFormat="1"/>'
        f'<xf numFmtId="166" {plain} applyNumberFormat="1"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" '
        'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
