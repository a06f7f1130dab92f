/* SPDX-License-Identifier: BSD-3-Clause */
/* test_fault.c -- SIGBUS in guarded work, and the program's own handlers beside ours. */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "unit.h"

enum {
	PAGES = 4,
	THREADS = 4,
	ROUNDS = 300,
};

static size_t page;

/* the sanitizers turn a SIGBUS that kills into a report */
const char *__asan_default_options(void) __attribute__((__visibility__("default")));
const char *__asan_default_options(void)
{
	return "handle_sigbus=0";
}

const char *__tsan_default_options(void) __attribute__((__visibility__("default")));
const char *__tsan_default_options(void)
{
	return "handle_sigbus=0";
}

static void __attribute__((__constructor__)) set_page(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

/* A mapping of PAGES pages over a file of healthy pages: the others give SIGBUS. */
static char *mapping(size_t healthy)
{
	int fd = memfd_create("fault", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)(PAGES * page)), 0);
	char *map = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	memset(map, 'x', PAGES * page);
	ck_assert_int_eq(ftruncate(fd, (off_t)(healthy * page)), 0);
	close(fd);
	return map;
}

struct job {
	char *to;
	const char *from;
	size_t size;
};

static void copy(void *arg)
{
	const struct job *job = arg;

	memcpy(job->to, job->from, job->size);
}

/* Reads the whole mapping under guard. */
static int read_all(const char *map, const void **where)
{
	char *buf = malloc(PAGES * page);
	struct job job = {buf, map, PAGES * page};
	int ret = pmem2_fault_guard(map, PAGES * page, copy, &job, where);

	if (ret == 0)
		ck_assert_mem_eq(buf, map, PAGES * page);
	free(buf);
	return ret;
}

static void expect_guarded(void)
{
	const void *where = NULL;
	char *map = mapping(2);

	ck_assert_int_eq(read_all(map, &where), PMEM2_E_IO_FAIL);
	ck_assert_ptr_eq(where, map + 2 * page);
	munmap(map, PAGES * page);
}

START_TEST(healthy_memory_is_copied)
{
	const void *where = NULL;

	ck_assert_int_eq(read_all(mapping(PAGES), &where), 0);
	ck_assert_ptr_null(where);
}
END_TEST

START_TEST(fault_of_a_load_and_of_a_store_end_the_work)
{
	sigset_t mask;
	expect_guarded();
	sigprocmask(SIG_BLOCK, NULL, &mask);
	ck_assert(!sigismember(&mask, SIGBUS));

	char *map = mapping(3);
	const void *where = NULL;
	char buf[16] = "";
	struct job job = {map + 3 * page, buf, sizeof(buf)};
	ck_assert_int_eq(pmem2_fault_guard(map, PAGES * page, copy, &job, &where), PMEM2_E_IO_FAIL);
	ck_assert_ptr_eq(where, map + 3 * page);
}
END_TEST

static void *fault_often(void *arg)
{
	char *map = mapping(2);
	const void *where;

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		ck_assert_int_eq(read_all(map, &where), PMEM2_E_IO_FAIL);
		ck_assert_ptr_eq(where, map + 2 * page);
	}
	return NULL;
}

static void *copy_often(void *arg)
{
	const void *where;

	for (int i = 0; i < ROUNDS; i++)
		ck_assert_int_eq(read_all(arg, &where), 0);
	return NULL;
}

