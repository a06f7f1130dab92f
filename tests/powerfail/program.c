/* SPDX-License-Identifier: BSD-3-Clause */
/* program.c -- for tests of the trace that a program leaves. */
#include "program.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct mapped map_file(const char *path, size_t offset)
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct mapped m;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || (lseek(fd, 0, SEEK_END) < SIZE && ftruncate(fd, SIZE) != 0) ||
		pmem2_source_from_fd(&source, fd) || pmem2_config_new(&config) ||
		pmem2_config_set_offset(config, offset) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_map_new(&m.map, config, source)) {
		pmem2_perror("%s", path);
		abort();
	}
	if (strncmp(pmem2_map_get_backend_name(m.map), "powerfail", 9) != 0)
		abort();
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);
	m.base = pmem2_map_get_address(m.map);
	m.persist = pmem2_get_persist_fn(m.map);
	m.flush = pmem2_get_flush_fn(m.map);
	m.drain = pmem2_get_drain_fn(m.map);
	m.memcpy = pmem2_get_memcpy_fn(m.map);
	return m;
}

int run(void (*program)(void), const char *granularity)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setenv("PMEM2_BACKEND", "powerfail", 1);
		setenv("PMEM2_FORCE_GRANULARITY", granularity, 1);
		setenv("PMEM2_POWERFAIL_TRACE", "trace", 1);
		program();
		exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

void replay_all(struct replay *r, const char *trace)
{
	static struct trace opened; /* the replay goes on to use it */
	const struct pf_record *record;

	if (opened.path != NULL)
		trace_close(&opened);
	ck_assert_msg(trace_open(&opened, trace) == 0, "%s", opened.error);
	ck_assert_msg(replay_open(r, &opened) == 0, "%s", r->error);
	while ((record = replay_next(r)) != NULL)
		replay_apply(r, record);
	ck_assert_msg(!r->failed, "%s", r->error);
}

void run_and_replay(struct replay *r, void (*program)(void), const char *granularity)
{
	ck_assert_int_eq(run(program, granularity), 0);
	replay_all(r, "trace");
}

const char *durable(const struct replay *r, size_t file, size_t offset)
{
	ck_assert_uint_lt(file, r->media_count);
	return r->media[file]->durable + offset;
}

/* ---- tests ---- */

static char directory[] = "trace.XXXXXX";

static void make_directory(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
}

static void remove_directory(void)
{
	ck_assert_int_eq(chdir(".."), 0);
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", directory);
	ck_assert_int_eq(system(command), 0);
}

int run_tests(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create(name);
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0);
	tcase_add_checked_fixture(tc, make_directory, remove_directory);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
