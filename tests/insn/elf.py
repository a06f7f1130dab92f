# SPDX-License-Identifier: BSD-3-Clause
"""What a shared object holds: symbols, words as the loader leaves them, instructions."""
import re
import shutil
import struct
import subprocess

X86_64, AARCH64 = 62, 183
RELATIVE = {X86_64: 8, AARCH64: 1027}
ARCH = {X86_64: 'x86-64', AARCH64: 'aarch64'}
OBJDUMPS = {
    X86_64: ['objdump', 'x86_64-linux-gnu-objdump'],
    AARCH64: ['aarch64-linux-gnu-objdump', 'objdump'],
}


class NoObjdump(Exception):
    """There is none that knows the machine."""


class Elf:
    """A 64-bit little-endian shared object."""

    def __init__(self, path):
        self.path = path
        with open(path, 'rb') as file:
            self.data = file.read()
        if self.data[:6] != b'\x7fELF\x02\x01':
            raise ValueError(f'{path}: not a 64-bit little-endian ELF file')
        self.machine = struct.unpack_from('<H', self.data, 18)[0]
        self.sections = self._sections()
        self.symbols = {}
        self.relocated = {}
        for kind, _, offset, size, link, entry in self.sections:
            if kind in (2, 11):  # SHT_SYMTAB, SHT_DYNSYM
                self._read_symbols(offset, size, self.sections[link][2])
            elif kind == 4 and entry:  # SHT_RELA
                self._read_relocations(offset, size)

    def _sections(self):
        at = struct.unpack_from('<Q', self.data, 40)[0]
        size, count = struct.unpack_from('<HH', self.data, 58)
        found = []
        for i in range(count):
            _, kind, _, address, offset, length, link, _, _, entry = struct.unpack_from(
                '<IIQQQQIIQQ', self.data, at + i * size)
            found.append((kind, address, offset, length, link, entry))
        return found

    def _read_symbols(self, offset, size, strings):
        for at in range(offset, offset + size, 24):
            name, _, _, section, value, _ = struct.unpack_from('<IBBHQQ', self.data, at)
            if section:
                self.symbols[self._text(strings + name)] = value

    def _read_relocations(self, offset, size):
        for at in range(offset, offset + size, 24):
            where, info, addend = struct.unpack_from('<QQq', self.data, at)
            if info & 0xffffffff == RELATIVE[self.machine]:
                self.relocated[where] = addend

    def _text(self, offset):
        return self.data[offset:self.data.index(b'\0', offset)].decode()

    def _offset(self, address):
        for kind, begin, offset, length, _, _ in self.sections:
            if begin and kind != 8 and begin <= address < begin + length:  # 8: SHT_NOBITS
                return offset + address - begin
        raise ValueError(f'{self.path}: nothing at {address:#x}')

    def pointer(self, address):
        """A pointer in the object's data; 0: NULL."""
        return self.relocated.get(address) or self.word(address)

    def word(self, address):
        return struct.unpack_from('<Q', self.data, self._offset(address))[0]

    def string(self, address):
        return self._text(self._offset(address))


class Instruction:
    """A line of objdump's."""

    def __init__(self, text, following):
        text = re.sub(r'\s+(# |//).*', '', text)
        words = text.split(None, 1)
        while len(words) == 2 and words[0] in ('lock', 'rep', 'repz', 'repnz', 'bnd', 'notrack', 'data16', 'cs'):
            words = words[1].split(None, 1)
        self.name = words[0] if words else ''
        self.operands = words[1] if len(words) > 1 else ''
        self.next = following  # address of the one after it
        self.text = text

    def target(self):
        """The address of a direct jump or call, and the symbol there; or None."""
        found = re.search(r'(?:^|[\s,])([0-9a-f]+) <([^>]*)>$', self.operands)
        return (int(found[1], 16), found[2]) if found else None


def objdump_for(machine):
    for name in OBJDUMPS[machine]:
        if shutil.which(name):
            known = subprocess.run([name, '-i'], capture_output=True, text=True, check=False).stdout
            if ARCH[machine] in known:
                return name
    raise NoObjdump(f'no objdump knows {ARCH[machine]}')


def disassemble(elf):
    """The instructions by address."""
    lines = subprocess.run([objdump_for(elf.machine), '-d', '--no-show-raw-insn', elf.path],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    found = []
    for line in lines:
        match = re.match(r'\s*([0-9a-f]+):\t(.*)', line)
        if match:
            found.append((int(match[1], 16), match[2].strip()))
    following = [address for address, _ in found[1:]] + [None]
    return {address: Instruction(text, after) for (address, text), after in zip(found, following)}
