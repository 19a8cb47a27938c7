"""Reading a kernel's text: Python's own parser, then only what both lowerings can say."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from threading import Lock
from typing import NoReturn, get_args

from guerdon.kernel.lowering import tree

ARITHMETIC: dict[type[ast.operator], tree.Arithmetic] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
COMPARISONS: dict[type[ast.cmpop], tree.Comparison] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
PROMISE = "fits"

ONE_AT_A_TIME = Lock()


def parsed(source: str) -> ast.Module:
    """Python's tree of a source.

    CPython 3.11 counts how deep its parser is for all threads together, and fails where two are in it: one is at a time.
    """
    with ONE_AT_A_TIME:
        return ast.parse(source)


def parse(text: str, arrays: Collection[str]) -> tree.Module:
    """The tree of a text whose free names are `arrays`.

    Errors: ValueError with the line and what can't be said; also for a local that may have no value where it is read, and
    for functions that call each other in a circle.
    """
    try:
        module = parsed(text)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    declared: dict[str, ast.FunctionDef] = {}
    for node in module.body:
        if not isinstance(node, ast.FunctionDef):
            refuse(node, "a text has functions and nothing else")
        if node.name in declared or node.name in arrays or node.name == PROMISE:
            refuse(node, f"the name {node.name} is taken")
        declared[node.name] = node
    arities = {name: len(parameters(node)) for name, node in declared.items()}
    functions = {name: Reader(node, arrays, arities).function() for name, node in declared.items()}
    return tree.Module({name: functions[name] for name in callers_first(functions)})


def refuse(node: ast.AST, why: str) -> NoReturn:
    line = getattr(node, "lineno", 0)
    raise ValueError(f"line {line}: {why}: `{ast.unparse(node).splitlines()[0]}`")


def parameters(node: ast.FunctionDef) -> tuple[str, ...]:
    given = node.args
    others = [*given.posonlyargs, *given.kwonlyargs, *given.defaults, given.vararg, given.kwarg]
    if any(others) or node.decorator_list:
        refuse(node, "parameters are plain names, and nothing decorates a function")
    return tuple(each.arg for each in given.args)


def callers_first(functions: dict[str, tree.Function]) -> list[str]:
    order: list[str] = []
    for name in functions:
        after_what_it_calls(name, functions, [], order)
    return order[::-1]


def after_what_it_calls(name: str, functions: dict[str, tree.Function], open_: list[str], order: list[str]) -> None:
    """Puts all that a function calls, and then itself, into the order."""
    if name in open_:
        raise ValueError(f"functions can't call themselves: {' calls '.join([*open_[open_.index(name) :], name])}")
    if name in order:
        return
    for called in sorted(functions[name].calls):
        after_what_it_calls(called, functions, [*open_, name], order)
    order.append(name)


class Reader:
    """Reads one function: statements and expressions, and the locals that surely have a value at each place."""

    def __init__(self, node: ast.FunctionDef, arrays: Collection[str], arities: dict[str, int]) -> None:
        self.node = node
        self.arrays = arrays
        self.arities = arities
        self.parameters = parameters(node)
        self.assigned: dict[str, None] = {}
        self.calls: set[str] = set()
        self.known: set[str] | None = set(self.parameters)  # None: never reached
        self.exits: list[set[str] | None] = []  # what is known where a loop ends, one for each open loop

    def function(self) -> tree.Function:
        for name in self.parameters:
            self.is_free(self.node, name)
        body = self.block(self.node.body)
        own = tuple(name for name in self.assigned if name not in self.parameters)
        return tree.Function(self.node.name, self.parameters, own, body, frozenset(self.calls))

    def is_free(self, node: ast.AST, name: str) -> None:
        if name in self.arrays or name in self.arities or name == PROMISE:
            refuse(node, f"{name} is no local: the name is taken")

    def block(self, nodes: Iterable[ast.stmt]) -> tuple[tree.Statement, ...]:
        return tuple([each for node in nodes if (each := self.statement(node)) is not None])

    def statement(self, node: ast.stmt) -> tree.Statement | None:
        """None for what does nothing."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return self.assignment(node.targets[0], node.value)
        if isinstance(node, ast.If):
            return self.choice(node)
        match node:
            case ast.AugAssign():
                return self.update(node)
            case ast.While(orelse=[]):
                return self.loop(node)
            case ast.Break() | ast.Continue():
                if not self.exits:
                    refuse(node, "no loop around it")
                if isinstance(node, ast.Break):
                    self.exits[-1] = either(self.exits[-1], self.known)
                self.known = None
                return tree.Break() if isinstance(node, ast.Break) else tree.Continue()
            case ast.Return(value=ast.expr() as value):
                returned = tree.Return(self.expression(value))
                self.known = None
                return returned
            case ast.Pass() | ast.Expr(value=ast.Constant(value=str())):
                return None
            case ast.Expr(value=ast.Call() as call):
                return tree.Discard(self.expression(call))
            case _:
                refuse(node, "no statement of a kernel")

    def assignment(self, target: ast.expr, value: ast.expr) -> tree.Statement:
        read = self.expression(value)
        if isinstance(target, ast.Name):
            return self.assign(target, target.id, read)
        array, index = self.place(target)
        return tree.Store(array, index, read)

    def assign(self, node: ast.AST, name: str, value: tree.Expression) -> tree.Statement:
        self.is_free(node, name)
        self.assigned[name] = None
        if self.known is not None:
            self.known.add(name)
        return tree.Assign(name, value)

    def update(self, node: ast.AugAssign) -> tree.Statement:
        if isinstance(node.target, ast.Name):
            name = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
            return self.assign(node, node.target.id, self.binary(node, node.op, name, node.value))
        array, index = self.place(node.target)
        operation = self.operation(node, node.op, node.value)
        return tree.Update(array, index, tree.Binary(operation, tree.Load(array, index), self.expression(node.value)))

    def choice(self, node: ast.If) -> tree.Statement:
        condition = self.expression(node.test)
        before = copied(self.known)
        then = self.block(node.body)
        after, self.known = self.known, before
        otherwise = self.block(node.orelse)
        self.known = either(after, self.known)
        return tree.If(condition, then, otherwise)

    def loop(self, node: ast.While) -> tree.Statement:
        condition = self.expression(node.test)
        endless = isinstance(condition, tree.Constant) and condition.value != 0
        self.exits.append(None if endless else copied(self.known))
        body = self.block(node.body)
        self.known = self.exits.pop()
        return tree.While(condition, body)

    def place(self, node: ast.expr) -> tuple[str, tree.Expression]:
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in self.arrays:
            return node.value.id, self.expression(node.slice)
        refuse(node, "values are in locals and in declared arrays")

    def expression(self, node: ast.expr) -> tree.Expression:
        """Told apart by type, the frequent ones first: patterns take three times as long."""
        if isinstance(node, ast.Name):
            return self.local(node, node.id)
        if isinstance(node, ast.Constant):
            if type(node.value) is int:
                return self.constant(node, node.value)
        elif isinstance(node, ast.Subscript):
            return tree.Load(*self.place(node))
        elif isinstance(node, ast.BinOp):
            return self.binary(node, node.op, node.left, node.right)
        elif isinstance(node, ast.Compare):
            if len(node.ops) == 1 and (comparison := COMPARISONS.get(type(node.ops[0]))):
                return tree.Compare(comparison, self.expression(node.left), self.expression(node.comparators[0]))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and not node.keywords:
                return self.call(node, node.func.id, node.args)
        elif isinstance(node, ast.IfExp):
            return tree.Choice(self.expression(node.test), self.expression(node.body), self.expression(node.orelse))
        elif isinstance(node, ast.BoolOp):
            return tree.Logic(isinstance(node.op, ast.And), tuple(map(self.expression, node.values)))
        elif isinstance(node, ast.UnaryOp):
            return self.unary(node, node.operand)
        refuse(node, "no expression of a kernel")

    def unary(self, node: ast.UnaryOp, operand: ast.expr) -> tree.Expression:
        match node.op:
            case ast.Not():
                return tree.Not(self.expression(operand))
            case ast.USub() if isinstance(operand, ast.Constant) and type(operand.value) is int:
                return self.constant(node, -operand.value)
            case ast.USub():
                return tree.Binary("-", tree.Constant(0), self.expression(operand))
        refuse(node, "no expression of a kernel")

    def constant(self, node: ast.expr, value: int) -> tree.Expression:
        if not -(1 << 63) <= value < 1 << 63:
            refuse(node, "a number of more than 64 bits")
        return tree.Constant(value)

    def local(self, node: ast.expr, name: str) -> tree.Expression:
        if name in self.arrays or name in self.arities or name == PROMISE:
            refuse(node, f"{name} is no local")
        if self.known is not None and name not in self.known:
            refuse(node, f"{name} may have no value here")
        return tree.Local(name)

    def binary(self, node: ast.AST, operator: ast.operator, left: ast.expr, right: ast.expr) -> tree.Expression:
        return tree.Binary(self.operation(node, operator, right), self.expression(left), self.expression(right))

    def operation(self, node: ast.AST, operator: ast.operator, right: ast.expr) -> tree.Arithmetic:
        operation = ARITHMETIC.get(type(operator))
        if operation is None:
            refuse(node, f"no arithmetic of a kernel; there is {' '.join(get_args(tree.Arithmetic))}")
        if operation in ("<<", ">>") and not (
            isinstance(right, ast.Constant) and isinstance(right.value, int) and 0 <= right.value < 64
        ):
            refuse(node, "shifts are by constants from 0 through 63")
        return operation

    def call(self, node: ast.expr, name: str, arguments: list[ast.expr]) -> tree.Expression:
        if name == PROMISE:
            return self.promise(node, arguments)
        if name not in self.arities:
            refuse(node, f"there is no function {name}")
        if len(arguments) != self.arities[name]:
            refuse(node, f"{name} takes {self.arities[name]} arguments")
        self.calls.add(name)
        return tree.Call(name, tuple(map(self.expression, arguments)))

    def promise(self, node: ast.expr, arguments: list[ast.expr]) -> tree.Expression:
        match [self.expression(argument) for argument in arguments]:
            case [operand, tree.Constant(low), tree.Constant(high)] if low <= high:
                return tree.Fits(operand, low, high)
            case [
                tree.Binary("+" | "-", tree.Local()) as operand,
                tree.Constant(low),
                tree.Constant(high),
                tree.Constant(times),
            ]:
                return tree.Fits(operand, low, high, times)
        refuse(node, f"write {PROMISE}(e, low, high) with constants, or {PROMISE}(x + e, low, high, times)")


def copied(known: set[str] | None) -> set[str] | None:
    return None if known is None else set(known)


def either(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    """What surely has a value where two ways meet."""
    if one is None or other is None:
        return copied(one if other is None else other)
    return one & other
