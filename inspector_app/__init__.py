"""直鉴: an inspection workstation for live commerce. The rooms and who may lean on whom: docs/architecture.md."""

__version__ = "0.2.0"
