/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * writeback.c -- a failed msync(2): who is told, and that no later success hides it.
 */
#include "api.h"
#include "interpose.h"

#include <sys/resource.h>
#include <sys/wait.h>

/* two maps of one file, of one descriptor */
static void two_maps(struct pmem2_map *maps[2])
{
	struct pmem2_source *src = api_source(api_file(4 * PAGE));
	for (size_t i = 0; i < 2; i++)
		maps[i] = api_map(api_config(), src);
	msync_count = 0;
}

static char *address(struct pmem2_map *map)
{
	return pmem2_map_get_address(map);
}

static int persist(struct pmem2_map *map)
{
	return pmem2_map_persist(map, address(map), PAGE);
}

/* ---- functions that return it ---- */

START_TEST(without_an_error_all_return_0)
{
	for (size_t i = 0; i < api_forced_count(); i++) {
		struct pmem2_map *map = api_map_forced(api_forced[i], 4 * PAGE);
		char *at = address(map);
		works(pmem2_map_error(map));
		works(pmem2_map_persist(map, at, 4 * PAGE));
		works(pmem2_map_flush(map, at + 1, 1));
		works(pmem2_map_drain(map));
		works(pmem2_map_memset(map, at, 'x', PAGE, 0));
		works(pmem2_map_memmove(map, at + 5, at, PAGE, PMEM2_F_MEM_NODRAIN));
		works(pmem2_map_memmove(map, at + PAGE, "abc", 3, PMEM2_F_MEM_NOFLUSH));
		works(pmem2_map_clear_error(map));
		ck_assert_int_eq(at[PAGE + 4], 'x');
		ck_assert_int_eq(memcmp(at + PAGE, "abc", 3), 0);
	}
}
END_TEST

START_TEST(anonymous_memory_has_no_error)
{
	struct pmem2_map *map = api_map(api_config(), api_anon(PAGE));
	fail_msync(EIO, 1000, 0);
	works(persist(map));
	works(pmem2_map_error(map));
}
END_TEST

START_TEST(each_errno_is_returned_and_stays)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT, EROFS, ENOMEM, EINVAL, ESTALE};
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		struct pmem2_map *map = api_map_file(4 * PAGE);
		fail_msync(errors[i], 1, 0);
		fails(persist(map), -errors[i]);
		says(strerror(errors[i]));
		fails(persist(map), -errors[i]);
		fails(pmem2_map_error(map), -errors[i]);
		fails(pmem2_map_drain(map), -errors[i]);
		fails(pmem2_map_flush(map, address(map) + 3 * PAGE, 1), -errors[i]);
		fails(pmem2_map_memset(map, address(map), 1, 10, 0), -errors[i]);
		fails(pmem2_map_memmove(map, address(map), "x", 1, PMEM2_F_MEM_NODRAIN),
			-errors[i]);
		fails(pmem2_map_persist(map, address(map), 0), -errors[i]);
		fails(pmem2_deep_flush(map, address(map), 1), -errors[i]);
	}
}
END_TEST

START_TEST(it_is_in_each_map_of_the_file)
{
	struct pmem2_map *maps[2], *apart = api_map_file(PAGE);
	two_maps(maps);
	fail_msync(EIO, 1, 0);
	fails(persist(maps[0]), -EIO);
	fails(persist(maps[1]), -EIO);
	fails(pmem2_map_error(maps[1]), -EIO);
	fails(pmem2_deep_flush(maps[1], address(maps[1]), 1), -EIO);
	works(persist(apart));
}
END_TEST

START_TEST(it_is_in_maps_by_other_descriptors)
{
	int fd = api_file(PAGE);
	struct pmem2_map *one = api_map(api_config(), api_source(fd));
	struct pmem2_map *other = api_map(api_config(), api_source(api_reopen(fd, O_RDWR)));
	fail_msync(ENOSPC, 1, 0);
	fails(persist(one), -ENOSPC);
	fails(persist(other), -ENOSPC);
}
END_TEST

