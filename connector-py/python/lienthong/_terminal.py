"""What a terminal shows: tables, trees and bars; with ``rich`` where it is installed.

Texts from outside are put on one line in which nothing can steer the terminal.
"""

from __future__ import annotations

import locale
import os
import shutil
import sys
import unicodedata
from datetime import datetime
from typing import Any, List, Mapping, Optional, Sequence, TextIO, Tuple

try:
    import rich.console
    import rich.progress
    import rich.table
    import rich.text
    import rich.tree

    _RICH = True
except ImportError:  # pragma: no cover - depends on what is installed
    _RICH = False

__all__ = ["Screen", "Tree", "add_words", "language", "local", "plain", "size"]

_COLOURS = {
    "error": "red",
    "bad": "red",
    "failed": "red",
    "held": "red",
    "invalid": "red",
    "refuted": "red",
    "warning": "yellow",
    "unknown": "yellow",
    "outcome-unknown": "yellow",
    "note": "dim",
    "good": "green",
    "accepted": "green",
    "finished": "green",
    "valid": "green",
    "proven": "green",
}
_BY_WORD = dict(_COLOURS)
_CODES = {"red": "31", "yellow": "33", "green": "32", "dim": "2", "bold": "1"}
_TURNS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
Tree = Tuple[str, "List[Any]"]
"""A line and the trees below it."""


def add_words(others: Mapping[str, str]) -> None:
    """Gives the words of another language the colours of those they stand for."""
    for word, other in others.items():
        if word in _COLOURS:
            _BY_WORD[other] = _COLOURS[word]


def plain(text: object) -> str:
    """A text on one line; marks that turn the direction of writing are shown as what they are."""
    return "".join(
        "\ufffd" if one in _TURNS or unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") else one
        for one in str(text)
    )


def language(wanted: Optional[str]) -> str:
    """``"vi"`` or ``"en"``: as asked for, else by the locale."""
    if wanted:
        return wanted
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "vi" if value.lower().startswith("vi") else "en"
    return "vi" if (locale.getlocale()[0] or "").lower().startswith("vi") else "en"


def local(moment: Optional[datetime]) -> str:
    """A moment in the time of this machine."""
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size(count: Optional[int]) -> str:
    """A number of bytes."""
    return "?" if count is None else f"{count:,} B".replace(",", " ")


def width(text: str) -> int:
    """Columns that it takes."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


class Screen:
    """Where the lines go. Plain text, with the same words, where that is no terminal or ``rich``
    is not there."""

    def __init__(
        self, language: str, out: Optional[TextIO] = None, plain_text: bool = False
    ) -> None:
        self.vi: bool = language == "vi"
        self.out: TextIO = out or sys.stdout
        self.is_terminal: bool = self.out.isatty()
        self.colour: bool = self.is_terminal and not os.environ.get("NO_COLOR")
        self._console: Any = None
        if _RICH and self.is_terminal and not plain_text:
            self._console = rich.console.Console(file=self.out, highlight=False, soft_wrap=False)

    def pick(self, en: str, vi: str) -> str:
        """The text in the language of the screen."""
        return vi if self.vi else en

    def say(self, text: str = "") -> None:
        """A line."""
        self.out.write(text + "\n")
        self.out.flush()

    def style(self, text: str, word: Optional[str] = None) -> str:
        """The text in the colour of a word, by default its own."""
        colour = _BY_WORD.get(word or text)
        if colour is None or not self.colour:
            return text
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"

    def title(self, text: str) -> None:
        """A line that stands out."""
        self.say(f"\x1b[1m{text}\x1b[0m" if self.colour else text)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; words of states are coloured. Columns with nothing in them are left out."""
        cells = [["" if cell is None else plain(cell) for cell in row] for row in rows]
        kept = [at for at in range(len(head)) if any(row[at] for row in cells)]
        head = [head[at] for at in kept]
        cells = [[row[at] for at in kept] for row in cells]
        if self._console is not None:
            self._rich_table(head, cells)
            return
        widths = [max([width(h), *(width(row[at]) for row in cells)]) for at, h in enumerate(head)]
        for index, row in enumerate([list(head), *cells] if any(head) else cells):
            line = "  ".join(
                (self.style(cell) if index or not any(head) else cell) + " " * (space - width(cell))
                for cell, space in zip(row, widths)
            )
            self.say("  " + line.rstrip())

    def _rich_table(self, head: Sequence[str], cells: List[List[str]]) -> None:
        table = rich.table.Table(
            show_header=any(head),
            box=None,
            header_style="bold",
            pad_edge=False,
            padding=(0, 2, 0, 0),
        )
        for name in head:
            table.add_column(name, overflow="fold")
        for row in cells:
            table.add_row(*(rich.text.Text(cell, _BY_WORD.get(cell, "")) for cell in row))
        self._console.print(table)

    def tree(self, top: Tree) -> None:
        """A tree of lines."""
        if self._console is not None:
            whole = rich.tree.Tree(rich.text.Text(top[0], "bold"), guide_style="dim")
            self._rich_branch(whole, top[1])
            self._console.print(whole)
            return
        self.title(top[0])
        self._branch(top[1], "")

    def _rich_branch(self, above: Any, below: List[Any]) -> None:
        for line, more in below:
            word = line.split(" ", 1)[0]
            self._rich_branch(above.add(rich.text.Text(line, _BY_WORD.get(word, ""))), more)

    def _branch(self, below: List[Any], before: str) -> None:
        for index, (line, more) in enumerate(below):
            last = index == len(below) - 1
            word = line.split(" ", 1)[0]
            self.say(before + ("└─ " if last else "├─ ") + self.style(line, word))
            self._branch(more, before + ("   " if last else "│  "))

    def bar(self, text: str, total: Optional[int]) -> "Bar":
        """A bar that grows with bytes; nothing where there is no terminal."""
        return Bar(self, text, total)


class Bar:
    """How far something is, in bytes: ``update`` is told how many more there are."""

    def __init__(self, screen: Screen, text: str, total: Optional[int]) -> None:
        self.screen: Screen = screen
        self.text: str = text
        self.total: Optional[int] = total
        self.done: int = 0
        self._progress: Any = None
        if screen._console is not None:
            self._progress = rich.progress.Progress(
                rich.progress.TextColumn("{task.description}"),
                rich.progress.BarColumn(),
                rich.progress.DownloadColumn(),
                rich.progress.TransferSpeedColumn(),
                console=screen._console,
                transient=True,
            )
            self._task = self._progress.add_task(text, total=total)

    def update(self, more: int) -> None:
        """So many more bytes."""
        self.done += more
        if self._progress is not None:
            self._progress.update(self._task, advance=more)
        elif self.screen.is_terminal:
            room = max(10, min(40, shutil.get_terminal_size().columns - 50))
            filled = room if not self.total else min(room, room * self.done // self.total)
            bar = "█" * filled + "·" * (room - filled)
            self.screen.out.write(f"\r{self.text} {bar} {size(self.done)}\x1b[K")
            self.screen.out.flush()

    def __enter__(self) -> "Bar":
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()
        elif self.screen.is_terminal:
            self.screen.out.write("\r\x1b[K")
            self.screen.out.flush()
