/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * plugin.c -- a plug-in for QEMU's user mode that records what a program does to the files that it maps.
 *
 * It takes its settings from the environment: PMEM2_EXACT_TRACE, where the trace goes,
 * PMEM2_EXACT_PROGRAM, the path of the program, PMEM2_EXACT_ACK, the file that is watched,
 * and PMEM2_EXACT_OPS, whether standard input is.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "compare.h"
#include "events.h"
#include "qemu.h"
#include "record.h"
#include "refuse.h"
#include "registers.h"
#include "selftest.h"

#define EXPORTED __attribute__((visibility("default")))

extern int qemu_plugin_version;
int qemu_plugin_install(uint64_t id, const struct exact_target *target, int argc, char **argv);

/* QEMU reads it before it calls anything: the interface that is wanted. */
EXPORTED int qemu_plugin_version = 1;

static int interface;
static bool is_arm, is_readable;

__attribute__((constructor)) static void choose_interface(void)
{
	is_readable = qemu_plugin_read_register != NULL;
	qemu_plugin_version = is_readable ? 2 : 1;
}

/* ---- translation ---- */

static size_t copy_bytes(const struct qemu_plugin_insn *insn, uint8_t *bytes, size_t room)
{
	const union {
		void (*any)(void);
		const void *(*pointed_to)(const struct qemu_plugin_insn *);
		size_t (*copied)(const struct qemu_plugin_insn *, void *, size_t);
	} data = {.any = qemu_plugin_insn_data};
	size_t size = qemu_plugin_insn_size(insn);

	size = size < room ? size : room;
	/* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): one function, whatever it is declared as */
	if (interface >= 3)
		return data.copied(insn, bytes, size);
	memcpy(bytes, data.pointed_to(insn), size);
	/* NOLINTEND(clang-analyzer-core.CallAndMessage) */
	return size;
}

static void watch_memory(struct qemu_plugin_insn *q, struct exact_insn *insn)
{
	if (pmem2_exact_threads_several() || insn->hidden || (insn->flags & PF_STORE_LOCKED) != 0)
		qemu_plugin_register_vcpu_insn_exec_cb(q, pmem2_exact_on_before,
			EXACT_READS_REGISTERS, insn);
	qemu_plugin_register_vcpu_mem_cb(q, pmem2_exact_on_store, EXACT_NO_REGISTERS,
		EXACT_MEMORY_WRITTEN, insn);
}

static void watch(struct qemu_plugin_insn *q, struct exact_insn *insn)
{
	if (insn->kind == EXACT_STORE)
		watch_memory(q, insn);
	else if (insn->kind == EXACT_FLUSH)
		qemu_plugin_register_vcpu_insn_exec_cb(q, pmem2_exact_on_flush,
			EXACT_READS_REGISTERS, insn);
	else if (insn->kind == EXACT_DRAIN)
		qemu_plugin_register_vcpu_insn_exec_cb(q, pmem2_exact_on_drain, EXACT_NO_REGISTERS,
			insn);
	if (insn->call)
		qemu_plugin_register_vcpu_insn_exec_cb(q, pmem2_exact_on_call,
			EXACT_READS_REGISTERS, insn);
	if (insn->ret)
		qemu_plugin_register_vcpu_insn_exec_cb(q, pmem2_exact_on_return,
			EXACT_READS_REGISTERS, insn);
}

/* The registers are in the CPU's state only at the begin of a block, which has to be each instruction then. */
static void check_block(const struct qemu_plugin_tb *block)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(block, 0);
	static bool checked;

	if (!is_readable && qemu_plugin_tb_n_insns(block) > 1)
		pmem2_exact_refuse("this QEMU has to be started with -singlestep");
	if (!checked)
		pmem2_exact_base =
			(uintptr_t)qemu_plugin_insn_haddr(first) - qemu_plugin_insn_vaddr(first);
	checked = true;
}

