"""The look: one table of colours per scheme, one family, four sizes, an 8-pixel grid, all scaled by one factor."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from bjc_desktop.paths import resource

FAMILY = "Noto Sans"
BODY_PIXELS = 14
LARGE_TEXT = 150
"""From so many per cent on what stands side by side goes below each other."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one scheme, by what they are for; text on its ground has a contrast of at least 4.5, lines that matter 3."""

    window: str
    surface: str
    text: str
    muted: str
    line: str
    edge: str
    accent: str
    on_accent: str
    selection: str
    danger: str
    danger_ground: str
    warning: str
    warning_ground: str
    good: str
    good_ground: str
    quiet: str
    quiet_ground: str


LIGHT = Colours(
    window="#F4F5F7",
    surface="#FFFFFF",
    text="#1B2230",
    muted="#565F70",
    line="#DDE1E8",
    edge="#7C8698",
    accent="#0B57B0",
    on_accent="#FFFFFF",
    selection="#E1ECF9",
    danger="#A81C1C",
    danger_ground="#FBE9E9",
    warning="#784A00",
    warning_ground="#FDF0D5",
    good="#14603A",
    good_ground="#DFF3E6",
    quiet="#4A5364",
    quiet_ground="#E7EAF0",
)
DARK = Colours(
    window="#15181E",
    surface="#1D222B",
    text="#E9ECF2",
    muted="#AAB3C3",
    line="#333B49",
    edge="#77839A",
    accent="#82B4FF",
    on_accent="#0A1B33",
    selection="#283B59",
    danger="#FF9E9E",
    danger_ground="#40212A",
    warning="#F3C774",
    warning_ground="#3D3119",
    good="#8FDAAB",
    good_ground="#1B3728",
    quiet="#C3CAD7",
    quiet_ground="#323A48",
)
CONTRAST = Colours(
    window="#000000",
    surface="#000000",
    text="#FFFFFF",
    muted="#FFFFFF",
    line="#FFFFFF",
    edge="#FFFFFF",
    accent="#FFE600",
    on_accent="#000000",
    selection="#003A8C",
    danger="#FF9E9E",
    danger_ground="#000000",
    warning="#FFE600",
    warning_ground="#000000",
    good="#7CFFA8",
    good_ground="#000000",
    quiet="#FFFFFF",
    quiet_ground="#000000",
)
COLOURS = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


class Theme(QObject):
    """The scheme and the size in force; one for the application, which pages ask for colours and pixels."""

    def __init__(self, application: QApplication, scheme: str = "system", scale: int = 100) -> None:
        super().__init__(application)
        self._application = application
        for name in ("Regular", "Bold"):
            QFontDatabase.addApplicationFont(str(resource(f"fonts/NotoSans-{name}.ttf")))
        self.apply(scheme, scale)

    def apply(self, scheme: str, scale: int) -> None:
        """Show everything in *scheme* (system, light, dark, contrast) with text of *scale* per cent."""
        self.scheme, self.scale = scheme, scale
        self.colours = COLOURS[self._system() if scheme == "system" else scheme]
        font = QFont(FAMILY)
        font.setPixelSize(self.pixels(BODY_PIXELS))
        self._application.setFont(font)
        self._application.setPalette(palette_of(self.colours))
        self._application.setStyleSheet(style_sheet(self.colours, self.pixels))

    def _system(self) -> str:
        hints = self._application.styleHints()  # held: what belongs to it goes with it
        if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
            return "contrast"
        return "dark" if hints.colorScheme() is Qt.ColorScheme.Dark else "light"

    def pixels(self, size: int) -> int:
        """Return *size*, meant for text of 100 %, in pixels of the present scale."""
        return round(size * self.scale / 100)

    def colour(self, name: str) -> QColor:
        """Return the colour *name* of the present scheme."""
        return QColor(getattr(self.colours, name))


_current: list[Theme] = []


def theme() -> Theme:
    """Return the application's theme."""
    return _current[-1]


def install_theme(application: QApplication, scheme: str = "system", scale: int = 100) -> Theme:
    """Give *application* its style, palette and theme."""
    application.setStyle("Fusion")
    _current[:] = [Theme(application, scheme, scale)]
    return _current[0]


