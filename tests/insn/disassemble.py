#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""disassemble.py FILE BACKEND... -- reads the code of each variant of the backends in a shared object.

Each operation of a variant must hold the backend's flush instruction and no other, its fence and no other, and
no register or instruction that its `needs` do not name.
"""
import re
import sys

from elf import AARCH64, X86_64, Elf, NoObjdump, disassemble
from flow import Flow, Unclear

# <libpmem2/backend.h>
BYTE, CACHE_LINE, PAGE, VOLATILE = 1, 2, 4, 8
AVX2, AVX512F, MOVDIR64B, DCPODP = 1 << 1, 1 << 2, 1 << 6, 1 << 34
OPERATIONS = {'persist': 24, 'flush': 32, 'drain': 40, 'deep_persist': 48, 'memmove': 56, 'memset': 64}

FLUSH = {'clwb': 'clwb', 'clflushopt': 'clflushopt', 'clflush': 'clflush', 'arm_dccvap': 'dc cvap'}
FENCE = {X86_64: 'sfence', AARCH64: 'dsb sy'}
DEEP = 'dc cvadp'
SYS = {'c7, c12, #1': 'dc cvap', 'c7, c13, #1': DEEP}  # of those with #3


def cache_instruction(instruction):
    """The name of one that writes caches back or drops them; or None."""
    if re.fullmatch(r'clwb|clflush(opt)?|cldemote|wb(no)?invd|invd', instruction.name):
        return instruction.name
    if instruction.name == 'dc':
        return 'dc ' + instruction.operands.split(',')[0].lower()
    if instruction.name == 'sys' and ', c7, ' in instruction.operands.lower():
        words = re.match(r'#3, (c7, c\d+, #\d)', instruction.operands.lower())
        return SYS.get(words[1], instruction.text) if words else instruction.text
    return None


def fence(instruction):
    if instruction.name in ('sfence', 'mfence'):
        return instruction.name
    if instruction.name in ('dsb', 'dmb'):
        return instruction.name + ' ' + instruction.operands.lower()
    return None


def is_stream(instruction):
    return bool(re.fullmatch(r'v?movnt(dq|pd|ps|i|q)|v?maskmov(dqu|q)|movdir(i|64b)|stnp', instruction.name)) and \
        not (instruction.name.endswith('movntdqa'))


class Variant:
    """A struct pmem2_variant of the object, and the way that each of its operations goes."""

    def __init__(self, elf, code, backend, address):
        self.backend = backend
        self.machine = elf.machine
        self.name = elf.string(elf.pointer(address))
        self.needs = elf.word(address + 8)
        self.serves = elf.word(address + 16) & 0xffffffff
        self.flow = {op: Flow(code, elf.pointer(address + offset)) for op, offset in OPERATIONS.items()}
        self.wrong = []

    def complain(self, op, what):
        self.wrong.append(f'{self.name}, {op}: {what}')

    def flushes_of(self, op):
        """The flush instructions that the operation must hold."""
        if self.backend not in FLUSH:
            return set()
        if op == 'deep_persist':
            return {DEEP if self.needs & DCPODP else FLUSH[self.backend]}
        return {FLUSH[self.backend]} if self.serves & CACHE_LINE and op != 'drain' else set()

    def check_operation(self, op):
        flow = self.flow[op]
        found = {cache_instruction(i) for i in flow.instructions()} - {None}
        if found != self.flushes_of(op):
            self.complain(op, f'flushes by {sorted(found)}, not {sorted(self.flushes_of(op))}')

        fences = {fence(i) for i in flow.instructions()} - {None}
        if fences - {FENCE[self.machine]}:
            self.complain(op, f'fences by {sorted(fences)}')
        if op == 'flush' and fences and not self.serves & PAGE:
            self.complain(op, 'a fence, which is the drain\'s')
        if op in ('memmove', 'memset') and not fences:
            self.complain(op, 'no fence')

        calls = flow.external - {'__stack_chk_fail'}
        if self.serves & PAGE:
            if 'msync' not in calls and op != 'drain':
                self.complain(op, 'no call of msync')
        elif calls:
            self.complain(op, f'calls {sorted(calls)}')

    def check_waits(self, op):
        """No way back to the program without a fence, nor one from a flush."""
        flow = self.flow[op]

        def waits(instruction):
            return fence(instruction) == FENCE[self.machine]

        if flow.returns_without(flow.entry, waits):
            self.complain(op, 'it can return without a fence')
        for place in flow.after:
            if cache_instruction(flow.code[place[0]]) and flow.returns_without(place, waits):
                self.complain(op, f'{place[0]:x}: no fence after the flush')

    def check_hints(self, op):
        """STNP is a hint: a flush follows, or, where none was asked for, a fence in any case."""
        flow = self.flow[op]
        for place in flow.after:
            if flow.code[place[0]].name != 'stnp':
                continue
            after = flow.reached(place, lambda _: False)
            flushed = any(cache_instruction(flow.code[address]) for address, _ in after)
            if not flushed and flow.returns_without(place, fence):
                self.complain(op, f'{place[0]:x}: stnp, and neither a flush nor a fence after it')

    def foreign(self):
        """Patterns of what the CPU need not have."""
        if self.machine != X86_64:
            return {}
        large = bool(self.needs & AVX512F)
        patterns = {
            # AVX-512F alone has no such for smaller registers, nor for bytes
            'AVX-512VL': r'.*%[xy]mm(1[6-9]|2\d|3[01])\b.*|vmovdq[au](32|64)\b.*%[xy]mm.*',
            'AVX-512BW': r'vmovdqu(8|16)\b.*|vpbroadcast[bw]\b.*%zmm.*',
        }
        if not large:
            patterns['AVX-512'] = r'.*%(zmm|k[0-7]\b).*'
        if not self.needs & (AVX2 | AVX512F):
            patterns['AVX'] = r'.*%ymm.*|v[a-z0-9]+\s.*%xmm.*'
        if not self.needs & MOVDIR64B:
            patterns['MOVDIR64B'] = r'movdir.*'
        return patterns

    def check_needs(self, op):
        for instruction in self.flow[op].instructions():
            for name, pattern in self.foreign().items():
                if re.fullmatch(pattern, instruction.text):
                    self.complain(op, f'{name}: {instruction.text}')

    def check_width(self, op):
        """It uses what it is made for."""
        if self.machine != X86_64:
            return
        wanted = {'%zmm': self.needs & AVX512F, '%ymm': self.needs & AVX2, 'movdir64b': self.needs & MOVDIR64B}
        for word, needed in wanted.items():
            if needed and not any(word in i.text for i in self.flow[op].instructions()):
                self.complain(op, f'no {word}')

    def check(self):
        self.wrong = []
        for op in OPERATIONS:
            self.check_operation(op)
            self.check_needs(op)
        if not self.serves & PAGE:
            for op in ('persist', 'drain', 'deep_persist'):
                self.check_waits(op)
            for op in ('memmove', 'memset'):
                self.check_hints(op)
                self.check_width(op)
        return self.wrong

    def instructions(self):
        return {id(i): i for flow in self.flow.values() for i in flow.instructions()}.values()

    def counts(self):
        code = self.instructions()
        return (f'{self.name}: {len(code)} instructions, {sum(1 for i in code if cache_instruction(i))} flushes, '
                f'{sum(1 for i in code if fence(i))} fences, {sum(map(is_stream, code))} non-temporal stores')


def notices(variant):
    """What the rules do not notice when the code is made wrong."""
    other = {'clwb': 'clflushopt', 'clflushopt': 'clflush', 'clflush': 'clwb', 'dc': 'dc', 'sys': 'dc'}
    missed = []
    for what in ('another flush', 'no flush', 'another fence', 'no fence'):
        changed = []
        for i in variant.instructions():
            if not (fence(i) if 'fence' in what else cache_instruction(i)):
                continue
            changed.append((i, i.name, i.operands))
            name = other.get(i.name, 'mfence' if i.name == 'sfence' else 'dmb')
            i.name, i.operands = ('nop', '') if what.startswith('no ') else (name, re.sub('cvad?p', 'cvac', i.operands))
        if changed and not variant.check():
            missed.append(f'{variant.name}: {what} is not noticed')
        for i, i.name, i.operands in changed:
            pass
    return missed


def variants_of(elf, code, symbol):
    backend = elf.symbols[symbol]
    name = elf.string(elf.pointer(backend))
    at = elf.pointer(backend + 8)
    while elf.pointer(at):
        yield Variant(elf, code, name, elf.pointer(at))
        at += 8


def main(path, names):
    elf = Elf(path)
    code = disassemble(elf)
    symbols = [s for s in elf.symbols if re.fullmatch(r'pmem2_backend_v1(_\w+)?', s)]
    wrong = []
    found = []
    # of these nobody asks for more: an engine that keeps book calls through pointers
    for symbol in symbols if names != ['powerfail'] else []:
        for variant in variants_of(elf, code, symbol):
            found.append(variant.backend)
            print(variant.counts())
            wrong += variant.check()
            wrong += notices(variant)

    wrong += [f'{path} has no backend {name}' for name in names if name not in found and name != 'powerfail']
    allowed = {FLUSH[name] for name in set(found) & set(FLUSH)} | ({DEEP} if 'arm_dccvap' in found else set())
    in_file = [cache_instruction(i) for i in code.values() if cache_instruction(i)]
    wrong += [f'{path} has {name}' for name in sorted(set(in_file) - allowed)]
    print(f'{path}: {len(code)} instructions, {len(in_file)} flushes, {len(found)} variants; {len(wrong)} wrong')
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except NoObjdump as reason:
        print(f'skipped: {reason}')
        sys.exit(77)
    except Unclear as reason:
        print(f'cannot follow {reason}')
        sys.exit(1)
