"""The parser of the grammar, ready in milliseconds because its LALR tables were made when the package was built.

Deriving the tables from `grammar/guerdon.lark` takes longer than everything else that `check` does. The build therefore derives them once and
writes `tables.json` beside this module; `load_parser` only puts them together again. The file names the grammar text and the version of lark
that it came from. If either differs, or the file is missing or damaged, the parser is built from the grammar as if there were no file: stale
tables cost time and never change a meaning. `python -m guerdon.syntax.tables` writes the file anew after a change of the grammar.

Three things are done otherwise than by `Lark.save` and `Lark.load`. The file is data that cannot run anything, so not a pickle. JSON has no
integer keys, so a state is a row in a list and its number is its place. And lark compiles one regular expression for each set of terminals that
some state accepts (about 200, most of them keywords): here one expression is shared by all states, see `SharedScanner`.

This module imports nothing of the package, because the build runs it before the package is installed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import lark
from lark.common import LexerConf, ParserConf
from lark.grammar import NonTerminal, Rule, RuleOptions, Symbol, Terminal
from lark.lark import LarkOptions, PostLex
from lark.lexer import AbstractBasicLexer, BasicLexer, ContextualLexer, PatternRE, PatternStr, TerminalDef
from lark.parser_frontends import ParsingFrontend
from lark.parsers.lalr_analysis import IntParseTable, Reduce, Shift
from lark.parsers.lalr_parser import LALR_Parser, _Parser
from lark.utils import TextSlice

FORMAT = 1
HERE = Path(__file__).resolve().parent
TABLES = HERE / "tables.json"


def grammar_path() -> Path:
    """The grammar file: inside the installed package, or at the top of the checkout that this module runs from."""
    installed = HERE.parent / "grammar" / "guerdon.lark"
    return installed if installed.exists() else HERE.parents[2] / "grammar" / "guerdon.lark"


@cache
def load_parser() -> lark.Lark:
    """The parser of the language: LALR, contextual lexer, positions kept, `None` for an optional part that is absent.

    Shape: the same object at every call; it holds no state of a parse and is safe to use from several threads.
    """
    grammar = grammar_path().read_text(encoding="utf-8")
    return restore(TABLES, grammar) or build_parser(grammar)


def build_parser(grammar: str) -> lark.Lark:
    """A parser derived from the grammar's text, slowly.

    Source: start rules are `start`, or those that a comment line `// start: one, other` in the grammar lists.
    """
    return lark.Lark(grammar, start=start_rules(grammar), parser="lalr", **options())


def options() -> dict[str, Any]:
    return {
        "lexer": "contextual",
        "propagate_positions": True,
        "maybe_placeholders": True,
        "postlex": WholeWords(),
        "_plugins": {"ContextualLexer": SharedLexer},
    }


class WholeWords(PostLex):
    """Makes the lexer take a name in every state, for otherwise `giveaway` would be `give` and `away` where no name can stand."""

    always_accept = ("NAME",)

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        return stream


def start_rules(grammar: str) -> list[str]:
    listed = re.search(r"^//\s*start:\s*(\w+(?:\s*,\s*\w+)*)\s*$", grammar, re.MULTILINE)
    return re.split(r"\s*,\s*", listed[1]) if listed else ["start"]


def origin(grammar: str) -> dict[str, Any]:
    """What saved tables must have been made from to be used with `grammar`."""
    return {"format": FORMAT, "lark": lark.__version__, "grammar": sha256(grammar.encode()).hexdigest()}


# Writing the tables, when the package is built


def write_tables(grammar: str, path: Path) -> None:
    """Writes the tables of `grammar` to `path`, whole or not at all, byte for byte the same at every build."""
    text = json.dumps({"origin": origin(grammar), **tables_of(build_parser(grammar))}, separators=(",", ":"))
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def tables_of(parser: lark.Lark) -> dict[str, Any]:
    """The parser's terminals, rules and states as lists, numbers and text.

    Shape: a state is a row [token, action, token, action, ...]; an action below the number of states shifts to that state, one above
    it reduces by the rule that is left after subtracting that number.
    """
    table = parser.parser.parser._parse_table
    number = numbered(table)
    tokens = sorted({token for row in table.states.values() for token in row})
    token_number = {token: place for place, token in enumerate(tokens)}
    rule_number = {rule: place for place, rule in enumerate(parser.rules)}

    def row(actions: Mapping[str, Any]) -> list[int]:
        return [
            entry
            for token, (action, to) in sorted(actions.items())
            for entry in (token_number[token], number[to] if action is Shift else len(number) + rule_number[to])
        ]

    return {
        "starts": {start: number[state] for start, state in table.start_states.items()},
        "ends": {start: number[state] for start, state in table.end_states.items()},
        "ignore": sorted(map(str, parser.ignore_tokens)),
        "terminals": [saved_terminal(terminal) for terminal in parser.terminals],
        "rules": [saved_rule(rule) for rule in parser.rules],
        "tokens": tokens,
        "states": [row(table.states[state]) for state in number],
    }


def numbered(table: IntParseTable) -> dict[int, int]:
    """New numbers for the states, in the order of a walk from the starts: lark's own follow from the hashes of one run."""
    number = {state: place for place, (_, state) in enumerate(sorted(table.start_states.items()))}
    queue = list(number)
    for state in queue:
        for _, (action, to) in sorted(table.states[state].items(), key=lambda entry: entry[0]):
            if action is Shift and to not in number:
                number[to] = len(number)
                queue.append(to)
    return number


