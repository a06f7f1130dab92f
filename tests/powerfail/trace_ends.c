/* SPDX-License-Identifier: BSD-3-Clause */
/* The trace of a program that is killed, leaves, forks, or makes life hard for it. */
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

/* ---- however it ends ---- */

static volatile uint64_t *done; /* shared with the program */

static void program_of_many_flushes(void)
{
	struct mapped m = map_file("file", 0);

	for (uint64_t i = 1;; i++) {
		memcpy(m.base + i % 200 * 64, &i, 8);
		m.persist(m.base + i % 200 * 64, 8);
		*done = i;
	}
}

static void program_that_leaves(void)
{
	struct mapped m = map_file("file", 0);

	memcpy(m.base, "one", 3);
	m.persist(m.base, 3);
	_exit(3);
}

START_TEST(killed)
{
	struct replay r;
	uint64_t last;

	done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < 5; i++) {
		pid_t pid;

		*done = 0;
		unlink("trace");
		pid = fork();
		if (pid == 0) {
			setpgid(0, 0); /* which is killed, with the program in it */
			run(program_of_many_flushes, "CACHE_LINE");
			_exit(0);
		}
		while (*done < 20000u * (unsigned)i + 1000)
			usleep(1000);
		kill(-pid, SIGKILL);
		while (wait(NULL) > 0) /* also the program, which is this process's by then */
			;

		last = *done;
		replay_all(&r, "trace");
		ck_assert(!r.exited);
		ck_assert_uint_ge(r.report->drains, last);
		ck_assert_uint_le(r.report->drains, last + 1);
		ck_assert_mem_eq(durable(&r, 0, last % 200 * 64), &last, 8);
		replay_close(&r);
	}
}
END_TEST

START_TEST(left)
{
	struct replay r;

	ck_assert_int_eq(WEXITSTATUS(run(program_that_leaves, "CACHE_LINE")), 3);
	replay_all(&r, "trace");
	ck_assert(!r.exited);
	ck_assert_str_eq(durable(&r, 0, 0), "one");
	replay_close(&r);
}
END_TEST

/* ---- signals ---- */

static int deadly; /* the signal that the program dies of */

static void program_that_dies(void)
{
	struct mapped m = map_file("file", 0);

	memcpy(m.base, "one", 3);
	m.persist(m.base, 3);
	memcpy(m.base + 64, "two", 3);
	m.flush(m.base + 64, 3);
	signal(deadly, SIG_DFL); /* check has handlers of its own */
	raise(deadly);
}

START_TEST(signalled)
{
	static const int signals[] = {SIGTERM, SIGSEGV, SIGABRT, SIGKILL, SIGBUS};
	const struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct replay r;

		deadly = signals[i];
		unlink("trace");
		unlink("file");
		ck_assert_int_eq(WTERMSIG(run(program_that_dies, "CACHE_LINE")), deadly);
		replay_all(&r, "trace");
		ck_assert(!r.exited);
		ck_assert_str_eq(durable(&r, 0, 0), "one");
		ck_assert_str_eq(durable(&r, 0, 64), "");
		ck_assert_uint_eq(replay_pending(&r), 1);
		replay_close(&r);
	}
}
END_TEST

static struct mapped interrupted;
static volatile sig_atomic_t interruptions;

static void persist_too(int signal)
{
	(void)signal;
	interruptions++;
	memcpy(interrupted.base + 64, "handler", 8);
	interrupted.persist(interrupted.base + 64, 8);
}

static void program_with_handler(void)
{
	const struct itimerval often = {{0, 200}, {0, 200}};

	interrupted = map_file("file", 0);
	signal(SIGALRM, persist_too);
	setitimer(ITIMER_REAL, &often, NULL);
	for (uint64_t i = 1; i <= 100000 || interruptions < 20; i++) {
		memcpy(interrupted.base + 128, &i, 8);
		interrupted.persist(interrupted.base + 128, 8);
		*done = i;
	}
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	raise(SIGALRM); /* all others may have interrupted an operation, and are not followed */
}

/* A handler may persist, and its thread does not wait for itself. */
START_TEST(handlers)
{
	struct replay r;
	uint64_t last;

	done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_int_eq(run(program_with_handler, "CACHE_LINE"), 0);
	last = *done;
	replay_all(&r, "trace");
	ck_assert(r.exited);
	ck_assert_mem_eq(durable(&r, 0, 128), &last, 8);
	ck_assert_str_eq(durable(&r, 0, 64), "handler");
	ck_assert_uint_ge(r.report->drains, last);
	replay_close(&r);
}
END_TEST

