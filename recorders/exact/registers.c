/* SPDX-License-Identifier: BSD-3-Clause */
/* registers.c -- the program's registers. */
#include "registers.h"

#include <stdlib.h>
#include <string.h>

#include "qemu.h"
#include "threads.h"

enum { REGISTERS = 32, ARM_BEGIN = 8 }; /* AArch64's come after 64 bytes of those of 32 bits */

static bool is_arm, is_readable;

void pmem2_exact_registers_init(bool arm, bool readable)
{
	is_arm = arm;
	is_readable = readable;
}

/* ---- where QEMU reads them ---- */

static int number_of(const char *name)
{
	static const char *const x86[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};

	if (is_arm && strcmp(name, "sp") == 0)
		return EXACT_SP_ARM;
	if (is_arm)
		return name[0] == 'x' && name[1] >= '0' && name[1] <= '9' ? atoi(name + 1) : -1;
	for (int i = 0; i < 16; i++)
		if (strcmp(name, x86[i]) == 0)
			return i;
	return -1;
}

void pmem2_exact_registers_thread(unsigned cpu)
{
	struct exact_thread *t = pmem2_exact_thread(cpu);
	struct exact_array *all;

	if (!is_readable)
		return;
	all = qemu_plugin_get_registers();
	for (unsigned i = 0; i < all->count; i++) {
		const struct exact_register *r =
			(const struct exact_register *)(void *)all->data + i;
		int number = number_of(r->name);

		if (number >= 0 && number < REGISTERS)
			t->registers[number] = r->handle;
	}
	g_array_free(all, 1);
}

static uint64_t ask(unsigned cpu, int number)
{
	static __thread struct exact_array *bytes;
	void *handle = pmem2_exact_thread(cpu)->registers[number];
	uint64_t value = 0;

	if (bytes == NULL)
		bytes = g_byte_array_new();
	g_byte_array_set_size(bytes, 0);
	if (handle != NULL && qemu_plugin_read_register(handle, bytes) > 0)
		memcpy(&value, bytes->data, bytes->count < 8 ? bytes->count : 8);
	return value;
}

/* ---- one register ---- */

static uint64_t read_register(unsigned cpu, int number, const void *state)
{
	if (number < 0)
		return 0;
	if (is_readable)
		return ask(cpu, number);
	return ((const uint64_t *)state)[(is_arm ? ARM_BEGIN : 0) + number];
}

uint64_t pmem2_exact_stack_pointer(unsigned cpu, const void *state)
{
	return read_register(cpu, is_arm ? EXACT_SP_ARM : EXACT_SP_X86, state);
}

uint64_t pmem2_exact_address(const struct exact_operand *o, unsigned cpu, const void *state)
{
	uint64_t address = (uint64_t)o->displacement;

	address += read_register(cpu, o->base, state);
	/* as an index, AArch64's register 31 is zero */
	if (o->index >= 0 && !(is_arm && o->index == EXACT_SP_ARM))
		address += read_register(cpu, o->index, state) * o->scale;
	return address;
}
