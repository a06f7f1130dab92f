/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.c -- work on mapped memory that may raise SIGBUS. */
#include "fault.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error.h"

/* Guarded work of one thread. volatile: what the handler writes. */
struct guard {
	uintptr_t begin;
	uintptr_t end;
	volatile uintptr_t where; /* of the fault */
	struct guard *outer;      /* of the work that a signal handler interrupted with its own */
	sigjmp_buf escape;
	bool was_blocked;        /* SIGBUS, before the work */
	volatile bool held_back; /* a SIGBUS arrived that the program had blocked */
	siginfo_t held;
};

/* initial-exec: the other models may allocate at first use, which a signal handler must not */
static _Thread_local struct guard *volatile current __attribute__((__tls_model__("initial-exec")));

/*
 * The program may install a handler after ours, which then calls ours for what is not its own,
 * because sigaction(2) answered ours as the one before. If ours is then put in front again, one
 * and the same function would be in the chain twice, and the chain go round for ever. So
 * each program's handler that was ever seen gets an entry of its own to be called from.
 */
enum {
	HOPS = 8,
};

struct hop {
	struct sigaction next; /* the program's, constant from before the entry is installed */
	atomic_bool reset;     /* SA_RESETHAND has taken effect */
};

static struct hop hops[HOPS];
static size_t hop_count; /* under install_lock */
static pthread_mutex_t install_lock = PTHREAD_MUTEX_INITIALIZER;

/* Whether the kernel sent it for what this thread's present instruction did. */
static bool is_synchronous(const siginfo_t *info)
{
	return info->si_code > 0 && info->si_code != BUS_MCEERR_AO;
}

static void default_action(int number, const siginfo_t *info)
{
	struct sigaction fallback = {.sa_handler = SIG_DFL};

	/* an instruction that faulted does so again on return, and the core dump shows it */
	sigaction(number, &fallback, NULL);
	if (!is_synchronous(info))
		raise(number);
}

static bool is_default(const struct sigaction *action)
{
	return (action->sa_flags & SA_SIGINFO) == 0 && action->sa_handler == SIG_DFL;
}

static bool is_ignore(const struct sigaction *action)
{
	return (action->sa_flags & SA_SIGINFO) == 0 && action->sa_handler == SIG_IGN;
}

