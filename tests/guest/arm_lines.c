/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm_lines.c FILE -- steps through flush, persist, memmove and memset of a mapping on AArch64, one
 * instruction at a time, and sees which addresses `dc cvap` was given (`dc cvadp`, when the best
 * variant's deep_persist is called): every line of the range must be among them, lines of the size
 * that CTR_EL0 tells, and a `dsb sy` after the last. Prints that size.
 *
 * It needs PMEM2_FORCE_GRANULARITY=CACHE_LINE, PMEM2_BACKEND_DIR, and a CPU with DC CVAP that is not
 * qemu-user's.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpmem2.h>
#include <libpmem2/backend.h>

#define DC_CVAP    UINT32_C(0xd50b7c20) /* and the register's number */
#define DC_CVADP   UINT32_C(0xd50b7d20)
#define DSB_SY     UINT32_C(0xd5033f9f)
#define REGISTER   UINT32_C(0x1f)
#define LINES      1024
#define FILE_SIZE  65536
#define WATCHED_AT 16384 /* offset of the range's page */
#define CHUNK      64    /* the library deals in, or in lines that are smaller */

static struct pmem2_map *map;
static char *base;
static size_t line;
static const struct pmem2_variant *variant; /* the map's */

/* What one call did. */
static struct {
	bool flushed[LINES];  /* by line, from WATCHED_AT - 4096 on */
	size_t flushes, deep; /* deep ones among them */
	bool fenced;          /* since the last flush */
} seen;

enum operation {
	PERSIST,
	FLUSH,
	FLUSH_DRAIN,
	MEMMOVE,
	MEMMOVE_NODRAIN,
	MEMSET,
	MEMSET_NOFLUSH,
	DEEP,
};

static const char *const names[] = {"persist", "flush", "flush, drain", "memmove",
	"memmove NODRAIN", "memset", "memset NOFLUSH", "deep_persist"};

static void die(const char *what)
{
	fprintf(stderr, "arm_lines: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void open_map(const char *path)
{
	struct pmem2_config *config;
	struct pmem2_source *source;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, FILE_SIZE) != 0)
		die(path);
	if (pmem2_source_from_fd(&source, fd) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_CACHE_LINE) ||
		pmem2_map_new(&map, config, source)) {
		fprintf(stderr, "arm_lines: %s\n", pmem2_errormsg());
		exit(2);
	}
	base = pmem2_map_get_address(map);
}

static void find_variant(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/arm_dccvap.so", getenv("PMEM2_BACKEND_DIR"));
	void *module = dlopen(path, RTLD_NOW);
	const struct pmem2_backend *backend = module ? dlsym(module, "pmem2_backend_v1") : NULL;

	if (backend == NULL) {
		fprintf(stderr, "arm_lines: %s\n", dlerror());
		exit(2);
	}
	for (size_t i = 0; backend->variants[i] != NULL; i++) {
		if (strcmp(backend->variants[i]->name, pmem2_map_get_backend_name(map)) == 0)
			variant = backend->variants[i];
	}
	if (variant == NULL)
		die("no such variant");
}

static void call(enum operation operation, char *at, size_t size)
{
	static char other[8192];

	switch (operation) {
	case PERSIST:
		pmem2_get_persist_fn(map)(at, size);
		break;
	case FLUSH:
	case FLUSH_DRAIN:
		pmem2_get_flush_fn(map)(at, size);
		if (operation == FLUSH_DRAIN)
			pmem2_get_drain_fn(map)();
		break;
	case MEMMOVE:
		pmem2_get_memmove_fn(map)(at, other, size, 0);
		break;
	case MEMMOVE_NODRAIN:
		pmem2_get_memmove_fn(map)(at, other, size, PMEM2_F_MEM_NODRAIN);
		break;
	case MEMSET:
		pmem2_get_memset_fn(map)(at, 1, size, 0);
		break;
	case MEMSET_NOFLUSH:
		pmem2_get_memset_fn(map)(at, 1, size, PMEM2_F_MEM_NOFLUSH);
		break;
	case DEEP: /* the library's own deep flush of a file is msync(2) */
		variant->deep_persist(at, size);
		break;
	}
}

