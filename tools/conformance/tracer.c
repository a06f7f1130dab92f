/* SPDX-License-Identifier: BSD-3-Clause */
#include "tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CACHE = 1 << 14 };

/* Instructions by their address: code does not change while it is stepped through. */
static struct {
	uint64_t address;
	struct instruction instruction;
} cache[CACHE];

static bool wait_for(struct tracer *tracer)
{
	int status;

	if (waitpid(tracer->pid, &status, 0) != tracer->pid)
		return false;
	if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP)
		return true;
	if (WIFSTOPPED(status) && !tracer->shared->error[0])
		snprintf(tracer->shared->error, sizeof(tracer->shared->error), "signal %d",
			WSTOPSIG(status));
	else if (!WIFSTOPPED(status))
		tracer->pid = 0;
	return false;
}

void tracer_be_stepped(struct shared *shared)
{
	if (!ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		return;
	snprintf(shared->error, sizeof(shared->error), "ptrace: %s", strerror(errno));
	shared->forbidden = true;
	_exit(1);
}

bool tracer_start(struct tracer *tracer, victim_fn *victim, const void *setting)
{
	char path[64];

	memset(cache, 0, sizeof(cache));
	memset(tracer->shared, 0, sizeof(*tracer->shared));
	fflush(NULL);
	tracer->pid = fork();
	if (!tracer->pid) {
		victim(tracer->shared, setting);
		_exit(1);
	}
	if (tracer->pid < 0 || !wait_for(tracer) || !tracer->shared->ready)
		return false;
	ptrace(PTRACE_SETOPTIONS, tracer->pid, NULL, (void *)PTRACE_O_EXITKILL);

	snprintf(path, sizeof(path), "/proc/%d/mem", tracer->pid);
	tracer->memory = open(path, O_RDONLY | O_CLOEXEC);
	return tracer->memory >= 0;
}

void tracer_stop(struct tracer *tracer)
{
	if (tracer->pid > 0) {
		kill(tracer->pid, SIGKILL);
		waitpid(tracer->pid, NULL, 0);
	}
	close(tracer->memory);
}

static const struct instruction *instruction_at(struct tracer *tracer, uint64_t address)
{
	size_t slot = address % CACHE;

	if (cache[slot].address != address) {
		uint8_t bytes[INSTRUCTION_MAX] = {0};

		/* less may be there to read, at the end of a mapping */
		if (pread(tracer->memory, bytes, sizeof(bytes), (off_t)address) <= 0)
			perror("the victim's memory");
		cache[slot].address = address;
		cache[slot].instruction = decode(bytes);
	}
	return &cache[slot].instruction;
}

static uint64_t register_of(const struct user_regs_struct *registers, int number)
{
	const unsigned long long values[16] = {registers->rax, registers->rcx, registers->rdx,
		registers->rbx, registers->rsp, registers->rbp, registers->rsi, registers->rdi,
		registers->r8, registers->r9, registers->r10, registers->r11, registers->r12,
		registers->r13, registers->r14, registers->r15};

	return number == NO_REGISTER ? 0 : values[number];
}

static uint64_t operand_of(const struct instruction *in, const struct user_regs_struct *registers)
{
	return register_of(registers, in->base) + register_of(registers, in->index) * in->scale +
	       (uint64_t)in->displacement;
}

/* Stores outside the mapping are the victim's own business; partly outside they are not. */
static void store(struct tracer *tracer, uint64_t address, size_t bytes, bool stream)
{
	uint64_t at = address - (uint64_t)(uintptr_t)tracer->shared->base;

	if (at < AREA || at + bytes - 1 < AREA)
		lines_store(tracer->lines, at, bytes, stream);
}

static void masked_store(struct tracer *tracer, const struct instruction *in, uint64_t address)
{
	struct user_fpregs_struct floating;
	const uint8_t *mask = (const uint8_t *)floating.xmm_space + 16 * in->mask;

	if (ptrace(PTRACE_GETFPREGS, tracer->pid, NULL, &floating))
		perror("registers");
	for (size_t i = 0; i < 16; i++)
		if (mask[i] & 0x80)
			store(tracer, address + i, 1, true);
}

static void see(struct tracer *tracer, const struct instruction *in,
	const struct user_regs_struct *registers)
{
	uint64_t address = operand_of(in, registers);
	uint64_t at = address - (uint64_t)(uintptr_t)tracer->shared->base;

	switch (in->kind) {
	case STORE:
	case STREAM:
		if (in->has_memory)
			store(tracer, address, in->bytes, in->kind == STREAM);
		break;
	case STRING_STORE:
		store(tracer, registers->rdi, in->bytes, false);
		break;
	case MASKED_STREAM:
		masked_store(tracer, in, registers->rdi);
		break;
	case CLFLUSH:
	case CLFLUSHOPT:
	case CLWB:
		lines_flush(tracer->lines, at < AREA ? at : AREA - 1, in->kind);
		break;
	case FENCE:
		lines_fence(tracer->lines);
		break;
	case SYSCALL:
		if (registers->rax == SYS_msync && registers->rdx == MS_SYNC)
			lines_sync(tracer->lines,
				registers->rdi - (uint64_t)(uintptr_t)tracer->shared->base,
				registers->rsi);
		break;
	case OTHER:
		if (in->has_memory && at < AREA && !tracer->lines->broken)
			tracer->lines->broken =
				"an unknown instruction with an operand in the mapping";
		break;
	case HARMLESS:
	case TRAP:
		break;
	}
}

bool tracer_call(struct tracer *tracer, const struct call *call)
{
	tracer->shared->call = *call;
	for (;;) {
		struct user_regs_struct registers;

		if (ptrace(PTRACE_SINGLESTEP, tracer->pid, NULL, NULL) || !wait_for(tracer) ||
			ptrace(PTRACE_GETREGS, tracer->pid, NULL, &registers))
			return false;

		const struct instruction *in = instruction_at(tracer, registers.rip);

		if (in->kind == TRAP)
			break;
		see(tracer, in, &registers);
		tracer->steps++;
	}
	/* over the INT3, so that the next call begins behind it */
	return !ptrace(PTRACE_SINGLESTEP, tracer->pid, NULL, NULL) && wait_for(tracer);
}