def palette_of(colours: Colours) -> QPalette:
    """Return Qt's palette for *colours*."""
    role = QPalette.ColorRole
    palette = QPalette()
    for target, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "window",
        role.Text: "text",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "danger",
        role.Highlight: "selection",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.ToolTipBase: "surface",
        role.ToolTipText: "text",
        role.PlaceholderText: "muted",
        role.Light: "surface",
        role.Midlight: "line",
        role.Mid: "edge",
        role.Dark: "edge",
        role.Shadow: "edge",
        role.Accent: "accent",
    }.items():
        palette.setColor(target, QColor(getattr(colours, name)))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.muted))
    return palette


def style_sheet(c: Colours, px: Callable[[int], int]) -> str:
    """Return the little style sheet there is: what a palette cannot say."""
    chevron = resource("icons/chevron-down-dark.svg" if c is LIGHT else "icons/chevron-down-light.svg")
    tick = resource("icons/check-light.svg" if c is LIGHT else "icons/check-dark.svg")
    return f"""
QWidget {{ font-family: "{FAMILY}"; }}
QToolTip {{ color: {c.text}; background: {c.surface}; border: 1px solid {c.edge}; padding: {px(4)}px; }}
QLabel[tone="title"] {{ font-size: {px(23)}px; font-weight: 600; }}
QLabel[tone="heading"] {{ font-size: {px(16)}px; font-weight: 600; }}
QLabel[tone="muted"] {{ color: {c.muted}; }}
QLabel[tone="small"] {{ color: {c.muted}; font-size: {px(12)}px; }}
QLabel[tone="strong"] {{ font-weight: 600; }}
QLabel[tone="figure"] {{ font-size: {px(23)}px; font-weight: 600; }}
QLabel[tone="error"] {{ color: {c.danger}; }}
QLabel[tone="question"] {{ color: {c.warning}; }}
QLabel[tone="good"] {{ color: {c.good}; }}
QFrame[box="card"] {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: {px(8)}px; }}
QFrame[box="danger"] {{ background: {c.danger_ground}; border: 1px solid {c.danger}; border-radius: {px(6)}px; }}
QFrame[box="warning"] {{ background: {c.warning_ground}; border: 1px solid {c.warning}; border-radius: {px(6)}px; }}
QFrame[box="good"] {{ background: {c.good_ground}; border: 1px solid {c.good}; border-radius: {px(6)}px; }}
QFrame[box="quiet"] {{ background: {c.quiet_ground}; border: 1px solid {c.line}; border-radius: {px(6)}px; }}
QFrame[box="sidebar"] {{ background: {c.surface}; border: none; border-right: 1px solid {c.line}; }}
QFrame[box="rule"] {{ background: {c.line}; border: none; max-height: 1px; min-height: 1px; }}
QPushButton {{ outline: none; background: {c.surface}; color: {c.text}; border: 1px solid {c.edge}; border-radius: {px(5)}px;
  padding: {px(6)}px {px(14)}px; min-height: {px(20)}px; }}
QPushButton:hover {{ background: {c.selection}; }}
QPushButton:focus {{ border: 2px solid {c.accent}; padding: {px(6) - 1}px {px(14) - 1}px; }}
QPushButton:disabled {{ color: {c.muted}; border-color: {c.line}; }}
QPushButton[rank="primary"] {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: 600; }}
QPushButton[rank="primary"]:focus {{ border: 2px solid {c.text}; }}
QPushButton[rank="primary"]:disabled {{ background: {c.quiet_ground}; color: {c.muted}; border-color: {c.line}; }}
QPushButton[rank="plain"] {{ background: transparent; border-color: transparent; color: {c.accent}; padding: {px(4)}px {px(8)}px; }}
QPushButton[rank="plain"]:hover {{ background: {c.selection}; }}
QPushButton[rank="plain"]:focus {{ border: 2px solid {c.accent}; padding: {px(4) - 1}px {px(8) - 1}px; }}
QPushButton[rank="section"] {{ background: transparent; border-color: transparent; text-align: left; padding: {px(6)}px {px(10)}px; }}
QPushButton[rank="section"]:hover {{ background: {c.quiet_ground}; }}
QPushButton[rank="section"]:checked {{ background: {c.selection}; color: {c.accent}; }}
QPushButton[rank="section"]:focus {{ border: 2px solid {c.accent}; padding: {px(6) - 1}px {px(10) - 1}px; }}
QLineEdit, QPlainTextEdit, QComboBox {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.edge};
  border-radius: {px(5)}px; padding: {px(5)}px {px(8)}px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit, QComboBox {{ min-height: {px(20)}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border: 2px solid {c.accent}; padding: {px(5) - 1}px {px(8) - 1}px; }}
QLineEdit[state="error"], QPlainTextEdit[state="error"], QComboBox[state="error"] {{ border: 2px solid {c.danger};
  padding: {px(5) - 1}px {px(8) - 1}px; }}
QLineEdit[state="question"], QPlainTextEdit[state="question"], QComboBox[state="question"] {{ border: 2px solid {c.warning};
  padding: {px(5) - 1}px {px(8) - 1}px; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: {c.muted}; background: {c.window}; border-color: {c.line}; }}
QLineEdit:read-only {{ background: {c.window}; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox::drop-down {{ border: none; width: {px(24)}px; }}
QComboBox::down-arrow {{ image: url("{chevron}"); width: {px(14)}px; height: {px(14)}px; }}
QComboBox QAbstractItemView {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.edge};
  selection-background-color: {c.selection}; selection-color: {c.text}; outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: {px(28)}px; }}
QCheckBox {{ spacing: {px(8)}px; min-height: {px(26)}px; border: 2px solid transparent; }}
QCheckBox::indicator, QListView::indicator {{ width: {px(16)}px; height: {px(16)}px;
  background: {c.surface}; border: 1px solid {c.edge}; border-radius: {px(4)}px; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; image: url("{tick}"); }}
QCheckBox::indicator:disabled {{ background: {c.window}; border-color: {c.line}; }}
QCheckBox:focus {{ outline: none; border: 2px solid {c.accent}; border-radius: {px(4)}px; }}
QTableView, QListView, QTreeView {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.line};
  border-radius: {px(8)}px; gridline-color: {c.line}; outline: none; }}
QTableView:focus, QListView:focus {{ border: 2px solid {c.accent}; }}
QTableView#frozen {{ border: none; border-right: {px(1)}px solid {c.edge}; border-radius: 0; }}
QTableView::item {{ border-bottom: 1px solid {c.line}; padding: 0 {px(8)}px; }}
QTableView::item:selected, QListView::item:selected {{ background: {c.selection}; color: {c.text}; }}
QTreeView:focus, QTextBrowser:focus {{ border: 2px solid {c.accent}; }}
QTextBrowser {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.line}; border-radius: {px(8)}px;
  selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QTreeView::item {{ padding: {px(3)}px {px(6)}px; }}
QTreeView::item:selected {{ background: {c.selection}; color: {c.text}; }}
QListView::item {{ padding: {px(7)}px {px(8)}px; border-radius: {px(5)}px; }}
QHeaderView {{ background: {c.surface}; border: none; }}
QHeaderView::section {{ background: {c.surface}; color: {c.muted}; border: none; border-bottom: 1px solid {c.line};
  padding: {px(8)}px; font-weight: 600; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea[keyboard="yes"] {{ border: 2px solid transparent; }}
QScrollArea[keyboard="yes"]:focus {{ border: 2px solid {c.accent}; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
QScrollBar::handle {{ background: {c.edge}; border-radius: {px(4)}px; min-height: {px(24)}px; min-width: {px(24)}px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QStatusBar {{ background: {c.surface}; border-top: 1px solid {c.line}; color: {c.muted}; }}
QStatusBar::item {{ border: none; }}
QProgressBar {{ border: 1px solid {c.edge}; border-radius: {px(5)}px; background: {c.surface}; text-align: center; min-height: {px(20)}px; }}
QProgressBar::chunk {{ background: {c.selection}; border-radius: {px(4)}px; }}
QMenu {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.edge}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(6)}px {px(18)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {c.selection}; }}
QCalendarWidget QToolButton {{ color: {c.text}; background: transparent; padding: {px(4)}px; }}
"""


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours such as ``#1B2230``, from 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    dark = 0.04045
    return part / 12.92 if part <= dark else float(((part + 0.055) / 1.055) ** 2.4)
