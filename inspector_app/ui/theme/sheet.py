"""The style sheet, written from the tokens. Only what Fusion and the palette cannot say stands here."""

from inspector_app.resources import resource

from .tokens import Tokens


def _arrow(name: str) -> str:
    """A small arrow as a style sheet names it; its grey is plain on both schemes."""
    return resource("icons", f"arrow-{name}.svg").as_posix()


def _tick(t: Tokens) -> str:
    """The tick of a box in the colour that shows on the accent."""
    return resource("icons", f"tick-{'white' if t.accent_text == '#ffffff' else 'ink'}.svg").as_posix()


def style_sheet(t: Tokens) -> str:
    """QSS for the whole application."""
    return f"""
* {{ outline: 0; }}
QToolTip {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong}; padding: 4px 6px; }}
QMainWindow, QDialog, #page {{ background: {t.window}; }}
#panel {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
#card {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
#card:hover {{ border-color: {t.accent}; }}
#card:focus {{ border: 2px solid {t.accent}; }}
#notice {{ background: {t.lead_soft}; border: 1px solid {t.lead}; border-radius: 8px; }}
#alarm {{ background: {t.finding_soft}; border: 1px solid {t.finding}; border-radius: 8px; }}
#well {{ background: {t.raised}; border: 1px dashed {t.line_strong}; border-radius: 8px; }}
#well[active="true"] {{ background: {t.accent_soft}; border-color: {t.accent}; }}
#overlay {{ background: {t.panel}; border: 1px solid {t.line_strong}; border-radius: 10px; }}
#rule {{ background: {t.line}; max-height: 1px; min-height: 1px; border: 0; }}
QLabel {{ background: transparent; }}
QLabel[tone="muted"] {{ color: {t.muted}; }}
QLabel[tone="faint"] {{ color: {t.faint}; }}
QLabel[tone="accent"] {{ color: {t.accent}; }}
QLabel[tone="bad"] {{ color: {t.finding}; }}
QLabel[tone="good"] {{ color: {t.good}; }}
QLabel[tone="lead"] {{ color: {t.lead}; }}
QLabel[chip="plain"] {{ background: {t.raised}; color: {t.muted}; border-radius: 6px; padding: 2px 7px; }}
QLabel[chip="accent"] {{ background: {t.accent_soft}; color: {t.accent}; border-radius: 6px; padding: 2px 7px; }}
QLabel[chip="good"] {{ background: {t.good_soft}; color: {t.good}; border-radius: 6px; padding: 2px 7px; }}
QLabel[chip="lead"] {{ background: {t.lead_soft}; color: {t.lead}; border-radius: 6px; padding: 2px 7px; }}
QLabel[chip="bad"] {{ background: {t.finding_soft}; color: {t.finding}; border-radius: 6px; padding: 2px 7px; }}
QLabel[chip="key"] {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong}; border-bottom-width: 2px;
  border-radius: 4px; padding: 0 4px; }}
QPushButton {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong}; border-radius: 6px; padding: 5px 12px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:pressed {{ background: {t.accent_soft}; }}
QPushButton:disabled {{ color: {t.faint}; border-color: {t.line}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: 4px 11px; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.accent_text}; border-color: {t.accent}; font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.raised}; color: {t.faint}; border-color: {t.line}; }}
QPushButton[kind="flat"] {{ background: transparent; border: 1px solid transparent; padding: 4px 6px; }}
QPushButton[kind="flat"]:hover {{ background: {t.hover}; }}
QPushButton[kind="flat"]:focus {{ border: 2px solid {t.accent}; padding: 3px 5px; }}
QPushButton[kind="toggle"] {{ background: transparent; color: {t.faint}; border: 1px solid transparent; border-radius: 6px; padding: 2px 7px; }}
QPushButton[kind="toggle"]:checked {{ background: {t.accent_soft}; color: {t.accent}; }}
QPushButton[kind="toggle"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[kind="step"] {{ background: {t.panel}; border: 1px solid {t.line}; border-left-width: 0; border-radius: 0; padding: 6px 15px; }}
QPushButton[kind="step"]:hover {{ background: {t.hover}; }}
QPushButton[kind="step"]:checked {{ background: {t.accent}; color: {t.accent_text}; border-color: {t.accent}; font-weight: 600; }}
QPushButton[kind="step"]:focus {{ border: 2px solid {t.accent}; padding: 5px 14px; }}
QPushButton[kind="step"]:checked:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="step"]:disabled {{ color: {t.faint}; }}
QPushButton[place="first"] {{ border-left-width: 1px; border-top-left-radius: 7px; border-bottom-left-radius: 7px; }}
QPushButton[place="last"] {{ border-top-right-radius: 7px; border-bottom-right-radius: 7px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong};
  border-radius: 6px; padding: 4px 7px; selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {{ border: 2px solid {t.accent}; padding: 3px 6px; }}
QLineEdit[wrong="true"] {{ border-color: {t.finding}; }}
QTextBrowser {{ padding: 0; }}
QCheckBox {{ color: {t.text}; spacing: 7px; padding: 3px 4px; border: 1px solid transparent; border-radius: 6px; }}
QCheckBox:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {t.muted}; border-radius: 3px; background: {t.panel}; }}
QCheckBox::indicator:checked {{ border-color: {t.accent}; background: {t.accent}; image: url("{_tick(t)}"); }}
QCheckBox::indicator:disabled {{ border-color: {t.line_strong}; }}
QCheckBox::indicator:checked:disabled {{ border-color: {t.line_strong}; background: {t.line_strong}; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url("{_arrow("down")}"); width: 12px; height: 12px; }}
QSpinBox::up-button, QSpinBox::down-button {{ border: 0; width: 18px; background: transparent; }}
QSpinBox::up-arrow {{ image: url("{_arrow("up")}"); width: 10px; height: 10px; }}
QSpinBox::down-arrow {{ image: url("{_arrow("down")}"); width: 10px; height: 10px; }}
QAbstractItemView {{ background: {t.panel}; color: {t.text}; border: 0; selection-background-color: {t.accent_soft};
  selection-color: {t.text}; gridline-color: {t.line}; }}
QListWidget::item {{ padding: 4px 8px; border-radius: 5px; }}
QListWidget::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
#lines::item {{ padding: 0; }}
QListWidget:focus {{ border: 1px solid {t.accent}; border-radius: 8px; }}
#nav {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; padding: 6px; }}
#nav:focus {{ border-color: {t.accent}; }}
QComboBox QAbstractItemView {{ border: 1px solid {t.line_strong}; padding: 3px; }}
QHeaderView {{ background: transparent; border: 0; }}
QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: 0; border-bottom: 1px solid {t.line}; padding: 4px 8px; }}
QTableView::item {{ border-bottom: 1px solid {t.line}; padding: 3px 8px; }}
QTableView::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 9px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 9px; margin: 0; }}
QScrollBar::handle {{ background: {t.line_strong}; border-radius: 4px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {t.raised}; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
QSplitter::handle {{ background: transparent; }}
QMenu {{ background: {t.panel}; border: 1px solid {t.line_strong}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px 5px 14px; border-radius: 5px; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 6px; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
"""
