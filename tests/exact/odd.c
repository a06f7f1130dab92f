/* SPDX-License-Identifier: BSD-3-Clause */
/* odd FILE HOW: stores in ways that are hard to follow. */
#include "raw.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>

enum { SIZE = 65536, AREA = 4096 }; /* bytes */

static char *base;
static volatile uint64_t ticks;
static sigjmp_buf out;
static ucontext_t outer, inner;

static void work(void)
{
	volatile uint64_t *words = (volatile uint64_t *)(void *)base;

	for (uint64_t i = 0; i < AREA / sizeof(*words); i++)
		words[i] = i * 5 + 1 + ticks;
}

static void store_far(uint64_t n)
{
	((volatile uint64_t *)(void *)(base + 3 * AREA))[n % 512] = n + 1;
}

static void tick(int signal)
{
	(void)signal;
	((volatile uint64_t *)(void *)(base + AREA))[ticks % 512] = ticks;
	ticks++;
	persist(base + AREA, 8);
}

static void after_fork(void)
{
	work();
	if (fork() == 0) {
		for (int i = 0; i < 100; i++)
			base[2 * AREA + i] = (char)(i + 3);
		persist(base + 2 * AREA, 100);
		_exit(0);
	}
	wait(NULL);
	store_far(4);
}

static void after_vfork(void)
{
	work();
	if (vfork() == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	store_far(5);
}

static void under_signals(void)
{
	struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};

	signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &often, NULL);
	while (ticks < 20)
		work();
	setitimer(ITIMER_REAL, &never, NULL);
}

static void leave(int signal)
{
	(void)signal;
	siglongjmp(out, 1);
}

static void with_own_handler(void)
{
	signal(SIGSEGV, leave);
	work();
	if (sigsetjmp(out, 1) == 0)
		*(volatile int *)8 = 1;
	store_far(6);
}

static void with_signals_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	work();
	persist(base, AREA);
}

static void coroutine(void)
{
	char text[16];

	snprintf(text, sizeof(text), "x%d", 3);
	memcpy(base + AREA, text, 4);
	work();
}

static void on_small_stack(void)
{
	static char stack[16384] __attribute__((aligned(64)));

	getcontext(&inner);
	inner.uc_stack.ss_sp = stack;
	inner.uc_stack.ss_size = sizeof(stack);
	inner.uc_link = &outer;
	makecontext(&inner, coroutine, 0);
	swapcontext(&outer, &inner);
}

/* Code that is made, run, changed, and run again. */
static void generated(void)
{
#ifdef __x86_64__
	unsigned char code[] = {0x48, 0xc7, 0x07, 0x2a, 0, 0, 0, /* movq $42, (%rdi) */
		0x66, 0x0f, 0xae, 0x37, 0x0f, 0xae, 0xf8, 0xc3}; /* clwb (%rdi); sfence; ret */
	unsigned char *at = mmap(NULL, AREA, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void (*run)(void *);

	memcpy(&run, &at, sizeof(run));
	for (int i = 0; i < 3; i++) {
		code[3] = (unsigned char)(0x2a + i);
		memcpy(at, code, sizeof(code));
		run(base + 64 * i);
	}
#else
	work();
#endif
}

static void moved(void)
{
	char *other;

	work();
	base = mremap(base, SIZE, 2 * AREA, 0);
	base[AREA + 9] = 1;
	other = mmap(NULL, 8 * AREA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	base = mremap(base, 2 * AREA, 2 * AREA, MREMAP_MAYMOVE | MREMAP_FIXED, other);
	base[AREA + 10] = 2;
	munmap(base, AREA);
	base[AREA + 11] = 3;
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*run)(void);
	} ways[] = {{"fork", after_fork}, {"vfork", after_vfork}, {"signals", under_signals},
		{"handler", with_own_handler}, {"blocked", with_signals_blocked},
		{"small-stack", on_small_stack}, {"generated", generated}, {"moved", moved}};

	if (argc != 3)
		return 2;
	base = map_file(argv[1], SIZE);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[2], ways[i].name) == 0) {
			ways[i].run();
			return 0;
		}
	return 2;
}
