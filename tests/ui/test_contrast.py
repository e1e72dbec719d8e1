"""The contrast of everything that is shown, computed: the window in each scheme, the PDF, and the report as a web page."""

import re

import pytest
from PySide6.QtGui import QPalette

from bjc_desktop.paths import resource
from bjc_desktop.reports import style
from bjc_desktop.ui.shared.theme import COLOURS, contrast, palette_of, style_sheet

TEXT, GRAPHICS = 4.5, 3.0
ROLES = QPalette.ColorRole


@pytest.mark.parametrize("scheme", COLOURS)
@pytest.mark.parametrize("group", [QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled])
def test_that_every_ink_of_the_palette_is_read_on_its_ground(scheme, group) -> None:
    palette = palette_of(COLOURS[scheme])
    pairs = {
        ROLES.WindowText: (ROLES.Window,),
        ROLES.Text: (ROLES.Base, ROLES.AlternateBase),
        ROLES.ButtonText: (ROLES.Button,),
        ROLES.HighlightedText: (ROLES.Highlight,),
        ROLES.ToolTipText: (ROLES.ToolTipBase,),
        ROLES.PlaceholderText: (ROLES.Base, ROLES.Window),
        ROLES.Link: (ROLES.Base, ROLES.Window),
    }
    for ink, grounds in pairs.items():
        for ground in grounds:
            found = contrast(palette.color(group, ink).name(), palette.color(group, ground).name())
            assert found >= TEXT, (ink, ground, found)


@pytest.mark.parametrize("scheme", COLOURS)
def test_that_focus_state_and_bars_stand_out(scheme) -> None:
    c = COLOURS[scheme]
    for ground in (c.surface, c.window):
        for line in (c.accent, c.danger, c.warning, c.edge, c.text, c.good, c.muted):
            assert contrast(line, ground) >= GRAPHICS, (line, ground)
    assert contrast(c.text, c.accent) >= GRAPHICS or contrast(c.text, c.surface) >= GRAPHICS  # the ring of a primary button
    for bar in (c.good, c.warning, c.danger, c.muted):
        assert contrast(bar, c.quiet_ground) >= GRAPHICS, bar
    assert contrast(c.muted, c.quiet_ground) >= TEXT  # a primary button that cannot be pressed
    assert contrast(c.on_accent, c.accent) >= TEXT  # marked text


@pytest.mark.parametrize("scheme", COLOURS)
def test_that_every_rule_of_the_style_sheet_is_read_on_the_ground_it_sets(scheme) -> None:
    seen = 0
    for body in re.findall(r"\{([^{}]*)\}", style_sheet(COLOURS[scheme], round)):
        ink, ground = (re.search(rf"(?:^|[;\s]){name}:\s*(#\w{{6}})", body) for name in ("color", "background"))
        if ink and ground:
            seen += 1
            assert contrast(ink[1], ground[1]) >= TEXT, body
    assert seen > 8


def test_that_the_pdf_is_read() -> None:
    grounds = ("#ffffff", _hex(style.SHADE), _hex(style.FAINT))
    for ground in grounds:
        for ink in (style.INK, style.MUTED, style.ACCENT, *style.RATING_COLOURS.values()):
            assert contrast(_hex(ink), ground) >= TEXT, (_hex(ink), ground)
    for bar in style.RATING_COLOURS.values():
        assert contrast(_hex(bar), _hex(style.BAND)) >= GRAPHICS


def _hex(colour) -> str:
    return f"#{colour.hexval()[2:]}"


def schemes_of_the_page() -> list[dict[str, str]]:
    """Return the colours of the web page: on screen, in the dark, in print."""
    css = resource("report.css").read_text("utf-8")
    return [dict(re.findall(r"--(\w+): (#\w{6})", body)) for body in re.findall(r":root \{([^}]*)\}", css)]


def test_that_the_web_page_is_read_light_dark_and_printed() -> None:
    schemes = schemes_of_the_page()
    assert len(schemes) == 3
    assert schemes[0] == schemes[2]
    for colours in schemes:
        for ground in ("paper", "shade"):
            for ink in ("ink", "muted"):
                assert contrast(colours[ink], colours[ground]) >= TEXT, (ink, ground)
        for ink in ("accent", "good", "warning", "below"):
            assert contrast(colours[ink], colours["paper"]) >= TEXT, ink
            assert contrast(colours[ink], colours["band"]) >= GRAPHICS, ink
        for line in ("edge", "ink", "accent"):
            assert contrast(colours[line], colours["paper"]) >= GRAPHICS, line
