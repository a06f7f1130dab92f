/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * registers.h -- the program's registers, and the addresses that they make.
 *
 * QEMU before version 9 tells no plug-in of a register. Its translated code, on x86-64, calls with
 * the state of the CPU in %rbp, where that begins with the registers; and they are all
 * there if each instruction is a block of its own (-singlestep). EXACT_STEP makes a callback
 * that gets that pointer too. The self-test shows whether all of this holds.
 */
#ifndef EXACT_REGISTERS_H
#define EXACT_REGISTERS_H

#include "insn.h"

/*
 * Defines name(cpu, arg), a callback for QEMU, which calls to(cpu, arg, state), which follows. Neither is static: the
 * compiler does not see that the one calls the other.
 */
#define EXACT_STEP(name, to) \
	void name(unsigned cpu, void *arg); \
	void to(unsigned cpu, void *arg, const void *state); \
	__asm__(".pushsection .text\n" \
		".globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" #name ":\n" \
		"	mov %rbp, %rdx\n" \
		"	jmp " #to "\n" \
		".size " #name ", . - " #name "\n.popsection\n")

/* Before all else: whether the registers lie as in AArch64, and whether QEMU reads them for plug-ins. */
void pmem2_exact_registers_init(bool arm, bool readable);

/* A thread begins, and calls this itself. */
void pmem2_exact_registers_thread(unsigned cpu);

/* state: as a callback of EXACT_STEP has it. */
uint64_t pmem2_exact_stack_pointer(unsigned cpu, const void *state);

/* The address of an operand; without what is in it beside registers if it is partial. */
uint64_t pmem2_exact_address(const struct exact_operand *operand, unsigned cpu, const void *state);

#endif