START_TEST(threads_fault_while_others_copy)
{
	char *healthy = mapping(PAGES);
	pthread_t threads[2 * THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		pthread_create(&threads[2 * i], NULL, fault_often, NULL);
		pthread_create(&threads[2 * i + 1], NULL, copy_often, healthy);
	}
	for (size_t i = 0; i < 2 * THREADS; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

/* ---- the program's handlers ---- */

static int first_calls, second_calls;
static struct sigaction before_second;
static sigjmp_buf out;
static sigset_t mask_inside;
static void *address_inside, *stack_inside;

static void first(int number, siginfo_t *info, void *context)
{
	char here;

	(void)number;
	(void)context;
	first_calls++;
	address_inside = info->si_addr;
	stack_inside = &here;
	sigprocmask(SIG_BLOCK, NULL, &mask_inside);
	siglongjmp(out, 1);
}

/* As programs do: what is not its own goes to the one that was there before. */
static void second(int number, siginfo_t *info, void *context)
{
	second_calls++;
	before_second.sa_sigaction(number, info, context);
}

static void install(void (*handler)(int, siginfo_t *, void *), int flags, struct sigaction *old)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

	sigaddset(&action.sa_mask, SIGUSR1);
	ck_assert_int_eq(sigaction(SIGBUS, &action, old), 0);
}

/* A fault that no guard covers. */
static void fault_by_program(void)
{
	char *map = mapping(0);

	if (sigsetjmp(out, 1) == 0) {
		*(volatile char *)map = 1;
		ck_abort_msg("the store to a cut file did not fault");
	}
	ck_assert_ptr_eq(address_inside, map);
	munmap(map, PAGES * page);
}

static void expect_calls(int of_first, int of_second)
{
	ck_assert_int_eq(first_calls, of_first);
	ck_assert_int_eq(second_calls, of_second);
}

START_TEST(handler_installed_before_gets_what_is_not_ours)
{
	install(first, 0, NULL);
	expect_guarded();
	expect_calls(0, 0);

	fault_by_program();
	expect_calls(1, 0);
	expect_guarded();
	fault_by_program();
	expect_calls(2, 0);
}
END_TEST

START_TEST(handler_installed_after_gets_what_is_not_ours)
{
	expect_guarded();
	install(first, 0, NULL);
	fault_by_program();
	expect_calls(1, 0);

	expect_guarded();
	fault_by_program();
	expect_calls(2, 0);
}
END_TEST

START_TEST(handler_that_chains_to_ours_is_called_once)
{
	install(first, 0, NULL);
	expect_guarded();
	install(second, 0, &before_second);
	expect_guarded();

	for (int i = 1; i <= 3; i++) {
		fault_by_program();
		expect_calls(i, i);
		expect_guarded();
	}

	/* it goes, and leaves what it found */
	ck_assert_int_eq(sigaction(SIGBUS, &before_second, NULL), 0);
	fault_by_program();
	expect_calls(4, 3);
	expect_guarded();

	/* and comes again */
	install(second, 0, &before_second);
	expect_guarded();
	fault_by_program();
	expect_calls(5, 4);
}
END_TEST

START_TEST(handler_runs_under_its_own_mask)
{
	if (unit_is_thread_sanitized()) {
		puts("not shown: ThreadSanitizer blocks all signals while a handler runs");
		return;
	}
	install(first, 0, NULL);
	expect_guarded();
	fault_by_program();
	ck_assert(sigismember(&mask_inside, SIGBUS));
	ck_assert(sigismember(&mask_inside, SIGUSR1));

	install(first, SA_NODEFER, NULL);
	expect_guarded();
	fault_by_program();
	ck_assert(!sigismember(&mask_inside, SIGBUS));
	ck_assert(sigismember(&mask_inside, SIGUSR1));
}
END_TEST

START_TEST(handler_runs_on_the_stack_of_its_choice)
{
	static char memory[64 * 1024];
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};

	ck_assert_int_eq(sigaltstack(&stack, NULL), 0);
	for (int alternate = 0; alternate < 2; alternate++) {
		install(first, alternate ? SA_ONSTACK : 0, NULL);
		expect_guarded();
		fault_by_program();

		bool inside = (uintptr_t)stack_inside - (uintptr_t)memory < sizeof(memory);
		ck_assert_int_eq(inside, alternate);
	}
}
END_TEST

/* Far enough that what is called later does not overwrite its traces. */
static __attribute__((__noinline__)) void guard_deep_down(const char *memory, struct job *job)
{
	volatile char depth[16 * 1024];
	const void *where;

	depth[0] = 0;
	pmem2_fault_guard(memory, PAGES * page, copy, job, &where);
	ck_abort_msg("the store to a cut file did not fault %d", depth[0]);
}

START_TEST(handler_may_leave_guarded_work_for_good)
{
	/* the fault is in the caller's buffer, not in the guarded memory */
	char *cut = mapping(0), *healthy = mapping(PAGES);
	struct job job = {cut, healthy, page};

	install(first, 0, NULL);
	if (sigsetjmp(out, 1) == 0)
		guard_deep_down(healthy, &job);

	/* what was guarded then is not any more */
	mremap(cut, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, healthy);
	if (sigsetjmp(out, 1) == 0) {
		*(volatile char *)healthy = 1;
		ck_abort_msg("the store to a cut file did not fault");
	}
	expect_calls(2, 0);
	expect_guarded();
}
END_TEST

static void nothing_0(int n)
{
	(void)n;
}
static void nothing_1(int n)
{
	(void)n;
}
static void nothing_2(int n)
{
	(void)n;
}
static void nothing_3(int n)
{
	(void)n;
}
static void nothing_4(int n)
{
	(void)n;
}
static void nothing_5(int n)
{
	(void)n;
}
static void nothing_6(int n)
{
	(void)n;
}
static void nothing_7(int n)
{
	(void)n;
}
static void nothing_8(int n)
{
	(void)n;
}

