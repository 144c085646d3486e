"""The style sheet, written from the tokens. Only what Fusion and the palette cannot say stands here."""

from .tokens import Tokens


def style_sheet(t: Tokens) -> str:
    """QSS for the whole application."""
    return f"""
* {{ outline: 0; }}
QToolTip {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong}; padding: 4px 6px; }}
QMainWindow, QDialog, #page {{ background: {t.window}; }}
#panel {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
#card {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
#card:hover {{ border-color: {t.accent}; }}
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
QPushButton:focus {{ border-color: {t.accent}; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.accent_text}; border-color: {t.accent}; font-weight: 600; }}
QPushButton[kind="primary"]:disabled {{ background: {t.raised}; color: {t.faint}; border-color: {t.line}; }}
QPushButton[kind="flat"] {{ background: transparent; border: 1px solid transparent; padding: 4px 6px; }}
QPushButton[kind="flat"]:hover {{ background: {t.hover}; }}
QPushButton[kind="flat"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="toggle"] {{ background: transparent; color: {t.faint}; border: 1px solid transparent; border-radius: 6px; padding: 2px 7px; }}
QPushButton[kind="toggle"]:checked {{ background: {t.accent_soft}; color: {t.accent}; }}
QPushButton[kind="step"] {{ background: {t.panel}; border: 1px solid {t.line}; border-left-width: 0; border-radius: 0; padding: 6px 15px; }}
QPushButton[kind="step"]:hover {{ background: {t.hover}; }}
QPushButton[kind="step"]:checked {{ background: {t.accent}; color: {t.accent_text}; border-color: {t.accent}; font-weight: 600; }}
QPushButton[kind="step"]:disabled {{ color: {t.faint}; }}
QPushButton[place="first"] {{ border-left-width: 1px; border-top-left-radius: 7px; border-bottom-left-radius: 7px; }}
QPushButton[place="last"] {{ border-top-right-radius: 7px; border-bottom-right-radius: 7px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong};
  border-radius: 6px; padding: 4px 7px; selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border-color: {t.accent}; }}
QLineEdit[wrong="true"] {{ border-color: {t.finding}; }}
QComboBox::drop-down {{ border: 0; width: 20px; }}
QAbstractItemView {{ background: {t.panel}; color: {t.text}; border: 0; selection-background-color: {t.accent_soft};
  selection-color: {t.text}; gridline-color: {t.line}; }}
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
QMenu::item {{ padding: 5px 18px; border-radius: 5px; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
"""