START_TEST(deep_flush_meets_it_first)
{
	struct pmem2_map *maps[2];
	two_maps(maps);
	fail_msync(ENOSPC, 1, 0);
	fails(pmem2_deep_flush(maps[0], address(maps[0]), PAGE), -ENOSPC);
	fails(pmem2_deep_flush(maps[0], address(maps[0]), PAGE), -ENOSPC);
	fails(pmem2_deep_flush(maps[1], address(maps[1]), PAGE), -ENOSPC);
	fails(persist(maps[1]), -ENOSPC);
}
END_TEST

START_TEST(it_is_in_finer_maps_too)
{
	int fd = api_file(PAGE);
	struct pmem2_map *page = api_map(api_config(), api_source(fd));
	setenv("PMEM2_FORCE_GRANULARITY", api_forced[api_forced_count() - 1], 1);
	struct pmem2_map *fine = api_map(api_config(), api_source(fd));
	fail_msync(EIO, 1, 0);
	fails(persist(page), -EIO);
	fails(persist(fine), -EIO);
	fails(pmem2_map_drain(fine), -EIO);
}
END_TEST

START_TEST(a_map_made_afterwards_is_without_it)
{
	int fd = api_file(PAGE);
	struct pmem2_map *old = api_map(api_config(), api_source(fd));
	fail_msync(EIO, 1, 0);
	fails(persist(old), -EIO);
	struct pmem2_map *new = api_map(api_config(), api_source(fd));
	works(persist(new));
	works(pmem2_map_error(new));
	fails(persist(old), -EIO);
}
END_TEST

START_TEST(clearing_ends_it_for_one_map)
{
	struct pmem2_map *maps[2];
	two_maps(maps);
	fail_msync(EIO, 1, 0);
	fails(persist(maps[0]), -EIO);
	works(pmem2_map_clear_error(maps[0]));
	works(pmem2_map_error(maps[0]));
	works(persist(maps[0]));
	fails(persist(maps[1]), -EIO);

	fail_msync(ENOSPC, 1, 0);
	fails(persist(maps[0]), -ENOSPC);
	fails(pmem2_map_error(maps[1]), -ENOSPC);
}
END_TEST

START_TEST(clearing_without_an_error_does_not_hide_the_next)
{
	struct pmem2_map *map = api_map_file(PAGE);
	works(pmem2_map_clear_error(map));
	fail_msync(EIO, 1, 0);
	fails(persist(map), -EIO);
	fails(persist(map), -EIO);
}
END_TEST

START_TEST(interrupted_calls_are_repeated)
{
	struct pmem2_map *map = api_map_file(PAGE);
	fail_msync(EINTR, 3, 0);
	works(persist(map));
	fail_msync(EINTR, 3, 0);
	works(pmem2_deep_flush(map, address(map), 1));
}
END_TEST

START_TEST(a_hole_of_the_programs_is_no_failure_of_the_file)
{
	struct pmem2_map *map = api_map_file(4 * PAGE);
	ck_assert_int_eq(munmap(address(map) + PAGE, PAGE), 0);
	works(pmem2_map_persist(map, address(map), 4 * PAGE));
	fails(pmem2_deep_flush(map, address(map), 4 * PAGE), -ENOMEM);
	works(pmem2_map_error(map));
	works(pmem2_deep_flush(map, address(map), PAGE));
}
END_TEST

