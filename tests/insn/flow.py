# SPDX-License-Identifier: BSD-3-Clause
"""Where execution can go from a function's entry, as far as its instructions tell."""
import re

NO_RETURN = {'__stack_chk_fail', 'abort'}
RETURNS = {'ret', 'retq', 'retab', 'retaa'}
CALLS = {'call', 'callq', 'bl'}
JUMPS = {'jmp', 'jmpq', 'b'}
STOPS = {'ud2', 'hlt', 'udf', 'brk'}
BRANCH = re.compile(r'j[a-z]+|b\.[a-z]+|cbn?z|tbn?z')


class Unclear(Exception):
    """An instruction that may lead anywhere."""


class Flow:
    """The places that execution can get to: an address, and the addresses that it returns to."""

    def __init__(self, code, entry):
        self.code = code
        self.entry = (entry, ())
        self.external = set()  # functions of other objects
        self.after = {}        # place -> the places after it; none: it returns to the program
        self.ends = set()      # places that return to the program
        waiting = [self.entry]
        while waiting:
            place = waiting.pop()
            if place not in self.after:
                self.after[place] = self._following(place)
                waiting += self.after[place]

    def _following(self, place):
        address, stack = place
        instruction = self.code[address]
        following = (instruction.next, stack)
        target = instruction.target()
        if instruction.name in RETURNS:
            return self._returned(place)
        if instruction.name in STOPS:
            return []
        if instruction.name in CALLS | JUMPS:
            if not target:
                raise Unclear(f'{address:x}: {instruction.text}')
            if '@' in target[1]:
                return self._elsewhere(place, target[1].split('@')[0])
            if instruction.name in JUMPS:
                return [(target[0], stack)]
            if len(stack) > 20:
                raise Unclear(f'{address:x}: it calls itself')
            return [(target[0], stack + (instruction.next,))]
        if BRANCH.fullmatch(instruction.name):
            if not target:
                raise Unclear(f'{address:x}: {instruction.text}')
            return [(target[0], stack), following]
        if instruction.name in ('br', 'blr'):
            raise Unclear(f'{address:x}: {instruction.text}')
        return [following]

    def _returned(self, place):
        stack = place[1]
        if stack:
            return [(stack[-1], stack[:-1])]
        self.ends.add(place)
        return []

    def _elsewhere(self, place, name):
        self.external.add(name)
        if name in NO_RETURN:
            return []
        if self.code[place[0]].name in CALLS:
            return [(self.code[place[0]].next, place[1])]
        return self._returned(place)

    def instructions(self):
        """Each that can be reached, once."""
        return [self.code[address] for address in sorted({address for address, _ in self.after})]

    def reached(self, start, stop):
        """Places on the ways from after `start`, which end at instructions that `stop` holds for."""
        seen = set()
        waiting = list(self.after[start])
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            if not stop(self.code[place[0]]):
                waiting += self.after[place]
        return seen

    def returns_without(self, start, wanted):
        """Whether a way from `start` back to the program meets no instruction that `wanted` holds for."""
        if wanted(self.code[start[0]]):
            return False
        return start in self.ends or bool(self.reached(start, wanted) & self.ends)
