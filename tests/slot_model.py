"""What should become of one question of an attempt, said as simply as possible: what the service is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.pendulum import TRIES


@dataclass
class SlotModel:
    """A slot that asks for the number `right`, with its log as (kind, text, disposition)."""

    right: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    rev: int = 0
    latest: str | None = None
    checked: list[str] = field(default_factory=list)
    saves: dict[tuple[int, str], bool] = field(default_factory=dict)
    finished: bool = False

    @property
    def closed(self) -> bool:
        """Solved, or no tries left."""
        return self.right in self.checked or len(self.checked) == TRIES

    @property
    def worth(self) -> int:
        """Points in the end: the best of all checks and the last answer."""
        return int(self.right in (*self.checked, self.latest))

    def save(self, text: str, base: int) -> int:
        """The status of a save on top of revision `base`; one that comes a second time is told what the first was."""
        if (base, text) not in self.saves:
            self.saves[base, text] = self._write("save", text, fits=base == self.rev)
        return 200 if self.saves[base, text] else 409

    def check(self, text: str, try_: int) -> int:
        """The status of a check; the same answer again says the same."""
        if text in self.checked:
            return 200
        if not self._write("check", text, fits=try_ == len(self.checked) + 1):
            return 409
        self.checked.append(text)
        return 200

    def submit(self, text: str, base: int) -> int:
        """The status of a submission with a last answer."""
        if text != self.latest:
            self._write("submit", text, fits=base == self.rev)
        self.finished = True
        return 200

    def _write(self, kind: str, text: str, *, fits: bool) -> bool:
        """A line of the log; whether it counts."""
        disposition = "after_finish" if self.finished else "accepted" if fits and not self.closed else "stale"
        self.lines.append((kind, text, disposition))
        if disposition == "accepted":
            self.rev, self.latest = self.rev + 1, text
        return disposition == "accepted"
