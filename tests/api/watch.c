/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * watch.c -- a third party's backend is chosen by name, and its hooks see maps come and go.
 */
#include "api.h"
#include "interpose.h"

#include <libpmem2/backend.h>
#include <limits.h>

static int log_fd;
static off_t log_read;

/* makes the library load the watcher, which logs to a file that read_log reads */
static void choose_watcher(void)
{
	static char path[64];
	log_fd = api_file(0);
	log_read = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), log_fd);
	setenv("WATCHER_LOG", path, 1);
	setenv("PMEM2_BACKEND", "watcher", 1);
	setenv("PMEM2_BACKEND_DIR", getenv("PMEM2_TEST_PLUGINS"), 1);
}

struct event {
	char kind[8];
	void *address;
	size_t length, offset;
	unsigned long inode;
	int granularity, first;
};

/* the next line of the log that is about a map; false: there is none */
static bool next_event(struct event *e)
{
	char text[200] = "";
	ssize_t n = pread(log_fd, text, sizeof(text) - 1, log_read);
	char *end = n > 0 ? strchr(text, '\n') : NULL;
	if (!end)
		return false;
	log_read += end - text + 1;
	if (!strncmp(text, "tuning", 6))
		return next_event(e);
	ck_assert_int_eq(sscanf(text, "%7s %p %zu %zu %lu %d %d", e->kind, &e->address, &e->length,
				 &e->offset, &e->inode, &e->granularity, &e->first),
		7);
	return true;
}

static void saw(const char *kind, const struct event *expected)
{
	struct event e;
	ck_assert_msg(next_event(&e), "no %s was seen", kind);
	ck_assert_str_eq(e.kind, kind);
	ck_assert_ptr_eq(e.address, expected->address);
	ck_assert_uint_eq(e.length, expected->length);
	ck_assert_uint_eq(e.offset, expected->offset);
	ck_assert_uint_eq(e.inode, expected->inode);
	ck_assert_int_eq(e.granularity, expected->granularity);
	ck_assert_int_eq(e.first, expected->first);
}

static void saw_nothing_more(void)
{
	struct event e;
	ck_assert(!next_event(&e));
}

static unsigned long inode_of(int fd)
{
	struct stat st;
	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_ino;
}

static void is_watched(struct pmem2_map *map)
{
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "watcher-plain");
}

/* deletes the map: the hook still sees the memory, with 'z' in its first byte */
static void comes_off(struct pmem2_map *map)
{
	struct event e = {.address = pmem2_map_get_address(map),
		.length = pmem2_map_get_size(map),
		.granularity = (int)pmem2_map_get_store_granularity(map),
		.first = 'z'};
	*(char *)e.address = 'z';
	works(pmem2_map_delete(&map));
	saw("detach", &e);
	saw_nothing_more();
}

START_TEST(attach_and_detach_of_a_part_of_a_file)
{
	choose_watcher();
	int fd = api_file(4 * PAGE);
	ck_assert_int_eq(pwrite(fd, "f", 1, (off_t)PAGE), 1);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_offset(cfg, PAGE));
	works(pmem2_config_set_length(cfg, 2 * PAGE));
	struct pmem2_map *map = api_map(cfg, api_source(fd));
	is_watched(map);
	saw("attach", &(struct event){.address = pmem2_map_get_address(map),
			      .length = 2 * PAGE,
			      .offset = PAGE,
			      .inode = inode_of(fd),
			      .granularity = PMEM2_GRANULARITY_PAGE,
			      .first = 'f'});
	saw_nothing_more();
	close(fd);
	comes_off(map);
}
END_TEST

START_TEST(each_granularity_is_told)
{
	static const char *const forced[] = {"BYTE", "CACHE_LINE", "PAGE"};
	choose_watcher();
	int fd = api_file(5000);
	for (int g = 0; g < 3; g++) {
		setenv("PMEM2_FORCE_GRANULARITY", forced[g], 1);
		struct pmem2_map *map = api_map(api_config(), api_source(fd));
		is_watched(map);
		saw("attach", &(struct event){.address = pmem2_map_get_address(map),
				      .length = 5000,
				      .inode = inode_of(fd),
				      .granularity = g,
				      .first = g ? 'z' : 0});
		comes_off(map);
	}
}
END_TEST

START_TEST(anonymous_has_no_descriptor)
{
	choose_watcher();
	struct pmem2_map *map = api_map(api_config(), api_anon(2 * PAGE));
	is_watched(map);
	saw("attach", &(struct event){.address = pmem2_map_get_address(map), .length = 2 * PAGE});
	comes_off(map);
}
END_TEST

START_TEST(private_and_reserved_are_watched_too)
{
	choose_watcher();
	int fd = api_file(PAGE);
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	works(pmem2_config_set_vm_reservation(cfg, rsv, PAGE));
	struct pmem2_map *map = api_map(cfg, api_source(fd));
	is_watched(map);
	saw("attach",
		&(struct event){.address = (char *)pmem2_vm_reservation_get_address(rsv) + PAGE,
			.length = PAGE,
			.inode = inode_of(fd)});
	comes_off(map);
}
END_TEST

