/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * qemu.h -- the functions of QEMU's interface for plug-ins that this one calls, in words of its own.
 *
 * Interface 1 is that of QEMU 7.2: it has no function that reads a register. Interfaces from 2 on
 * have one; from 3 on the bytes of an instruction are copied out. What only some versions have
 * is weak, and NULL elsewhere.
 */
#ifndef EXACT_QEMU_H
#define EXACT_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opaque: a translated block and one of its instructions; valid while it is being translated. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;

struct exact_target {
	const char *name; /* "x86_64", "aarch64" */
	struct {
		int least, current;
	} version;
	bool whole_system;
};

enum { EXACT_NO_REGISTERS, EXACT_READS_REGISTERS }; /* what a callback may do */
enum { EXACT_MEMORY_WRITTEN = 2 };

typedef void (*exact_block_function)(uint64_t id, struct qemu_plugin_tb *block);
typedef void (*exact_thread_function)(uint64_t id, unsigned cpu);
typedef void (*exact_call_function)(uint64_t id, unsigned cpu, int64_t number, uint64_t a,
	uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h);
typedef void (*exact_return_function)(uint64_t id, unsigned cpu, int64_t number, int64_t result);
typedef void (*exact_end_function)(uint64_t id, void *arg);
typedef void (*exact_step_function)(unsigned cpu, void *arg);
typedef void (*exact_access_function)(unsigned cpu, uint32_t access, uint64_t address, void *arg);

/* ---- what is being translated ---- */

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t i);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
/* to be called as exact_insn_bytes says: its type is another from interface 3 on */
void qemu_plugin_insn_data(void);

/* ---- what is to be told ---- */

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, exact_block_function told);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, exact_step_function told,
	int registers, void *arg);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exact_step_function told,
	int registers, void *arg);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, exact_access_function told,
	int registers, int which, void *arg);
void qemu_plugin_register_vcpu_init_cb(uint64_t id, exact_thread_function told);
void qemu_plugin_register_vcpu_exit_cb(uint64_t id, exact_thread_function told);
void qemu_plugin_register_vcpu_syscall_cb(uint64_t id, exact_call_function told);
void qemu_plugin_register_vcpu_syscall_ret_cb(uint64_t id, exact_return_function told);
void qemu_plugin_register_atexit_cb(uint64_t id, exact_end_function told, void *arg);

/* ---- an access ---- */

unsigned qemu_plugin_mem_size_shift(uint32_t access);
bool qemu_plugin_mem_is_store(uint32_t access);

/* ---- registers, from interface 2 on; arrays are GLib's ---- */

struct exact_array {
	char *data;
	unsigned count;
};

struct exact_register {
	void *handle;
	const char *name;
	const char *feature;
};

__attribute__((weak)) struct exact_array *qemu_plugin_get_registers(void);
__attribute__((weak)) int qemu_plugin_read_register(void *handle, struct exact_array *bytes);
__attribute__((weak)) struct exact_array *g_byte_array_new(void);
__attribute__((weak)) struct exact_array *g_byte_array_set_size(struct exact_array *, unsigned);
__attribute__((weak)) char *g_array_free(struct exact_array *array, int with_data);

#endif
