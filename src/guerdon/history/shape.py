"""The mapping of a `history.yaml`, or what is wrong with the text."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from guerdon.history.document import Document, read
from guerdon.history.document import Path as Keys
from guerdon.history.fault import HistoryError
from guerdon.history.mapping import EventMapping, HistoryMapping, JoinMapping, MembersMapping, SourceMapping
from guerdon.text.diagnostic import Diagnostic, nearest
from guerdon.text.source import Source, Span, decode, read_bytes
from guerdon.text.zones import listed, zones_meant

NAME = "history.yaml"


def read_mapping(path: Path) -> tuple[Document, HistoryMapping]:
    """The mapping that this file (or folder with a `history.yaml`) holds, with its text.

    Errors: HistoryError with G500 to G504.
    """
    document, faults = read(_source(path))
    if faults:
        raise HistoryError(faults)
    try:
        return document, HistoryMapping.model_validate(document.value)
    except ValidationError as error:
        raise HistoryError(_faults(document, error)) from None


def folder(path: Path, mapping: HistoryMapping, document: Document) -> Path:
    """Where the files of the history are. Errors: G511."""
    own = path if path.is_dir() else path.parent
    found = own / mapping.folder if mapping.folder else own
    if not found.is_dir():
        raise HistoryError(
            [
                Diagnostic(
                    "G511",
                    f"there is no folder `{mapping.folder}`",
                    document.span(("folder",)),
                    f"looked for {found}",
                    help=("it is seen from the folder of history.yaml",),
                )
            ]
        )
    return found


def check_zone(zone: str | None, context: Any, path: Keys, faults: list[Diagnostic]) -> None:
    """Adds a fault (G517) for a name that no zone has."""
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        close = zones_meant(zone)
        advice = (
            f"did you mean {listed(close)}?" if close else "write a name such as Europe/London, America/New_York or UTC"
        )
        faults.append(context.refuse("G517", f"there is no time zone `{zone}`", path, advice))


_SMALLEST = (
    "or write one: the smallest has these two lines, with your file, your event, its columns and its facts",
    "`sources: {purchases: {file: purchases.csv}}`",
    "`events: {purchase: {from: purchases, id: id, member: member, at: day, fields: {amount: amount}}}`",
)


def _source(path: Path) -> Any:
    file = path / NAME if path.is_dir() else path
    try:
        return decode(str(file), read_bytes(file))
    except UnicodeDecodeError as error:
        raise HistoryError(
            [
                Diagnostic(
                    "G500",
                    f"`{file}` is not a text in UTF-8: byte {error.start} can't stand there",
                    _end_of(decode(str(file), read_bytes(file)[: error.start])),
                    "up to here it can be read",
                    help=("save it as UTF-8 in your editor",),
                )
            ]
        ) from None
    except OSError as error:
        absent = isinstance(error, FileNotFoundError)
        message = f"there is no `{file}`" if absent else f"`{file}` can't be read: {str(error.strerror).lower()}"
        raise HistoryError(
            [
                Diagnostic(
                    "G500",
                    message,
                    help=(
                        "name the history with `--history`: its history.yaml, or the folder that it lies in",
                        *(_SMALLEST if absent else ()),
                    ),
                )
            ]
        ) from None


def _end_of(source: Source) -> Span:
    return Span(source, len(source.text), len(source.text))


# ---------------------------------------------------------------- what pydantic found, in our words


def _faults(document: Document, error: ValidationError) -> list[Diagnostic]:
    found: dict[tuple[str, str, str], Diagnostic] = {}
    errors = [each for each in error.errors(include_url=False) if not _of_other_branch(each)]
    meant = {
        (_path(document, each["loc"])[:-1], _meant(document, each))
        for each in errors
        if each["type"] == "extra_forbidden"
    }
    for each in errors:
        if each["type"] != "missing" or (_path(document, each["loc"]), each["loc"][-1]) not in meant:
            fault = _fault(document, each)
            found.setdefault((str(fault.span), fault.code, "" if fault.code == "G503" else fault.message), fault)
    return list(found.values())


def _meant(document: Document, error: Any) -> str | None:
    """The key that an unknown one was meant to be."""
    path = _path(document, error["loc"])
    return nearest(str(path[-1]), _known_keys(path[:-1]))


def _of_other_branch(error: Any) -> bool:
    """Whether the error only says that the value is not of the kind that nobody meant."""
    value = error.get("input")
    return error["type"] == "literal_error" and isinstance(value, dict)


def _fault(document: Document, error: Any) -> Diagnostic:
    path = _path(document, error["loc"])
    match error["type"]:
        case "extra_forbidden":
            close = _meant(document, error)
            advice = f"did you mean `{close}`?" if close else f"known here: {', '.join(_known_keys(path[:-1]))}"
            return Diagnostic("G502", f"`{path[-1]}` means nothing here", document.span(path, key=True), help=(advice,))
        case "missing":
            key = str(error["loc"][-1])
            within = f" in `{path[-1]}`" if path else ""
            return Diagnostic(
                "G504",
                f"`{key}` is missing{within}",
                document.span(path, key=True),
                help=(f"add a line `{key}:`", *_about(path, key)),
            )
        case "value_error":
            return Diagnostic(
                "G503",
                str(error["ctx"]["error"]),
                document.span(path),
                help=(*_about(path[:2], str(path[2])), "for money with cents: `decimal 2`"),
            )
        case _:
            return Diagnostic(
                "G503",
                _said(path, error),
                document.span(path),
                help=_advice(path, error),
            )


def _said(path: Keys, error: Any) -> str:
    if _is_event(path, error):
        return f"`{error['input']}` does not say where `{path[-1]}` comes from"
    written, expected = error.get("input"), _EXPECTED.get(error["type"], "")
    if error["type"] == "literal_error":
        expected = error["ctx"]["expected"].replace("'", "`")
    shown = (
        f"`{_first_of(written)}`"
        if isinstance(written, str) and written
        else "empty"
        if not written
        else "something else"
    )
    return f"`{path[-1] if path else 'the file'}` is {shown}: {expected or 'another value'} was expected"


def _first_of(text: str) -> str:
    """The beginning of a text, which may be a whole file that was meant to be something else."""
    line = text.splitlines()[0] if text.strip() else text
    return line if line == text and len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}..."


MOST_SHOWN = 40
"""So many characters of a value are shown."""

_EXPECTED = {
    "string_type": "one value",
    "string_too_short": "a value",
    "string_too_long": "a single character",
    "dict_type": "keys of its own, indented below it,",
    "model_type": "keys of its own, indented below it,",
    "model_attributes_type": "keys of its own, indented below it,",
    "list_type": "a list",
}
"""What was expected where pydantic found something else."""


def _is_event(path: Keys, error: Any) -> bool:
    return len(path) == 2 and path[0] == "events" and isinstance(error.get("input"), str)


def _advice(path: Keys, error: Any) -> tuple[str, ...]:
    if _is_event(path, error):
        return (
            f"write `{path[-1]}: absent` if this history has none, or indent `from`, `id`, `member`, `at` and `fields` below it",
        )
    found = _about(path[:-1], str(path[-1])) if path else ()
    return found or ("write `key: value`, one to a line, with what belongs to a key indented below it",)


def _about(path: Keys, key: str) -> tuple[str, ...]:
    """The description of a key as a line of help; none where it has none."""
    about = _described(path, key).rstrip(".")
    return (f"`{key}`: {about[0].lower()}{about[1:]}",) if about else ()


def _path(document: Document, loc: Keys) -> Keys:
    """The part of pydantic's path that is in the text; the rest names branches of a union."""
    path: Keys = ()
    for step in loc:
        if (*path, step) in document.keys or (*path, step) in document.values:
            path = (*path, step)
    return path


def _model(path: Keys) -> type[BaseModel] | None:
    """Which keys may stand below this path."""
    match path:
        case ():
            return HistoryMapping
        case ("sources", _):
            return SourceMapping
        case ("events", _):
            return EventMapping
        case ("members",):
            return MembersMapping
        case ("events" | "members", *_, "join") | ("events" | "members", *_, "join", _):
            return JoinMapping
        case _:
            return None


def _known_keys(path: Keys) -> list[str]:
    model = _model(path)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _described(path: Keys, key: str) -> str:
    model = _model(path)
    fields = (
        {field.alias or name: field.description or "" for name, field in model.model_fields.items()} if model else {}
    )
    return fields.get(key, "")