START_TEST(what_cannot_be_unmapped_is_watched_on)
{
	choose_watcher();
	struct pmem2_map *map = api_map_file(PAGE);
	struct event e, attached;
	ck_assert(next_event(&attached));
	*(char *)attached.address = 'z';
	fail_munmap(ENOMEM, 1, 0);
	fails(pmem2_map_delete(&map), -ENOMEM);
	says("munmap");
	ck_assert(next_event(&e));
	ck_assert_str_eq(e.kind, "detach");
	attached.first = 'z';
	attached.inode = 0;
	saw("attach", &attached);
	comes_off(map);
}
END_TEST

START_TEST(existing_memory_is_watched_too)
{
	choose_watcher();
	static char memory[100] = "m";
	struct pmem2_map *map;
	works(pmem2_map_from_existing(&map, api_anon(100), memory, 100,
		PMEM2_GRANULARITY_CACHE_LINE));
	is_watched(map);
	saw("attach", &(struct event){.address = memory,
			      .length = 100,
			      .granularity = PMEM2_GRANULARITY_CACHE_LINE,
			      .first = 'm'});
	comes_off(map);
}
END_TEST

/* what the watcher's attach returns from now on */
static void returns(int value)
{
	char text[16];
	snprintf(text, sizeof(text), "%d", value);
	setenv("WATCHER_RETURNS", text, 1);
}

START_TEST(a_refusal_makes_the_mapping_fail_and_leaves_nothing)
{
	choose_watcher();
	returns(-EXDEV);
	struct pmem2_vm_reservation *rsv = api_reserve(PAGE);
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map = (struct pmem2_map *)cfg;
	fails(pmem2_map_new(&map, cfg, api_source(api_file(PAGE))), -EXDEV);
	says("watcher");
	ck_assert_ptr_null(map);
	struct event e;
	ck_assert(next_event(&e));
	ck_assert(api_is_free(e.address, PAGE));
	saw_nothing_more();
	works(pmem2_config_set_vm_reservation(cfg, rsv, 0));
	fails(pmem2_map_new(&map, cfg, api_source(api_file(PAGE))), -EXDEV);
	unsetenv("WATCHER_RETURNS");
	api_map(cfg, api_source(api_file(PAGE)));
}
END_TEST

START_TEST(a_value_that_is_no_error_is_refused)
{
	static const int values[] = {2, 17, INT_MAX, -4096, -100007, INT_MIN};
	choose_watcher();
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char text[40];
		int somewhere;
		struct pmem2_map *map = (struct pmem2_map *)&somewhere;
		returns(values[i]);
		fails(pmem2_map_new(&map, api_config(), api_source(api_file(PAGE))),
			PMEM2_E_BACKEND);
		ck_assert_ptr_null(map);
		snprintf(text, sizeof(text), "watcher returned %d,", values[i]);
		says(text);
		struct event e;
		ck_assert(next_event(&e));
		ck_assert(api_is_free(e.address, PAGE));
		saw_nothing_more(); /* no detach of what was not attached */
		fails(pmem2_map_from_existing(&map, api_anon(8), calloc(1, 8), 8,
			      PMEM2_GRANULARITY_PAGE),
			PMEM2_E_BACKEND);
		ck_assert(next_event(&e));
	}
}
END_TEST

START_TEST(a_mapping_that_is_not_its_own_goes_to_the_next)
{
	choose_watcher();
	struct pmem2_map *own = api_map_file(PAGE);
	is_watched(own);
	returns(PMEM2_ATTACH_NEXT);
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "generic_msync");
	ck_assert(pmem2_get_memset_fn(map) != pmem2_get_memset_fn(own));
	pmem2_get_persist_fn(map)(pmem2_map_get_address(map), PAGE);
	struct event e;
	ck_assert(next_event(&e) && next_event(&e)); /* it was asked about both */
	works(pmem2_map_delete(&map));
	saw_nothing_more(); /* and does not hear of the end of what another backend serves */

	map = api_map(api_config(), api_anon(PAGE));
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "generic_msync-byte");
	ck_assert(next_event(&e));
	works(pmem2_map_delete(&map));
	static char memory[100];
	works(pmem2_map_from_existing(&map, api_anon(100), memory, 100, PMEM2_GRANULARITY_BYTE));
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "generic_msync-byte");
	ck_assert(next_event(&e));
	works(pmem2_map_delete(&map));
	saw_nothing_more();

	unsetenv("WATCHER_RETURNS");
	comes_off(own);
}
END_TEST

START_TEST(where_no_other_backend_serves_it_is_refused)
{
	choose_watcher();
	returns(PMEM2_ATTACH_NEXT);
	setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, api_config(), api_source(api_file(PAGE))),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	says("watcher says that the mapping is not its own");
	ck_assert_ptr_null(map);
}
END_TEST

