"""What a `history.yaml` may say: where tables are, and what makes their rows events."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

KINDS = ("text", "whole", "number", "decimal N", "date", "timestamp", "timestamp with zone", "yes/no")


def _kind(value: str) -> str:
    words = " ".join(value.split())
    if words in KINDS and words != "decimal N":
        return words
    found = re.fullmatch(r"decimal (\d{1,2})", words)
    if found is None or int(found[1]) > 12:
        raise ValueError(f"`{value}` is not a way to read a column")
    return words


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


ColumnKind = Annotated[str, AfterValidator(_kind)]
Sql = Annotated[str, Field(min_length=1)]
ClockChange = Literal["refuse", "earlier", "later"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class SourceMapping(_Part):
    """A table: one file, or several with the same columns."""

    file: Annotated[list[str], BeforeValidator(_listed)] = Field(
        description="The file, or a list of files: .csv, .jsonl, .ndjson or .parquet; `*` stands for any part of a name."
    )
    separator: str = Field(
        default=",", min_length=1, max_length=1, description="What stands between the values of a CSV row."
    )
    timezone: str | None = Field(
        default=None, description="What clock a timestamp without a zone was read from, such as Europe/London or UTC."
    )
    clock_change: ClockChange = Field(
        default="refuse",
        description="What to make of a time that the clock skipped or showed twice: refuse the row, or take the earlier or later moment.",
    )
    each: Sql | None = Field(
        default=None,
        description="Lists, in SQL over the columns: each value of a list is a row, in a column called `each`, beside the other columns.",
    )
    columns: dict[str, ColumnKind] = Field(
        default_factory=dict, description=f"How a column is read, by its name: {', '.join(KINDS)} (N from 0 to 12)."
    )


class JoinMapping(_Part):
    """Another source whose columns are looked up for each row."""

    source: str = Field(description="The source to look up in; a row finds one row there at most.")
    on: str | list[str] | dict[str, str] = Field(
        description="The column that both share, a list of such columns, or `this source's column: that source's column`."
    )

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Column here, column there."""
        if isinstance(self.on, dict):
            return tuple(self.on.items())
        return tuple((each, each) for each in ([self.on] if isinstance(self.on, str) else self.on))


class EventMapping(_Part):
    """How rows of a source become events of one kind."""

    source: str = Field(alias="from", description="The source whose rows these are.")
    join: Annotated[list[JoinMapping], BeforeValidator(_listed)] = Field(
        default_factory=list, description="Other sources to look columns up in."
    )
    where: Sql | None = Field(default=None, description="Which rows count: a condition over the columns, in SQL.")
    group: Sql | None = Field(
        default=None,
        description="Rows of a file with the same value here form one event, each row one of its lines.",
    )
    id: Sql = Field(
        description="What names the event, once and for all: a column, or SQL over the columns, as everywhere below. "
        "`guerdon_row`, the row's number in its file, serves where the file has no such column."
    )
    member: Sql = Field(description="Whose event it is.")
    at: Sql = Field(description="When it happened.")
    recorded: Sql | None = Field(default=None, description="When it became known; `at` where not given.")
    sequence: Sql | None = Field(
        default=None,
        description="A whole number that orders events of one moment; the row's number in its file where not given.",
    )
    require: dict[str, Sql] = Field(
        default_factory=dict,
        description="What must hold of every row: a sentence of your own, and the condition in SQL. Other rows are set aside.",
    )
    fields: dict[str, Sql | dict[str, Sql]] = Field(
        default_factory=dict,
        description="Where each of the event's fields comes from; for a list, where the fields of each line come from.",
    )


class MembersMapping(_Part):
    """How rows of a source become facts about members."""

    source: str = Field(alias="from", description="The source whose rows these are.")
    join: Annotated[list[JoinMapping], BeforeValidator(_listed)] = Field(
        default_factory=list, description="Other sources to look columns up in."
    )
    where: Sql | None = Field(default=None, description="Which rows count: a condition over the columns, in SQL.")
    id: Sql = Field(description="Which member the row is about.")
    since: Sql | None = Field(
        default=None,
        description="From when on the row holds, a date or a time; without it, facts are one value for all time.",
    )
    fields: dict[str, Sql] = Field(default_factory=dict, description="Where each of the member's fields comes from.")


class HistoryMapping(_Part):
    """A history: its sources, and what makes events and members of their rows."""

    folder: str | None = Field(
        default=None,
        description="The folder that holds the files, seen from this one; this file's own where not given.",
    )
    sources: dict[str, SourceMapping] = Field(
        description="The tables, by the names that the rest of this file calls them."
    )
    events: dict[str, EventMapping | Literal["absent"]] = Field(
        description="For each event of the program, where it comes from, or `absent` where this history has none of it."
    )
    members: MembersMapping | None = Field(default=None, description="Where facts about members come from.")