def saved_terminal(terminal: TerminalDef) -> list[Any]:
    pattern = terminal.pattern
    width = [pattern.min_width, pattern.max_width]
    return [terminal.name, pattern.type, pattern.value, sorted(pattern.flags), pattern.raw, width, terminal.priority]


def saved_rule(rule: Rule) -> list[Any]:
    kept = rule.options
    return [
        str(rule.origin.name),
        [[str(symbol.name), getattr(symbol, "filter_out", None)] for symbol in rule.expansion],
        rule.order,
        rule.alias and str(rule.alias),
        [kept.keep_all_tokens, kept.expand1, kept.priority, kept.template_source, list(kept.empty_indices)],
    ]


# Putting the parser together again


def restore(path: Path, grammar: str) -> lark.Lark | None:
    """The parser from the tables at `path`; none if they are missing, damaged or not made from this grammar and lark."""
    try:
        saved = json.loads(path.read_bytes())
        return assembled(saved) if saved["origin"] == origin(grammar) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def assembled(saved: Mapping[str, Any]) -> lark.Lark:
    """The parser that `lark.Lark` would have built, from what `tables_of` kept of it."""
    parser = lark.Lark.__new__(lark.Lark)
    parser.options = LarkOptions({"start": list(saved["starts"]), "parser": "lalr", "priority": "normal", **options()})
    parser.source_path = "<tables>"
    parser.rules = list(restored_rules(saved["rules"]))
    parser.terminals = [restored_terminal(*fields) for fields in saved["terminals"]]
    parser.ignore_tokens = saved["ignore"]
    parser._terminals_dict = {terminal.name: terminal for terminal in parser.terminals}
    parser._prepare_callbacks()
    postlex = parser.options.postlex
    parser.lexer_conf = LexerConf(parser.terminals, re, saved["ignore"], postlex, skip_validation=True)
    parser.lexer_conf.lexer_type = "contextual"
    conf = ParserConf(parser.rules, parser._callbacks, parser.options.start)
    conf.parser_type = "lalr"
    automaton: Any = LALR_Parser.__new__(LALR_Parser)
    automaton._parse_table = restored_table(saved, parser.rules)
    automaton.parser_conf = conf
    automaton.parser = _Parser(automaton._parse_table, parser._callbacks)
    parser.parser = ParsingFrontend(parser.lexer_conf, conf, parser.options, parser=automaton)
    return parser


def restored_terminal(
    name: str, kind: str, value: str, flags: list[str], raw: str | None, width: list[int], priority: int
) -> TerminalDef:
    if kind == "str":
        return TerminalDef(name, PatternStr(value, flags, raw), priority)
    pattern = PatternRE(value, flags, raw)
    pattern._width = width
    return TerminalDef(name, pattern, priority)


def restored_rules(saved: Iterable[list[Any]]) -> Iterator[Rule]:
    symbols: dict[tuple[str, bool | None], Symbol] = {}

    def symbol(name: str, filter_out: bool | None) -> Symbol:
        if (found := symbols.get((name, filter_out))) is None:
            found = NonTerminal(name) if filter_out is None else Terminal(name, filter_out)
            symbols[name, filter_out] = found
        return found

    for name, expansion, order, alias, (keep_all, expand1, priority, template, empty) in saved:
        kept = RuleOptions(keep_all, expand1, priority, template, tuple(empty))
        yield Rule(NonTerminal(name), [symbol(*part) for part in expansion], order, alias, kept)


def restored_table(saved: Mapping[str, Any], rules: list[Rule]) -> IntParseTable:
    tokens, rows = saved["tokens"], saved["states"]
    actions = [(Shift, state) for state in range(len(rows))] + [(Reduce, rule) for rule in rules]
    token_at, action_at = tokens.__getitem__, actions.__getitem__
    states = {
        state: dict(zip(map(token_at, row[::2]), map(action_at, row[1::2]), strict=True))
        for state, row in enumerate(rows)
    }
    return IntParseTable(states, saved["starts"], saved["ends"])  # type: ignore[no-untyped-call]


# One regular expression for all states