START_TEST(a_mapping_refused_otherwise_is_not_seen)
{
	choose_watcher();
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map;
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_BYTE));
	fails(pmem2_map_new(&map, cfg, api_source(api_file(PAGE))),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	fails(pmem2_map_new(&map, cfg, api_source(api_file(0))), PMEM2_E_SOURCE_EMPTY);
	saw_nothing_more();
}
END_TEST

START_TEST(maps_that_another_backend_serves_are_not_seen)
{
	choose_watcher();
	unsetenv("PMEM2_BACKEND");
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "generic_msync");
	works(pmem2_map_delete(&map));
	saw_nothing_more();
}
END_TEST

START_TEST(named_beside_others_it_comes_first)
{
	choose_watcher();
	setenv("PMEM2_BACKEND", "generic_msync,watcher", 1);
	is_watched(api_map_file(PAGE));
	is_watched(api_map(api_config(), api_anon(PAGE)));
}
END_TEST

START_TEST(functions_are_the_backends_own)
{
	choose_watcher();
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert((void (*)(void))pmem2_get_persist_fn(map) ==
		  (void (*)(void))pmem2_get_flush_fn(map));
	char *addr = pmem2_map_get_address(map);
	ck_assert_ptr_eq(pmem2_get_memcpy_fn(map)(addr, "text", 5, 0), addr);
	ck_assert_str_eq(addr, "text");
	ck_assert_ptr_eq(pmem2_get_memset_fn(map)(addr, 'x', 2, 0), addr);
	ck_assert_str_eq(addr, "xxxt");
}
END_TEST

/* what the backend was tuned to, with that in the environment */
static void tuned(const char *name, const char *value, size_t *threshold, unsigned *nt_evicts)
{
	choose_watcher();
	if (name)
		setenv(name, value, 1);
	struct pmem2_map *map = api_map_file(PAGE);
	works(pmem2_map_delete(&map));
	char text[500] = "";
	size_t line = 0;
	ck_assert_int_gt(pread(log_fd, text, sizeof(text) - 1, 0), 0);
	char *at = strstr(text, "tuning");
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(sscanf(at, "tuning %zu %zu %u", threshold, &line, nt_evicts), 3);
	ck_assert(line >= 16 && line <= 2048 && !(line & (line - 1)));
}

START_TEST(tuning_default_is_the_backends_own)
{
	size_t threshold;
	unsigned nt_evicts;
	tuned(NULL, NULL, &threshold, &nt_evicts);
	ck_assert_uint_eq(threshold, 4321);
}
END_TEST

START_TEST(tuning_threshold_is_that_of_the_environment)
{
	size_t threshold;
	unsigned nt_evicts;
	tuned("PMEM_MOVNT_THRESHOLD", "777", &threshold, &nt_evicts);
	ck_assert_uint_eq(threshold, 777);
}
END_TEST

START_TEST(tuning_threshold_that_is_no_number_is_ignored)
{
	size_t threshold;
	unsigned nt_evicts;
	tuned("PMEM_MOVNT_THRESHOLD", "many", &threshold, &nt_evicts);
	ck_assert_uint_eq(threshold, 4321);
}
END_TEST

START_TEST(tuning_no_movnt_is_no_threshold)
{
	size_t threshold;
	unsigned nt_evicts;
	tuned("PMEM_NO_MOVNT", "1", &threshold, &nt_evicts);
	ck_assert_uint_eq(threshold, SIZE_MAX);
}
END_TEST

START_TEST(tuning_nt_evicts_is_what_the_environment_states)
{
	size_t threshold;
	unsigned nt_evicts = 7;
	tuned("PMEM2_NT_EVICTS", "1", &threshold, &nt_evicts);
	ck_assert_uint_eq(nt_evicts, 1);
}
END_TEST

START_TEST(tuning_nt_evicts_0_is_strict)
{
	size_t threshold;
	unsigned nt_evicts = 7;
	tuned("PMEM2_NT_EVICTS", "0", &threshold, &nt_evicts);
	ck_assert_uint_eq(nt_evicts, 0);
}
END_TEST

API_MAIN("watch", attach_and_detach_of_a_part_of_a_file, each_granularity_is_told,
	anonymous_has_no_descriptor, private_and_reserved_are_watched_too,
	what_cannot_be_unmapped_is_watched_on, existing_memory_is_watched_too,
	a_refusal_makes_the_mapping_fail_and_leaves_nothing, a_value_that_is_no_error_is_refused,
	a_mapping_that_is_not_its_own_goes_to_the_next, where_no_other_backend_serves_it_is_refused,
	a_mapping_refused_otherwise_is_not_seen, maps_that_another_backend_serves_are_not_seen,
	named_beside_others_it_comes_first, functions_are_the_backends_own,
	tuning_default_is_the_backends_own, tuning_threshold_is_that_of_the_environment,
	tuning_threshold_that_is_no_number_is_ignored, tuning_no_movnt_is_no_threshold,
	tuning_nt_evicts_is_what_the_environment_states, tuning_nt_evicts_0_is_strict)