START_TEST(too_many_handlers_are_refused)
{
	void (*const handlers[])(int) = {nothing_0, nothing_1, nothing_2, nothing_3, nothing_4,
		nothing_5, nothing_6, nothing_7, nothing_8};
	const void *where;
	char *map = mapping(2);

	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 8; i++) {
			signal(SIGBUS, handlers[i]);
			expect_guarded();
		}

	signal(SIGBUS, handlers[8]);
	ck_assert_int_eq(read_all(map, &where), PMEM2_E_NOSUPP);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "handlers"));
	signal(SIGBUS, handlers[0]);
	expect_guarded();
}
END_TEST

/* ---- what kills still kills ---- */

/* The signal that ends a child which does this after a guarded call; 0: it exits. */
static int ended_by(void (*act)(void))
{
	pid_t child = fork();

	if (child == 0) {
		expect_guarded();
		act();
		_exit(0);
	}

	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void fault(void)
{
	*(volatile char *)mapping(0) = 1;
}

static void fault_while_ignored(void)
{
	signal(SIGBUS, SIG_IGN);
	expect_guarded();
	fault();
}

static void send(void)
{
	kill(getpid(), SIGBUS);
}

static void send_while_ignored(void)
{
	signal(SIGBUS, SIG_IGN);
	expect_guarded();
	send();
}

static void fault_twice_with_resethand(void)
{
	install(first, (int)SA_RESETHAND, NULL);
	expect_guarded();
	fault_by_program();
	expect_guarded();
	fault_by_program();
}

START_TEST(default_action_still_kills)
{
	ck_assert_int_eq(ended_by(fault), SIGBUS);
	ck_assert_int_eq(ended_by(send), SIGBUS);
	ck_assert_int_eq(ended_by(fault_while_ignored), SIGBUS);
	ck_assert_int_eq(ended_by(send_while_ignored), 0);
	ck_assert_int_eq(ended_by(fault_twice_with_resethand), SIGBUS);
}
END_TEST

/* ---- SIGBUS blocked ---- */

static void send_and_copy(void *arg)
{
	const struct job *job = arg;

	kill(getpid(), SIGBUS);
	copy(arg);
	((volatile char *)job->to)[0] = 'y';
}

START_TEST(blocked_sigbus_is_caught_and_stays_blocked)
{
	sigset_t set, now;

	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	expect_guarded();
	pthread_sigmask(SIG_BLOCK, NULL, &now);
	ck_assert(sigismember(&now, SIGBUS));

	sigpending(&now);
	ck_assert(!sigismember(&now, SIGBUS));
}
END_TEST

static void *copy_with_pending(void *arg)
{
	struct timespec no_time = {0};
	sigset_t set;
	siginfo_t info;
	const void *where;
	char *map = mapping(PAGES);
	char buf[16];
	struct job job = {buf, map, sizeof(buf)};

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	ck_assert_int_eq(pmem2_fault_guard(map, PAGES * page, send_and_copy, &job, &where), 0);
	ck_assert_int_eq(buf[0], 'y');
	ck_assert_int_eq(sigtimedwait(&set, &info, &no_time), SIGBUS);
	ck_assert_int_eq(info.si_code, SI_USER);
	ck_assert_int_eq(info.si_pid, getpid());
	return NULL;
}

START_TEST(signal_that_the_program_blocked_stays_pending)
{
	sigset_t set;
	pthread_t thread;

	if (is_emulated()) {
		puts("not shown: qemu-user does not keep a queued SIGBUS pending");
		return;
	}
	install(first, 0, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	copy_with_pending(NULL);
	pthread_create(&thread, NULL, copy_with_pending, NULL);
	pthread_join(thread, NULL);
	expect_calls(0, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {healthy_memory_is_copied,
		fault_of_a_load_and_of_a_store_end_the_work, threads_fault_while_others_copy,
		handler_installed_before_gets_what_is_not_ours,
		handler_installed_after_gets_what_is_not_ours,
		handler_that_chains_to_ours_is_called_once, handler_runs_under_its_own_mask,
		handler_runs_on_the_stack_of_its_choice, handler_may_leave_guarded_work_for_good,
		too_many_handlers_are_refused, default_action_still_kills,
		blocked_sigbus_is_caught_and_stays_blocked,
		signal_that_the_program_blocked_stays_pending, NULL};

	return unit_run("fault", tests);
}
