"""Expressions as WebAssembly: 32 bits wherever that is proved, a trap wherever something isn't."""

from __future__ import annotations

from typing import assert_never

from guerdon.kernel.lowering import encoding, operations, tree
from guerdon.kernel.lowering.encoding import Code, Width
from guerdon.kernel.lowering.interval import HALF, OPPOSITE, WORD, Interval, combined, within
from guerdon.kernel.lowering.memory import LARGEST, Array, Memory
from guerdon.kernel.lowering.ranges import Facts

CHEAP = 12
"""So many nodes are evaluated where they may not be needed, rather than jumped over."""


class Signatures:
    """How the functions of a module are called: their numbers and widths, and one more that multiplies with a check."""

    def __init__(self, module: tree.Module, facts: dict[str, Facts]) -> None:
        self.numbers = {name: number for number, name in enumerate(module.functions)}
        self.parameters: dict[str, list[Width]] = {}
        self.results: dict[str, Width] = {}
        for name, function in module.functions.items():
            given = facts[name].parameters or [WORD] * len(function.parameters)
            self.parameters[name] = [width_of(bounds) for bounds in given]
            self.results[name] = width_of(facts[name].result or WORD)
        self.multiply = len(self.numbers)
        self.multiplies = False


def width_of(interval: Interval) -> Width:
    return 32 if within(interval, HALF) else 64