/* ---- processes ---- */

static void program_that_forks(void)
{
	struct mapped m = map_file("file", 0);
	pid_t pid;

	memcpy(m.base, "parent", 6);
	m.persist(m.base, 6);
	memcpy(m.base + 64, "pending", 7);
	m.flush(m.base + 64, 7);
	pid = fork();
	if (pid == 0) {
		m.drain(); /* of nothing: the flush was another process's */
		memcpy(m.base + 128, "child", 5);
		m.persist(m.base + 128, 5);
		exit(0);
	}
	waitpid(pid, NULL, 0);
	m.drain();
}

START_TEST(forked)
{
	struct replay r;
	glob_t found;

	run_and_replay(&r, program_that_forks, "CACHE_LINE");
	ck_assert_str_eq(durable(&r, 0, 0), "parent");
	ck_assert_str_eq(durable(&r, 0, 64), "pending");
	ck_assert_str_eq(durable(&r, 0, 128), "child");
	replay_close(&r);

	ck_assert_int_eq(glob("trace.*", 0, NULL, &found), 0);
	ck_assert_uint_eq(found.gl_pathc, 1);
	replay_all(&r, found.gl_pathv[0]);
	ck_assert_str_eq(durable(&r, 0, 0), "parent");
	ck_assert_str_eq(durable(&r, 0, 64), "");
	ck_assert_str_eq(durable(&r, 0, 128), "child");
	ck_assert_uint_eq(r.report->count[PF_EMPTY_DRAIN], 1);
	replay_close(&r);
	globfree(&found);
}
END_TEST

START_TEST(second_program)
{
	struct replay r;
	glob_t found;

	ck_assert_int_eq(WEXITSTATUS(run(program_that_leaves, "PAGE")), 3);
	ck_assert_int_eq(WEXITSTATUS(run(program_that_leaves, "PAGE")), 3);
	ck_assert_int_eq(glob("trace.*", 0, NULL, &found), 0);
	ck_assert_uint_eq(found.gl_pathc, 1);
	replay_all(&r, found.gl_pathv[0]);
	replay_close(&r);
	replay_all(&r, "trace");
	replay_close(&r);
	globfree(&found);
}
END_TEST

/* ---- in hostile surroundings ---- */

static void program_that_closes_all(void)
{
	struct mapped m = map_file("file", 0);
	char *zeros = calloc(1, 8192);

	for (int fd = 3; fd < 100; fd++)
		close(fd);
	int victim = open("victim", O_RDWR | O_CREAT, 0600);

	if (chdir("/") != 0)
		abort();
	for (int i = 0; i < 1000; i++)
		m.memcpy(m.base, zeros, 8192, 0);
	memcpy(m.base, "one", 3);
	m.persist(m.base, 3);
	if (lseek(victim, 0, SEEK_END) != 0)
		abort();
	free(zeros);
}

/* The trace grows though its descriptor, if it had one, would be somebody else's now. */
START_TEST(closed_descriptors)
{
	struct replay r;

	run_and_replay(&r, program_that_closes_all, "CACHE_LINE");
	ck_assert_str_eq(durable(&r, 0, 0), "one");
	ck_assert_uint_eq(r.report->drains, 1001);
	replay_close(&r);
}
END_TEST

static void program_without_room(void)
{
	struct mapped m = map_file("file", 0);
	struct rlimit limit = {3 << 20, 3 << 20};

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < 100000; i++)
		m.persist(m.base, 8);
	memcpy(m.base, "one", 3);
	m.persist(m.base, 3);
}

/* The program goes on, and the trace says that it does not. */
START_TEST(no_room)
{
	struct replay r;

	run_and_replay(&r, program_without_room, "CACHE_LINE");
	ck_assert(r.broken);
	ck_assert(!r.exited);
	ck_assert_uint_gt(r.report->drains, 1000);
	replay_close(&r);
}
END_TEST

static void program_with_position(void)
{
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;

	if (ftruncate(fd, SIZE) != 0 || lseek(fd, 77, SEEK_SET) != 77 ||
		pmem2_source_from_fd(&source, fd) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_map_new(&map, config, source))
		abort();
	if (lseek(fd, 0, SEEK_CUR) != 77)
		abort();
	pmem2_map_delete(&map);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
}

START_TEST(position_is_kept)
{
	ck_assert_int_eq(run(program_with_position, "CACHE_LINE"), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {killed, left, signalled, handlers, forked, second_program,
		closed_descriptors, no_room, position_is_kept};

	return run_tests("trace ends", tests, sizeof(tests) / sizeof(tests[0]));
}