static void on_translation(uint64_t id, struct qemu_plugin_tb *block)
{
	size_t count = qemu_plugin_tb_n_insns(block);
	bool several = pmem2_exact_threads_several();

	(void)id;
	check_block(block);
	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *q = qemu_plugin_tb_get_insn(block, i);
		uint8_t bytes[16];
		size_t length = copy_bytes(q, bytes, sizeof(bytes));
		struct exact_insn *insn =
			pmem2_exact_insn(qemu_plugin_insn_vaddr(q), bytes, length, is_arm);

		if (insn == NULL)
			pmem2_exact_refuse("no memory for the program's instructions");
		if (i == 0 && several && insn->kind != EXACT_STORE)
			qemu_plugin_register_vcpu_tb_exec_cb(block, pmem2_exact_on_block,
				EXACT_NO_REGISTERS, NULL);
		watch(q, insn);
	}
}

/* ---- threads and the end ---- */

static void on_thread(uint64_t id, unsigned cpu)
{
	(void)id;
	pmem2_exact_threads_begin(cpu);
	pmem2_exact_registers_thread(cpu);
}

static void on_thread_end(uint64_t id, unsigned cpu)
{
	(void)id;
	pmem2_exact_settle(pmem2_exact_thread(cpu));
	pmem2_exact_threads_end(cpu);
}

static void on_end(uint64_t id, void *arg)
{
	static const struct exact_thread nobody;

	(void)id;
	(void)arg;
	pmem2_exact_settle_all();
	pmem2_exact_compare_all(&nobody);
	if (pmem2_exact_threads_forced() > 0)
		pmem2_exact_record_note(
			"the order of stores of several threads is not sure: a thread "
			"waited in vain %lu times",
			pmem2_exact_threads_forced());
	pmem2_exact_record_exit();
}

static void on_fork(void)
{
	pmem2_exact_threads_forked();
	pmem2_exact_record_forked();
}

/* ---- the begin ---- */

static bool is_known_target(const struct exact_target *target)
{
	return !target->whole_system &&
	       (strcmp(target->name, "x86_64") == 0 || strcmp(target->name, "aarch64") == 0);
}

static void take_settings(void)
{
	const char *trace = getenv("PMEM2_EXACT_TRACE"), *program = getenv("PMEM2_EXACT_PROGRAM");
	const char *watched = getenv("PMEM2_EXACT_ACK"), *socket = getenv("PMEM2_EXACT_ACK_SOCKET");

	if (trace == NULL || program == NULL)
		pmem2_exact_refuse(
			"PMEM2_EXACT_TRACE and PMEM2_EXACT_PROGRAM have to be set; pmem2 "
			"crashtest --exact does that");
	pmem2_exact_record_init(strdup(trace), strdup(program),
		watched != NULL ? strdup(watched) : NULL, socket != NULL ? atoi(socket) : 0,
		getenv("PMEM2_EXACT_OPS") != NULL);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the record keeps them */
	pmem2_exact_nameless = getenv("PMEM2_EXACT_SELFTEST") != NULL;
}

EXPORTED int qemu_plugin_install(uint64_t id, const struct exact_target *target, int argc,
	char **argv)
{
	(void)argc;
	(void)argv;
	interface = target->version.current;
	is_arm = strcmp(target->name, "aarch64") == 0;
	if (!is_known_target(target))
		pmem2_exact_refuse(
			"programs for %s are not known here: x86_64 and aarch64, in user "
			"mode, are",
			target->name);
	take_settings();
	if (!pmem2_exact_nameless)
		pmem2_exact_selftest(is_arm, is_readable);

	pmem2_exact_locks_drain = !is_arm;
	pmem2_exact_registers_init(is_arm, is_readable);
	pmem2_exact_calls_init(is_arm);
	pthread_atfork(NULL, NULL, on_fork);
	qemu_plugin_register_vcpu_init_cb(id, on_thread);
	qemu_plugin_register_vcpu_exit_cb(id, on_thread_end);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_vcpu_syscall_cb(id, pmem2_exact_on_enter);
	qemu_plugin_register_vcpu_syscall_ret_cb(id, pmem2_exact_on_leave);
	qemu_plugin_register_atexit_cb(id, on_end, NULL);
	return 0;
}