START_TEST(what_is_not_within_the_map_is_refused)
{
	struct pmem2_map *map = api_map_file(5000);
	char *at = address(map), before = at[0];
	msync_count = 0;
	fails(pmem2_map_persist(map, at - 1, 2), -EINVAL);
	fails(pmem2_map_persist(map, at, 5001), -EINVAL);
	fails(pmem2_map_flush(map, at + 5001, 0), -EINVAL);
	fails(pmem2_map_flush(map, at + 1, SIZE_MAX), -EINVAL);
	fails(pmem2_map_memmove(map, at - 1, "ab", 2, 0), -EINVAL);
	fails(pmem2_map_memset(map, at, 'q', 5001, 0), -EINVAL);
	says("5001");
	ck_assert_int_eq(at[0], before);
	ck_assert_uint_eq(msync_count, 0);
	works(pmem2_map_persist(map, at + 5000, 0));
}
END_TEST

/* ---- functions that return nothing ---- */

static struct {
	int calls;
	struct pmem2_map *map;
	const void *addr;
	size_t len;
	int error;
	void *arg;
} told;

static enum pmem2_flush_error_action action = PMEM2_FLUSH_ERROR_GO_ON;

static enum pmem2_flush_error_action handler(struct pmem2_map *map, const void *addr, size_t len,
	int error, void *arg)
{
	told.calls++;
	told.map = map;
	told.addr = addr;
	told.len = len;
	told.error = error;
	told.arg = arg;
	return action;
}

START_TEST(the_handler_is_told_and_the_function_goes_on)
{
	struct pmem2_map *map = api_map_file(4 * PAGE);
	int arg;
	works(pmem2_set_flush_error_handler(handler, &arg));
	fail_msync(EIO, 1, 0);
	errno = 77;
	pmem2_get_persist_fn(map)(address(map) + 10, PAGE);
	ck_assert_int_eq(errno, 77);
	ck_assert_int_eq(told.calls, 1);
	ck_assert_ptr_eq(told.map, map);
	ck_assert_ptr_eq(told.addr, address(map) + 10);
	ck_assert_uint_eq(told.len, PAGE);
	ck_assert_int_eq(told.error, EIO);
	ck_assert_ptr_eq(told.arg, &arg);
	fails(pmem2_map_error(map), -EIO);
}
END_TEST

START_TEST(each_void_function_of_each_map_of_the_file_tells_it)
{
	struct pmem2_map *maps[2];
	two_maps(maps);
	works(pmem2_set_flush_error_handler(handler, NULL));
	fail_msync(EIO, 1, 0);
	fails(persist(maps[0]), -EIO);
	ck_assert_int_eq(told.calls, 0);
	for (size_t i = 0; i < 2; i++) {
		told.calls = 0;
		pmem2_get_persist_fn(maps[i])(address(maps[i]), 1);
		pmem2_get_flush_fn(maps[i])(address(maps[i]), 1);
		pmem2_get_memset_fn(maps[i])(address(maps[i]), 1, 1, 0);
		pmem2_get_memcpy_fn(maps[i])(address(maps[i]), "x", 1, PMEM2_F_MEM_NODRAIN);
		ck_assert_int_eq(told.calls, 4);
		ck_assert_ptr_eq(told.map, maps[i]);
	}
}
END_TEST

START_TEST(a_maps_own_handler_goes_first)
{
	struct pmem2_map *maps[2];
	int own, of_all;
	two_maps(maps);
	works(pmem2_set_flush_error_handler(handler, &of_all));
	works(pmem2_map_set_flush_error_handler(maps[0], handler, &own));
	fail_msync(EIO, 1, 0);
	pmem2_get_persist_fn(maps[0])(address(maps[0]), 1);
	ck_assert_ptr_eq(told.arg, &own);
	pmem2_get_persist_fn(maps[1])(address(maps[1]), 1);
	ck_assert_ptr_eq(told.arg, &of_all);
	works(pmem2_map_set_flush_error_handler(maps[0], NULL, NULL));
	pmem2_get_persist_fn(maps[0])(address(maps[0]), 1);
	ck_assert_ptr_eq(told.arg, &of_all);
}
END_TEST