class SharedScanner:
    """One expression over all terminals, in lark's order of precedence, and what each state may do with what it finds.

    INVARIANT: a state gets the token that lark's own scanner for that state would give. Both try terminals in one order, so the first of all
    that match, if the state accepts it, is the first of the accepted that match. A keyword is found as a name and looked up. Where the state
    takes the keyword but no name, `rivals` (whatever comes after names in that order) must not match either. In every other case the state's
    own scanner is built and asked: that is where an error is about to be reported.
    """

    def __init__(self, conf: LexerConf) -> None:
        everything = BasicLexer(conf)
        self.conf = conf
        self.newline_types = everything.newline_types
        self.ignore_types = everything.ignore_types
        literals = [terminal for terminal in everything.terminals if terminal.pattern.type == "str"]
        hosted = {t.name: words_of(t, literals) for t in everything.terminals if t.pattern.type == "re"}
        looked_up = {name for words in hosted.values() for name in words.values()}
        order = [terminal for terminal in everything.terminals if terminal.name not in looked_up]
        self.expression = re.compile("|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in order))
        self.words = {host: words for host, words in hosted.items() if words and host not in self.ignore_types}
        self.rivals = {
            host.name: re.compile("|".join(t.pattern.to_regexp() for t in order[place + 1 :]) or "(?!)")
            for place, host in enumerate(order)
            if host.name in self.words
        }

    @staticmethod
    def fits(terminals: Iterable[TerminalDef]) -> bool:
        """Whether words can be looked up: no literal of the grammar has a flag such as `"word"i`."""
        return not any(isinstance(t.pattern, PatternStr) and t.pattern.flags for t in terminals)


def words_of(host: TerminalDef, literals: Iterable[TerminalDef]) -> dict[str, str]:
    """The literals that `host` matches whole, by their text: lark takes them out of the expression and looks at what `host` found."""
    match = re.compile(host.pattern.to_regexp()).match
    return {
        literal.pattern.value: literal.name
        for literal in literals
        if literal.priority == host.priority
        if (found := match(literal.pattern.value)) and found[0] == literal.pattern.value
    }


NO_WORDS: Mapping[str, str] = {}


class StateScanner:
    """The tokens that one state accepts, found with the shared expression (lark calls `match` and reads `allowed_types`)."""

    def __init__(self, shared: SharedScanner, accepted: frozenset[str]) -> None:
        self.shared = shared
        self.allowed_types = accepted

    def match(self, text: TextSlice[str], position: int) -> tuple[str, str] | None:
        if found := self.shared.expression.match(text.text, position, text.end):
            value, kind = found[0], found.lastgroup or ""
            word = self.shared.words.get(kind, NO_WORDS).get(value)
            if word not in self.allowed_types:
                if kind in self.allowed_types:
                    return value, kind
            elif kind in self.allowed_types or not self.shared.rivals[kind].match(text.text, position, text.end):
                return value, word
        return self.match_alone(text, position)

    def match_alone(self, text: TextSlice[str], position: int) -> tuple[str, str] | None:
        found = self.alone.scanner.match(text, position)
        if found is None:
            return None
        value, kind = found
        callback: Any = self.alone.callback.get(kind)
        if callback is None or kind in self.shared.ignore_types:
            return value, kind
        return value, callback.scanner.fullmatch(value) or kind

    @cached_property
    def alone(self) -> BasicLexer:
        return BasicLexer(narrowed(self.shared.conf, self.allowed_types))


def narrowed(conf: LexerConf, accepted: Collection[str]) -> LexerConf:
    terminals = [terminal for terminal in conf.terminals if terminal.name in accepted]
    return LexerConf(terminals, conf.re_module, conf.ignore, g_regex_flags=conf.g_regex_flags, skip_validation=True)


class StateLexer(BasicLexer):
    """Lark's lexer for one state, with a scanner that is shared."""

    def __init__(self, shared: SharedScanner, accepted: frozenset[str]) -> None:
        self.newline_types = shared.newline_types
        self.ignore_types = shared.ignore_types
        self.terminals_by_name = shared.conf.terminals_by_name
        self.callback = {}
        scanner: Any = StateScanner(shared, accepted)
        self._scanner = scanner


class StateLexers(dict[int, AbstractBasicLexer]):
    """The lexer of each state, made when the state is first reached."""

    def __init__(
        self, shared: SharedScanner, accepted: Mapping[int, Collection[str]], always: Collection[str] = ()
    ) -> None:
        super().__init__()
        self.shared = shared
        self.accepted = accepted
        self.everywhere = {*shared.ignore_types, *always}

    def __missing__(self, state: int) -> AbstractBasicLexer:
        terminals = self.shared.conf.terminals_by_name.keys()
        accepted = terminals & {*self.accepted[state], *self.everywhere}
        lexer = self[state] = StateLexer(self.shared, frozenset(accepted))
        return lexer


class SharedLexer(ContextualLexer):
    """Lark's contextual lexer with one expression for all states.

    A grammar new to it is checked by lark's own first. Lark's own is also what remains where words can't be looked up.
    """

    def __init__(
        self, conf: LexerConf, states: dict[int, Collection[str]], always_accept: Collection[str] = ()
    ) -> None:
        plain = bool(conf.callbacks) or not SharedScanner.fits(conf.terminals)
        if plain or not conf.skip_validation:
            super().__init__(conf, states, always_accept)
        if not plain:
            shared = SharedScanner(narrowed(conf, conf.terminals_by_name))
            self.lexers = StateLexers(shared, states, always_accept)
            self.root_lexer = StateLexer(shared, frozenset(conf.terminals_by_name))


if __name__ == "__main__":
    write_tables(grammar_path().read_text(encoding="utf-8"), TABLES)