/* Calls the program's handler under the mask that the kernel would have given it. */
static void call_next(struct hop *hop, int number, siginfo_t *info, void *context)
{
	const struct sigaction *next = &hop->next;

	if (is_ignore(next) && !is_synchronous(info))
		return;
	if (is_default(next) || is_ignore(next) || atomic_load(&hop->reset)) {
		default_action(number, info);
		return;
	}
	if ((next->sa_flags & (int)SA_RESETHAND) != 0)
		atomic_store(&hop->reset, true);

	sigset_t mask = next->sa_mask;
	sigset_t before;
	if ((next->sa_flags & SA_NODEFER) == 0)
		sigaddset(&mask, number);
	pthread_sigmask(SIG_BLOCK, &mask, &before);

	if ((next->sa_flags & SA_SIGINFO) != 0)
		next->sa_sigaction(number, info, context);
	else
		next->sa_handler(number);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_sigbus(struct hop *hop, int number, siginfo_t *info, void *context)
{
	struct guard *guard = current;

	if (guard != NULL && is_synchronous(info)) {
		uintptr_t address = (uintptr_t)info->si_addr;

		if (address >= guard->begin && address < guard->end) {
			guard->where = address;
			siglongjmp(guard->escape, 1);
		}
	}
	if (guard != NULL && guard->was_blocked && !is_synchronous(info)) {
		guard->held = *info;
		guard->held_back = true;
		return;
	}

	/* the program's handler may leave by siglongjmp, and the work with it */
	current = NULL;
	call_next(hop, number, info, context);
	current = guard;
}

/* The entries: a function each, since a handler learns nothing of who installed it. */
#define ENTRY(n) \
	static void entry_##n(int number, siginfo_t *info, void *context) \
	{ \
		on_sigbus(&hops[n], number, info, context); \
	}
ENTRY(0)
ENTRY(1)
ENTRY(2)
ENTRY(3)
ENTRY(4)
ENTRY(5)
ENTRY(6)
ENTRY(7)

static void (*const entries[HOPS])(int, siginfo_t *, void *) = {entry_0, entry_1, entry_2, entry_3,
	entry_4, entry_5, entry_6, entry_7};

static bool is_ours(const struct sigaction *action)
{
	if ((action->sa_flags & SA_SIGINFO) == 0)
		return false;

	for (size_t i = 0; i < hop_count; i++)
		if (action->sa_sigaction == entries[i])
			return true;

	return false;
}

static bool same(const struct sigaction *a, const struct sigaction *b)
{
	const int flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESTART | (int)SA_RESETHAND;

	if (is_default(a) || is_default(b))
		return is_default(a) && is_default(b);
	if ((a->sa_flags & flags) != (b->sa_flags & flags) || a->sa_handler != b->sa_handler)
		return false;

	for (int number = 1; number < NSIG; number++)
		if (sigismember(&a->sa_mask, number) != sigismember(&b->sa_mask, number))
			return false;

	return true;
}

/* The number of the entry that goes on to the program's action; HOPS: there is no room. */
static size_t entry_before(const struct sigaction *action)
{
	for (size_t i = 0; i < hop_count; i++)
		if (same(&hops[i].next, action)) {
			atomic_store(&hops[i].reset, false);
			return i;
		}

	if (hop_count == HOPS)
		return HOPS;

	hops[hop_count].next = *action;
	return hop_count++;
}

/* Puts our handler in front of the program's, unless it is there. */
static int install(void)
{
	for (;;) {
		struct sigaction found;
		struct sigaction replaced;

		sigaction(SIGBUS, NULL, &found);
		if (is_ours(&found))
			return 0;

		size_t entry = entry_before(&found);
		if (entry == HOPS)
			return pmem2_err(PMEM2_E_NOSUPP,
				"the program has had %d different handlers of SIGBUS, more than "
				"can be told apart",
				HOPS);

		/* SA_NODEFER: else siglongjmp would leave SIGBUS blocked; the stack is theirs to
		 * choose */
		int as_theirs = is_default(&found) ? SA_ONSTACK | SA_RESTART : found.sa_flags;
		struct sigaction ours = {
			.sa_sigaction = entries[entry],
			.sa_flags =
				SA_SIGINFO | SA_NODEFER | (as_theirs & (SA_ONSTACK | SA_RESTART)),
		};
		sigaction(SIGBUS, &ours, &replaced);
		if (same(&replaced, &found))
			return 0;

		/* the program installed another one in between: back with it, and look again */
		sigaction(SIGBUS, &replaced, NULL);
	}
}

static int ensure_installed(void)
{
	pthread_mutex_lock(&install_lock);
	int ret = install();
	pthread_mutex_unlock(&install_lock);

	return ret;
}

/* Sends a signal again to the thread, or the process, that it was sent to; the program has it blocked, so it stays pending. */
static void send_again(siginfo_t *info)
{
	if (info->si_code == SI_TKILL || info->si_code > 0)
		syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, info);
	else if (syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, info) != 0)
		kill(getpid(),
			SIGBUS); /* not the main thread: it cannot pass on a kill(2) as it was */
}

/* Whether the work came to its end. */
static bool run(struct guard *guard, void (*work)(void *), void *arg)
{
	sigset_t sigbus;
	sigset_t before;

	sigemptyset(&sigbus);
	sigaddset(&sigbus, SIGBUS);
	pthread_sigmask(SIG_BLOCK, NULL, &before);
	guard->was_blocked = sigismember(&before, SIGBUS) == 1;
	guard->outer = current;

	bool faulted = sigsetjmp(guard->escape, 0) != 0;
	if (faulted) {
		/* who wraps sigaction, as ThreadSanitizer does, may have blocked more than we asked */
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	} else {
		current = guard;
		/* a fault while SIGBUS is blocked kills, whatever the handler */
		if (guard->was_blocked)
			pthread_sigmask(SIG_UNBLOCK, &sigbus, NULL);
		atomic_signal_fence(memory_order_seq_cst); /* the work stays inside */
		work(arg);
		atomic_signal_fence(memory_order_seq_cst);
		if (guard->was_blocked)
			pthread_sigmask(SIG_BLOCK, &sigbus, NULL);
	}
	current = guard->outer;

	return !faulted;
}

int pmem2_fault_guard(const void *memory, size_t size, void (*work)(void *), void *arg,
	const void **where)
{
	int ret = ensure_installed();

	if (ret != 0)
		return ret;

	struct guard guard = {
		.begin = (uintptr_t)memory,
		.end = (uintptr_t)memory + size,
	};
	bool whole = run(&guard, work, arg);

	if (guard.held_back)
		send_again(&guard.held);
	if (whole)
		return 0;

	*where = (const void *)guard.where;
	return PMEM2_E_IO_FAIL;
}