START_TEST(memory_in_no_map_has_no_map)
{
	struct pmem2_map *map = api_map_file(PAGE);
	char *others = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	works(pmem2_set_flush_error_handler(handler, NULL));
	fail_msync(EIO, 1, 0);
	pmem2_get_persist_fn(map)(others, 1);
	ck_assert_int_eq(told.calls, 1);
	ck_assert_ptr_null(told.map);
	works(pmem2_map_error(map));
}
END_TEST

START_TEST(each_map_of_a_range_has_its_own_error)
{
	struct pmem2_vm_reservation *rsv = api_reserve(2 * PAGE);
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *maps[2];
	for (size_t i = 0; i < 2; i++) {
		works(pmem2_config_set_vm_reservation(cfg, rsv, i * PAGE));
		maps[i] = api_map(cfg, api_source(api_file(PAGE)));
	}
	works(pmem2_set_flush_error_handler(handler, NULL));
	fail_msync(EIO, 1, 1); /* the second */
	pmem2_get_persist_fn(maps[0])(address(maps[0]), 2 * PAGE);
	ck_assert_int_eq(told.calls, 1);
	works(pmem2_map_error(maps[0]));
	fails(pmem2_map_error(maps[1]), -EIO);
}
END_TEST

/* how a child ends whose persist fails */
static int ends(char *said, size_t size)
{
	struct pmem2_map *map = api_map_file(PAGE);
	int fds[2], status;
	ck_assert_int_eq(pipe(fds), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		dup2(fds[1], 2);
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		fail_msync(EIO, 1, 0);
		pmem2_get_persist_fn(map)(address(map), 1);
		_exit(0);
	}
	close(fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ssize_t n = read(fds[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	return status;
}

static void aborts(void)
{
	char said[1000];
	int status = ends(said, sizeof(said));
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	ck_assert_msg(strstr(said, "msync") && strstr(said, strerror(EIO)), "%s", said);
	if (!is_emulated()) /* qemu-user says that, too */
		ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}

START_TEST(a_handler_can_have_it_abort)
{
	action = PMEM2_FLUSH_ERROR_ABORT;
	works(pmem2_set_flush_error_handler(handler, NULL));
	aborts();
}
END_TEST

START_TEST(without_a_handler_it_aborts)
{
	works(pmem2_set_flush_error_handler(handler, NULL));
	works(pmem2_set_flush_error_handler(NULL, NULL));
	aborts();
}
END_TEST

static enum pmem2_flush_error_action flushing(struct pmem2_map *map, const void *addr, size_t len,
	int error, void *arg)
{
	pmem2_get_persist_fn(map)(addr, len);
	return handler(map, addr, len, error, arg);
}

START_TEST(a_handler_may_flush_and_is_not_called_inside_itself)
{
	struct pmem2_map *map = api_map_file(PAGE);
	works(pmem2_set_flush_error_handler(flushing, NULL));
	fail_msync(EIO, 1, 0);
	pmem2_get_persist_fn(map)(address(map), 1);
	ck_assert_int_eq(told.calls, 1);
}
END_TEST

API_MAIN("writeback", without_an_error_all_return_0, anonymous_memory_has_no_error,
	each_errno_is_returned_and_stays, it_is_in_each_map_of_the_file,
	it_is_in_maps_by_other_descriptors, deep_flush_meets_it_first, it_is_in_finer_maps_too,
	a_map_made_afterwards_is_without_it, clearing_ends_it_for_one_map,
	clearing_without_an_error_does_not_hide_the_next, interrupted_calls_are_repeated,
	a_hole_of_the_programs_is_no_failure_of_the_file, what_is_not_within_the_map_is_refused,
	the_handler_is_told_and_the_function_goes_on,
	each_void_function_of_each_map_of_the_file_tells_it, a_maps_own_handler_goes_first,
	memory_in_no_map_has_no_map, each_map_of_a_range_has_its_own_error,
	a_handler_can_have_it_abort, without_a_handler_it_aborts,
	a_handler_may_flush_and_is_not_called_inside_itself)