class Expressions:
    """Writes one function's expressions into its code.

    `trap`: the label where everything that isn't proved leads. An expression of which nothing is known is never reached
    and becomes a trap itself.
    """

    def __init__(self, code: Code, facts: Facts, memory: Memory, signatures: Signatures, every_index: bool) -> None:
        self.code = code
        self.values = facts.values
        self.memory = memory
        self.signatures = signatures
        self.every_index = every_index
        self.locals: dict[str, int] = {}
        self.carried: dict[str, tuple[int, Width]] = {}  # of each local that lies in memory: where, and its width
        self.places: dict[tree.Expression, tuple[int, int]] = {}  # loads whose address is in a local, and its offset
        self.trap = 0
        self.unproved: list[tree.Expression] = []

    def width(self, node: tree.Expression) -> Width:
        return width_of(self.values[node]) if node in self.values else 32

    def emit(self, node: tree.Expression, width: Width) -> None:
        """Leaves the value at that width, at which it fits."""
        code = self.code
        if node not in self.values:
            code.raw(encoding.UNREACHABLE)
            return
        value = self.values[node]
        if isinstance(node, tree.Local):
            operations.converted(code, self.get(node.name), width, value)
            return
        match node:
            case tree.Constant(number):  # one that doesn't fit is never what is taken
                code.constant(number if width_of(value) <= width else 0, width)
            case tree.Load(array, index):
                self.load(node, self.memory.arrays[array], index, width)
            case tree.Binary():
                own = max(self.width(node), self.width(node.left), self.width(node.right))
                self.binary(node, own)
                operations.converted(code, own, width, value)
            case tree.Compare() | tree.Not() | tree.Logic():
                self.truth(node)
                operations.converted(code, 32, width, value)
            case tree.Choice():
                self.choice(node, width)
            case tree.Call(function, arguments):
                for argument, needed in zip(arguments, self.signatures.parameters[function], strict=True):
                    self.emit(argument, needed)
                code.call(self.signatures.numbers[function])
                operations.converted(code, self.signatures.results[function], width, value)
            case tree.Fits(operand, low, high):
                own = self.width(operand)
                self.emit(operand, own)
                if self.grows_within(node):
                    operations.converted(code, own, width, value)
                    return
                if not within(self.values.get(operand, WORD), (low, high)):
                    self.unproved.append(node)
                operations.kept(code, self.trap, self.values.get(operand, WORD), (low, high), own)
                operations.converted(code, own, width, value)
            case _:
                assert_never(node)

    def get(self, name: str) -> Width:
        """Leaves a local, at the width that is returned."""
        code = self.code
        if name not in self.carried:
            code.get(self.locals[name])
            return code.widths[self.locals[name]]
        place, width = self.carried[name]
        code.constant(0, 32)
        code.access(encoding.LOADS[8, True][width == 64], width // 8, place)
        return width

    def grows_within(self, node: tree.Fits) -> bool:
        """Whether what a call adds to a local can't lead beyond its bounds: it uses up half of them at most."""
        match node.operand:
            case tree.Binary("+" | "-", tree.Local() as local, more) if node.times:
                known = self.values.get(local, WORD), self.values.get(more, WORD)
                most = max(-known[1][0], known[1][1])
                return within(known[0], (node.low, node.high)) and most * node.times <= (node.high - node.low) // 4
        return False

    def load(self, node: tree.Expression, array: Array, index: tree.Expression, width: Width) -> None:
        if node in self.places:
            local, offset = self.places[node]
            self.code.get(local)
        else:
            offset = self.address(array, index)
        layout = array.layout
        own = width if width_of(array.bounds) == 32 else 64
        instruction = encoding.LOADS[layout.size, layout.signed][own == 64]
        self.code.access(instruction, layout.size if own == 64 else min(layout.size, 4), offset)
        operations.converted(self.code, own, width, array.bounds)

    def address(self, array: Array, index: tree.Expression) -> int:
        """Leaves a place's address less what is returned: the offset that the load or store adds.

        A constant step of a proved index goes into the offset too, where what it is added to is never negative.
        """
        size, offset = array.layout.size, self.memory.offsets[array.name]
        whole = (0, array.count - 1)
        if self.every_index or not within(self.values.get(index, whole), whole):
            self.unproved.append(tree.Load(array.name, index))
            self.inside(index, array.count)
            self.scale(size)
            return offset
        match index:
            case tree.Constant(number):
                self.code.constant(0, 32)
                return offset + number * size
            case tree.Binary("+" | "-" as sign, inner, tree.Constant(number)):
                moved = offset + (number if sign == "+" else -number) * size
                bounds = self.values.get(inner, WORD)
                if bounds[0] >= 0 and bounds[1] * size < LARGEST and 0 <= moved < LARGEST:
                    self.scaled(inner, size)
                    return moved
        self.scaled(index, size)
        return offset

    def scaled(self, index: tree.Expression, size: int) -> None:
        width = self.width(index)
        self.emit(index, width)
        operations.converted(self.code, width, 32, WORD)
        self.scale(size)

    def scale(self, size: int) -> None:
        if size > 1:
            self.code.constant(size.bit_length() - 1, 32)
            self.code.do("<<", 32)

    def inside(self, index: tree.Expression, count: int) -> None:
        """Leaves the index at 32 bits; traps if it's negative, or the count or more."""
        code, width = self.code, self.width(index)
        held = code.borrow(width)
        self.emit(index, width)
        code.tee(held)
        code.constant(count, width)
        code.do(">=u", width)
        code.jump_if(self.trap)
        code.get(held)
        operations.converted(code, width, 32, WORD)
        code.give_back(held)

    def binary(self, node: tree.Binary, width: Width) -> None:
        """Leaves the value at a width that has room for both operands and the result."""
        code, left, right = self.code, self.values.get(node.left), self.values.get(node.right)
        if left is None or right is None:
            code.raw(encoding.UNREACHABLE)
            return
        result = combined(node.operation, left, right)
        fits = result is not None and within(result, WORD)
        if not fits:
            self.unproved.append(node)
        quotient = node.operation == "//"
        self.emit(node.left, width)
        match node.operation:
            case "//" | "%" if isinstance(node.right, tree.Constant) and right[0].bit_count() == 1 and right[0] > 0:
                operations.by_power_of_two(code, quotient, left, right[0], width)
            case "//" | "%":
                self.emit(node.right, width)
                if left[0] >= 0 and right[0] >= 0:
                    code.do("/u" if quotient else "rem u", width)
                else:
                    operations.floored(code, quotient, right, width)
            case "*" | "<<" if not fits:
                self.checked_product(node, left, right)
            case "+" | "-" if not fits:
                self.emit(node.right, width)
                operations.checked_sum(code, self.trap, node.operation, left, right)
            case ">>":
                code.constant(min(right[0], width - 1), width)
                code.do(">>u" if left[0] >= 0 else ">>", width)
            case _:
                self.emit(node.right, width)
                code.do(node.operation, width)

    def checked_product(self, node: tree.Binary, left: Interval, right: Interval) -> None:
        """The product, its left side on the stack; one constant side bounds the other."""
        code, trap = self.code, self.trap
        if node.operation == "<<":
            operations.kept(code, trap, left, operations.factors_within_a_word(1 << right[0]), 64)
            self.emit(node.right, 64)
            code.do("<<", 64)
        elif isinstance(node.right, tree.Constant):
            operations.kept(code, trap, left, operations.factors_within_a_word(right[0]), 64)
            self.emit(node.right, 64)
            code.do("*", 64)
        elif isinstance(node.left, tree.Constant):
            self.emit(node.right, 64)
            operations.kept(code, trap, right, operations.factors_within_a_word(left[0]), 64)
            code.do("*", 64)
        else:
            self.emit(node.right, 64)
            self.signatures.multiplies = True
            code.call(self.signatures.multiply)

    def choice(self, node: tree.Choice, width: Width) -> None:
        """Both ways are evaluated, and one taken, only where neither costs much and neither can trap."""
        code = self.code
        if self.cheap(node.chosen) and self.cheap(node.otherwise):
            self.emit(node.chosen, width)
            self.emit(node.otherwise, width)
            self.truth(node.condition, exact=False)
            code.raw(encoding.SELECT)
            return
        self.truth(node.condition, exact=False)
        code.begin(encoding.IF, width)
        self.emit(node.chosen, width)
        code.otherwise()
        self.emit(node.otherwise, width)
        code.end()

    def cheap(self, node: tree.Expression) -> bool:
        return self.cost(node) <= CHEAP

    def cost(self, node: tree.Expression) -> int:
        """How many instructions at most; beyond what is cheap for what may trap, load, divide or call."""
        if node not in self.values:
            return CHEAP + 1
        match node:
            case tree.Constant() | tree.Local():
                return 1
            case tree.Compare(_, left, right):
                return 1 + self.cost(left) + self.cost(right)
            case tree.Not(operand):
                return 1 + self.cost(operand)
            case tree.Fits(operand, low, high) if within(self.values.get(operand, WORD), (low, high)):
                return self.cost(operand)
            case tree.Logic(_, operands):
                return sum(1 + self.cost(operand) for operand in operands)
            case tree.Choice(condition, chosen, otherwise):
                return 1 + self.cost(condition) + self.cost(chosen) + self.cost(otherwise)
            case tree.Binary(operation, left, right) if operation not in ("//", "%"):
                total = 1 + self.cost(left) + self.cost(right)
                if total > CHEAP:
                    return total
                result = combined(operation, self.values[left], self.values[right])
                return total if result is not None and within(result, WORD) else CHEAP + 1
        return CHEAP + 1

    def truth(self, node: tree.Expression, exact: bool = True) -> None:
        """Leaves at 32 bits whether it is other than zero: 1 or 0, or where that needn't be `exact` anything or 0."""
        code = self.code
        match node:
            case _ if node not in self.values:
                code.raw(encoding.UNREACHABLE)
            case tree.Compare(comparison, left, right):
                self.compare(comparison, left, right)
            case tree.Not(operand):
                self.truth(operand, exact=False)
                code.do("eqz", 32)
            case tree.Logic(every, operands):
                self.logic(every, operands)
            case _:
                width = self.width(node)
                self.emit(node, width)
                if width == 64 or (exact and not within(self.values[node], (0, 1))):
                    code.constant(0, width)
                    code.do("!=", width)

    def logic(self, every: bool, operands: tuple[tree.Expression, ...]) -> None:
        code, (first, *others) = self.code, operands
        self.truth(first)
        for number, operand in enumerate(others):
            if self.cheap(operand):
                self.truth(operand)
                code.do("&" if every else "|", 32)
                continue
            code.begin(encoding.IF, 32)
            if every:
                self.logic(every, tuple(others[number:]))
                code.otherwise()
                code.constant(0, 32)
            else:
                code.constant(1, 32)
                code.otherwise()
                self.logic(every, tuple(others[number:]))
            code.end()
            return

    def compare(self, comparison: tree.Comparison, left: tree.Expression, right: tree.Expression) -> None:
        width: Width = max(self.width(left), self.width(right))
        self.emit(left, width)
        if comparison == "==" and self.values.get(right) == (0, 0) and isinstance(right, tree.Constant):
            self.code.do("eqz", width)
            return
        self.emit(right, width)
        self.code.do(comparison, width)

    def jump(self, node: tree.Expression, label: int, when: bool) -> None:
        """Goes to the label where the condition is `when`, else on."""
        code = self.code
        match node:
            case tree.Not(operand):
                self.jump(operand, label, not when)
            case tree.Logic(every, operands) if every != when:
                for operand in operands:
                    self.jump(operand, label, when)
            case tree.Logic(every, (*before, last)):
                past = code.begin(encoding.BLOCK)
                for operand in before:
                    self.jump(operand, past, not when)
                self.jump(last, label, when)
                code.end()
            case tree.Constant(number):
                if bool(number) == when:
                    code.jump(label)
            case tree.Compare(comparison, left, right) if not when and node in self.values:
                self.compare(OPPOSITE[comparison], left, right)
                code.jump_if(label)
            case _:
                self.truth(node, exact=False)
                if not when:
                    code.do("eqz", 32)
                code.jump_if(label)