static size_t line_of(uintptr_t address)
{
	return (address - (uintptr_t)base - WATCHED_AT + 4096) / line;
}

static void look_at_instruction(pid_t child)
{
	struct user_regs_struct registers;
	struct iovec vector = {.iov_base = &registers, .iov_len = sizeof(registers)};

	if (ptrace(PTRACE_GETREGSET, child, (void *)(uintptr_t)NT_PRSTATUS, &vector) != 0)
		die("registers");
	errno = 0;
	uint32_t instruction =
		(uint32_t)ptrace(PTRACE_PEEKTEXT, child, (void *)(uintptr_t)registers.pc, NULL);

	if (errno != 0)
		die("instruction");
	bool deep = (instruction & ~REGISTER) == DC_CVADP;
	if (deep || (instruction & ~REGISTER) == DC_CVAP) {
		unsigned number = instruction & REGISTER;
		uintptr_t address = number == 31 ? 0 : registers.regs[number];

		if (line_of(address) < LINES)
			seen.flushed[line_of(address)] = true;
		seen.flushes++;
		seen.deep += deep;
		seen.fenced = false;
	} else if (instruction == DSB_SY) {
		seen.fenced = true;
	}
}

/* Runs the call in a child, between two signals, and fills in `seen`. */
static void step_through(enum operation operation, size_t offset, size_t size)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		call(operation, base + WATCHED_AT + offset, size);
		raise(SIGUSR1);
		_exit(0);
	}
	memset(&seen, 0, sizeof(seen));
	if (child < 0 || waitpid(child, &status, 0) != child)
		die("child");
	while (WIFSTOPPED(status) && WSTOPSIG(status) != SIGUSR1) {
		look_at_instruction(child);
		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 ||
			waitpid(child, &status, 0) != child)
			die("step");
	}
	if (!WIFSTOPPED(status)) {
		fprintf(stderr, "arm_lines: %s died\n", names[operation]);
		exit(1);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

static const char *judge(enum operation operation, size_t offset, size_t size)
{
	uintptr_t begin = (uintptr_t)base + WATCHED_AT + offset;

	size_t step = line < CHUNK ? line : CHUNK;
	size_t deep = operation == DEEP && strstr(variant->name, "-deep-") ? seen.flushes : 0;

	if (seen.deep != deep)
		return "dc cvap and dc cvadp mixed up";
	if (operation == MEMSET_NOFLUSH)
		return seen.flushes > 0 ? "something was flushed" : NULL;
	for (size_t i = line_of(begin); i <= line_of(begin + size - 1); i++) {
		if (!seen.flushed[i])
			return "a line was not flushed";
	}
	if (operation != FLUSH && operation != MEMMOVE_NODRAIN && !seen.fenced)
		return "no dsb sy after the last flush";
	/* flushing a neighbour is allowed, far more than the range is a mistake */
	return seen.flushes > size / step + 2 + 128 / step ? "too many flushes" : NULL;
}

int main(int argc, char *argv[])
{
	static const size_t offsets[] = {0, 1, 31, 32, 63, 96};
	static const size_t sizes[] = {1, 8, 31, 33, 64, 65, 300, 4096};
	int failures = 0;
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	line = (size_t)4 << (ctr >> 16 & 15); /* DminLine: log2 of words of 4 bytes */
	if (argc != 2)
		return 2;
	open_map(argv[1]);
	find_variant();
	for (enum operation op = PERSIST; op <= DEEP; op++) {
		for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
			for (size_t j = 0; j < sizeof(sizes) / sizeof(*sizes); j++) {
				step_through(op, offsets[i], sizes[j]);
				const char *wrong = judge(op, offsets[i], sizes[j]);

				if (wrong == NULL)
					continue;
				printf("%s of %zu bytes at %zu: %s\n", names[op], sizes[j],
					offsets[i], wrong);
				failures++;
			}
		}
	}
	printf("line %zu, %s, %d failures\n", line, variant->name, failures);
	return failures != 0;
}
