"""The one layout of a text.

A head line at the margin; clauses below it, indented by two spaces, with what they say in
one column; comments where they were written, those behind a clause in a column of their
own; one blank line between declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guerdon.syntax import tree
from guerdon.syntax.lines import clause_parts
from guerdon.syntax.phrase import value

INDENT = "  "
KEYWORD_WIDTH = 12  # of the column for clause keywords and field names
COMMENT_COLUMN = 44  # characters before a comment behind a line; a longer line has it two spaces on


def format_document(document: tree.Document) -> str:
    """The text of a document: parsing it gives the document back.

    Shape: ends with a line end unless there is nothing; no line ends with a space.
    """
    blocks = ["\n".join(_lines(declaration)) for declaration in document.declarations]
    if document.comments:
        blocks.append("\n".join(document.comments))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _lines(declaration: tree.Declaration) -> Iterator[str]:
    """Head and clauses, each with its comments; then the comments below the last clause."""
    clauses = [clause_parts(clause) for clause in declaration.clauses]
    width = max([KEYWORD_WIDTH, *(len(word) + 2 for word, _ in clauses)])
    yield from _commented(_head(declaration), "", -1, declaration.comments)
    for index, (word, rest) in enumerate(clauses):
        yield from _commented(f"{INDENT}{word:{width}}{rest}", INDENT, index, declaration.comments)
    for comment in declaration.comments:
        if comment.clause == len(clauses):
            yield INDENT + comment.text


def _head(declaration: tree.Declaration) -> str:
    return f"{declaration.keyword} {value(declaration.name)}" if declaration.name else declaration.keyword


def _commented(line: str, indent: str, clause: int, comments: Iterable[tree.Comment]) -> Iterator[str]:
    for comment in comments:
        if comment.clause == clause and not comment.behind:
            yield indent + comment.text
        elif comment.clause == clause:
            line = f"{line + '  ':{COMMENT_COLUMN}}{comment.text}"
    yield line
