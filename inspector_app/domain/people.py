"""Who acts: officers with certificates, and the actor a journal row names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Officer:
    """执法人员: name and certificate number (程序规定 22: never fewer than two take part)."""

    name: str
    certificate: str

    @staticmethod
    def parse(text: str) -> "Officer":
        """`姓名:证号` (half- or full-width colon); raises ValueError when either side is missing."""
        name, _, certificate = text.replace("：", ":").partition(":")
        if not name.strip() or not certificate.strip():
            raise ValueError(text)
        return Officer(name.strip(), certificate.strip())


@dataclass(frozen=True)
class Actor:
    """Who did an act: an officer by name and certificate, or the program itself on somebody's behalf (`machine`)."""

    name: str
    certificate: str = ""
    machine: bool = False
