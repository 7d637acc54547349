"""What leaves the journal: entries as the subscriber sees them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EntryView:
    """One read or change. `name` says who it was, where the kind of actor alone does not; `number` a delegate's own."""

    id: UUID
    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    outcome: str
    name: str = ""
    number: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    by_owner: bool = False
