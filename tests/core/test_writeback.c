/* SPDX-License-Identifier: BSD-3-Clause */
/* test_writeback.c -- what is kept of failures, and who waits for whom. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "unit.h"
#include "writeback.h"

static struct pmem2_file *file;

/* As kernels before 4.14 and qemu-user: a child process gets all memory as it was. */
int madvise(void *at, size_t length, int advice)
{
	(void)at;
	(void)length;
	(void)advice;
	return 0;
}

START_TEST(one_file_has_one_entry)
{
	file = pmem2_writeback_join(1, 2);

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_eq(pmem2_writeback_join(1, 2), file);
	ck_assert_ptr_ne(pmem2_writeback_join(1, 3), file);
	ck_assert_ptr_ne(pmem2_writeback_join(2, 2), file);
	pmem2_writeback_leave(file);
	ck_assert_ptr_eq(pmem2_writeback_join(1, 2), file);
	pmem2_writeback_leave(NULL);
}
END_TEST

static void write_ends(struct pmem2_file *which, int error)
{
	pmem2_writeback_end(which, pmem2_writeback_begin(which), error);
}

START_TEST(a_failure_is_kept_as_long_as_there_is_a_map)
{
	file = pmem2_writeback_join(1, 2);

	pmem2_writeback_join(1, 2);
	write_ends(file, EIO);
	write_ends(file, 0);
	ck_assert_int_eq(pmem2_writeback_error(file, 0), EIO);
	write_ends(file, ENOSPC);
	ck_assert_int_eq(pmem2_writeback_error(file, 0), ENOSPC);
	ck_assert_int_eq(pmem2_writeback_error(file, 1), ENOSPC);
	ck_assert_int_eq(pmem2_writeback_error(file, 2), 0);
	pmem2_writeback_leave(file);
	ck_assert_int_eq(pmem2_writeback_error(file, 0), ENOSPC);
	pmem2_writeback_leave(file);
	file = pmem2_writeback_join(1, 2);
	ck_assert_int_eq(pmem2_writeback_error(file, 0), 0);
}
END_TEST

START_TEST(who_has_asked_has_been_told)
{
	file = pmem2_writeback_join(1, 2);

	write_ends(file, EIO);
	ck_assert_uint_eq(pmem2_writeback_told(file), 0);
	pmem2_writeback_error(file, 0);
	ck_assert_uint_eq(pmem2_writeback_told(file), 1);
	ck_assert_uint_eq(pmem2_writeback_told(NULL), 0);
	ck_assert_int_eq(pmem2_writeback_error(NULL, 0), 0);
}
END_TEST

/* ---- a call that ends well while another is at work ---- */

static pthread_barrier_t barrier;
static int volatile ended;

/* As if the kernel had told it of the failure, and it had not recorded that yet. */
static void *fail_slowly(void *other_file)
{
	struct pmem2_file *mine = other_file != NULL ? other_file : file;
	struct pmem2_writing *writing = pmem2_writeback_begin(mine);

	pthread_barrier_wait(&barrier);
	usleep(50000);
	ended = 1;
	pmem2_writeback_end(mine, writing, EIO);
	return NULL;
}

static pthread_t start(void *(*function)(void *), void *arg)
{
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, function, arg), 0);
	pthread_barrier_wait(&barrier);
	return thread;
}

START_TEST(waits_for_those_that_may_have_been_told_instead)
{
	file = pmem2_writeback_join(1, 2);
	pthread_t thread = start(fail_slowly, NULL);

	pmem2_writeback_end(file, pmem2_writeback_begin(file), 0);
	ck_assert_int_eq(pmem2_writeback_error(file, 0), EIO);
	pthread_join(thread, NULL);
}
END_TEST

static void *hold(void *other)
{
	struct pmem2_writing *writing = pmem2_writeback_begin(other);

	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	pmem2_writeback_end(other, writing, 0);
	return NULL;
}

START_TEST(does_not_wait_for_other_files)
{
	struct pmem2_file *other = pmem2_writeback_join(1, 3);
	file = pmem2_writeback_join(1, 2);
	pthread_t thread = start(hold, other);

	write_ends(file, 0); /* for ever, if it did */
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(does_not_wait_for_itself)
{
	file = pmem2_writeback_join(1, 2);
	struct pmem2_writing *interrupted = pmem2_writeback_begin(file);

	write_ends(file, 0); /* in a signal handler */
	pmem2_writeback_end(file, interrupted, 0);
}
END_TEST

START_TEST(a_child_does_not_wait_for_threads_it_does_not_have)
{
	int status;

	file = pmem2_writeback_join(1, 2);
	pthread_t thread = start(hold, file);
	pid_t child = fork();

	if (child == 0) {
		write_ends(file, 0);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
}
END_TEST

/* ---- more at a time than there are places ---- */

enum { THREADS = 300, TIMES = 200 };

static void *succeed_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < TIMES; i++)
		write_ends(file, 0);
	return NULL;
}

START_TEST(many_at_a_time)
{
	pthread_t threads[THREADS];

	file = pmem2_writeback_join(1, 2);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, succeed_often, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(pmem2_writeback_error(file, 0), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {one_file_has_one_entry,
		a_failure_is_kept_as_long_as_there_is_a_map, who_has_asked_has_been_told,
		waits_for_those_that_may_have_been_told_instead, does_not_wait_for_other_files,
		does_not_wait_for_itself, a_child_does_not_wait_for_threads_it_does_not_have,
		many_at_a_time, NULL};

	return unit_run("writeback", tests);
}
