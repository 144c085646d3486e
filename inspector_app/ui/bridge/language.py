"""Live change of language: the word catalogue, Qt's own dialogs, and the event that makes every widget write its words anew."""

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from inspector_app import i18n

_translator: list[QTranslator] = []


def use(language: str) -> None:
    """Puts a language in force; widgets hear of it as `QEvent.LanguageChange`."""
    i18n.set_language(language)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    for old in _translator:
        QCoreApplication.removeTranslator(old)
    _translator.clear()
    QLocale.setDefault(QLocale(QLocale.Language.Chinese if language == "zh" else QLocale.Language.English))
    if language == "zh":
        translator = QTranslator(app)
        if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            QCoreApplication.installTranslator(translator)
            _translator.append(translator)
    for widget in app.allWidgets():
        QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))


def system_language() -> str:
    """Chinese first: English only where the system speaks no Chinese and does speak English."""
    names = QLocale.system().uiLanguages()
    if any(name.startswith("zh") for name in names):
        return "zh"
    return "en" if names and names[0].startswith("en") and not names[0].startswith("en-001") and QLocale.system().name() != "C" else "zh"
