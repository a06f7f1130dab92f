/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faults.c -- for each public function, each call into libc that it makes fails in turn, with each errno
 * that makes sense. Each time: a negative code and a sentence, or a success that holds; nothing leaked
 * (blocks, descriptors, mappings); outputs as promised; and the next call works.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "faults.h"
#include "inject.h"
#include "registry_list.h"

enum {
	FILE_SIZE = 4 << 20,
	RESERVED = 16 << 20,
};

static char path[] = "faults-XXXXXX";

/* What a scenario works on; made before the faults. */
static struct {
	int fd, errors, nowhere; /* the file's, stderr's, /dev/null's */
	struct pmem2_source *src;
	struct pmem2_config *cfg, *older;
	struct pmem2_map *map;
	struct pmem2_vm_reservation *rsv;
	struct pmem2_badblock_context *bad;
} given;

/* ---- the scenarios: one call each; undo is run where it succeeded, without faults ---- */

static struct pmem2_source *source;

static int source_from_fd(void)
{
	int ret = pmem2_source_from_fd(&source, given.fd);

	MUST(ret == 0 || source == NULL);
	return ret;
}

static int source_from_anon(void)
{
	int ret = pmem2_source_from_anon(&source, 4096);

	MUST(ret == 0 || source == NULL);
	return ret;
}

static void drop_source(void)
{
	MUST(pmem2_source_delete(&source) == 0 && source == NULL);
}

static int source_size(void)
{
	size_t size = 77;
	int ret = pmem2_source_size(given.src, &size);

	MUST(size == (ret == 0 ? FILE_SIZE : 77));
	return ret;
}

static struct pmem2_config *config;

static int config_new(void)
{
	int ret = pmem2_config_new(&config);

	MUST(ret == 0 || config == NULL);
	return ret;
}

static void drop_config(void)
{
	MUST(pmem2_config_delete(&config) == 0 && config == NULL);
}

static struct pmem2_map *map;

static int map_new(void)
{
	int ret = pmem2_map_new(&map, given.cfg, given.src);

	MUST(ret == 0 || map == NULL);
	return ret;
}

static int map_new_in_reservation(void)
{
	MUST(pmem2_config_set_vm_reservation(given.cfg, given.rsv, 4096) == 0);
	int ret = map_new();
	MUST(pmem2_config_set_vm_reservation(given.cfg, NULL, 0) == 0);

	/* a place that a failure left is reserved: the next map of it finds it so */
	return ret;
}

static void drop_map(void)
{
	memset(pmem2_map_get_address(map), 1, 4096);
	MUST(pmem2_map_delete(&map) == 0 && map == NULL);
}

static void have_map(void)
{
	if (map == NULL)
		MUST(pmem2_map_new(&map, given.cfg, given.src) == 0);
}

static int map_delete(void)
{
	int ret = pmem2_map_delete(&map);
	MUST((ret == 0) == (map == NULL));
	return ret;
}

static char borrowed[4096];

static int map_from_existing(void)
{
	struct pmem2_map *const before = (void *)&borrowed;

	map = before;
	int ret = pmem2_map_from_existing(&map, given.src, borrowed, sizeof(borrowed),
		PMEM2_GRANULARITY_PAGE);
	MUST(ret == 0 || map == before);
	if (ret != 0)
		map = NULL;
	return ret;
}

static void drop_existing(void)
{
	MUST(pmem2_map_delete(&map) == 0);
}

static struct pmem2_vm_reservation *rsv;

static int reservation_new(void)
{
	int ret = pmem2_vm_reservation_new(&rsv, NULL, RESERVED);

	MUST(ret == 0 || rsv == NULL);
	return ret;
}

static void drop_reservation(void)
{
	MUST(pmem2_vm_reservation_delete(&rsv) == 0 && rsv == NULL);
}

static void have_reservation(void)
{
	if (rsv == NULL)
		MUST(pmem2_vm_reservation_new(&rsv, NULL, RESERVED) == 0);
}

static int reservation_delete(void)
{
	int ret = pmem2_vm_reservation_delete(&rsv);
	MUST((ret == 0) == (rsv == NULL));
	return ret;
}

static int reservation_extend_and_shrink(void)
{
	size_t size = pmem2_vm_reservation_get_size(given.rsv);
	int ret = pmem2_vm_reservation_shrink(given.rsv, size - 4096, 4096);

	MUST(pmem2_vm_reservation_get_size(given.rsv) == (ret == 0 ? size - 4096 : size));
	if (ret != 0)
		return ret;

	ret = pmem2_vm_reservation_extend(given.rsv, 4096);
	if (ret != 0) {
		inject_disarm();
		char sentence[512];
		snprintf(sentence, sizeof(sentence), "%s", pmem2_errormsg());
		MUST(pmem2_vm_reservation_get_size(given.rsv) == size - 4096);
		MUST(pmem2_vm_reservation_extend(given.rsv, 4096) == 0);
	}
	return ret;
}

static int deep_flush(void)
{
	return pmem2_deep_flush(given.map, pmem2_map_get_address(given.map), 100);
}

/* ---- writes that fail: the error stays until it is cleared ---- */

static void clear(void)
{
	MUST(pmem2_map_clear_error(given.map) == 0);
	MUST(pmem2_map_error(given.map) == 0);
}

static int stays(int ret)
{
	MUST(pmem2_map_error(given.map) == ret);
	return ret;
}

static int map_persist(void)
{
	return stays(pmem2_map_persist(given.map, pmem2_map_get_address(given.map), 8192));
}

static int map_flush(void)
{
	int ret = pmem2_map_flush(given.map, pmem2_map_get_address(given.map), 1);

	MUST(pmem2_map_drain(given.map) == ret);
	return stays(ret);
}

static int map_copies(void)
{
	char *at = pmem2_map_get_address(given.map);
	int ret = pmem2_map_memmove(given.map, at, "abc", 3, 0);

	MUST(memcmp(at, "abc", 3) == 0);
	if (ret != 0)
		return stays(ret);

	ret = pmem2_map_memset(given.map, at, 'x', 3, PMEM2_F_MEM_NODRAIN);
	MUST(memcmp(at, "xxx", 3) == 0);
	return stays(ret);
}

static int told;

static enum pmem2_flush_error_action note(struct pmem2_map *which, const void *addr, size_t len,
	int error, void *arg)
{
	MUST(which == given.map && addr != NULL && len > 0 && error > 0 && arg == &told);
	told = -error;
	return PMEM2_FLUSH_ERROR_GO_ON;
}

static int void_functions(void)
{
	char *at = pmem2_map_get_address(given.map);

	told = 0;
	MUST(pmem2_set_flush_error_handler(note, &told) == 0);
	MUST(pmem2_map_set_flush_error_handler(given.map, note, &told) == 0);
	pmem2_get_persist_fn(given.map)(at, 100);
	pmem2_get_memset_fn(given.map)(at, 1, 100, 0);
	pmem2_get_drain_fn(given.map)();
	MUST(pmem2_map_set_flush_error_handler(given.map, NULL, NULL) == 0);
	MUST(pmem2_set_flush_error_handler(NULL, NULL) == 0);
	return stays(told);
}

static void have_deferred_map(void)
{
	MUST(pmem2_config_set_deferred_flush(given.cfg, 1) == 0);
	have_map();
	MUST(pmem2_config_set_deferred_flush(given.cfg, 0) == 0);
	MUST(pmem2_map_clear_error(map) == 0);
}

static int deferred(void)
{
	char *at = pmem2_map_get_address(map);
	int ret = 0;

	for (size_t i = 0; i < 3 && ret == 0; i++)
		ret = pmem2_map_flush(map, at + i * 8192, 1);
	int drained = pmem2_map_drain(map);
	MUST(ret == 0 || drained == ret);
	MUST(pmem2_map_error(map) == drained);
	return drained;
}

static void drop_deferred(void)
{
	MUST(pmem2_map_delete(&map) == 0);
}

static void have_notes(void)
{
	have_deferred_map();
	MUST(pmem2_map_flush(map, pmem2_map_get_address(map), 1) == 0);
}

static char buffer[10000];

static int pread_mcsafe(void)
{
	return pmem2_source_pread_mcsafe(given.src, buffer, sizeof(buffer), 100);
}

static int pwrite_mcsafe(void)
{
	return pmem2_source_pwrite_mcsafe(given.src, buffer, sizeof(buffer), 100);
}

static struct pmem2_badblock_context *bad;

static int badblock_context_new(void)
{
	int ret = pmem2_badblock_context_new(&bad, given.src);

	MUST(ret == 0 || bad == NULL);
	return ret;
}

static void drop_bad(void)
{
	pmem2_badblock_context_delete(&bad);
	MUST(bad == NULL);
}

static int badblock_clear(void)
{
	const struct pmem2_badblock bb = {8192, 4096};

	return pmem2_badblock_clear(given.bad, &bb);
}

static int device_id(void)
{
	size_t length = 77;
	int ret = pmem2_source_device_id(given.src, NULL, &length);

	MUST(ret < 0 && length == 77); /* the file is on no NVDIMM */
	return ret == PMEM2_E_NOSUPP ? 0 : ret;
}

static int device_usc(void)
{
	uint64_t count = 77;
	int ret = pmem2_source_device_usc(given.src, &count);

	MUST(ret < 0 && count == 77);
	return ret == PMEM2_E_NOSUPP ? 0 : ret;
}

static int numa_node(void)
{
	int node = 77;
	int ret = pmem2_source_numa_node(given.src, &node);

	MUST(ret < 0 && node == 77);
	return ret == PMEM2_E_DAX_REGION_NOT_FOUND ? 0 : ret;
}

static struct pmem2_registry registry;

/* A pinned backend that cannot be loaded must be an error, never another backend. */
static int registry_read(void)
{
#if defined(__x86_64__)
	const char *pin = "clflush";
#else
	const char *pin = "generic_msync";
#endif
	pmem2_registry_read(&registry, pin);
	MUST(registry.choice[PMEM2_GRANULARITY_PAGE][0].variant != NULL);
	MUST(registry.error == 0 || registry.message[0] != '\0');
	for (unsigned use = 0; use < PMEM2_USES; use++) {
		const struct pmem2_found *missed = pmem2_registry_missed(&registry, use);

		if (missed != NULL) /* nothing is concluded of it */
			return missed->passing > 0 && registry.error == 0 ? -missed->passing : 1;
	}
	return registry.error != 0 ? pmem2_err_to_errno(registry.error) * -1 : 0;
}

/* They are there: faults_of_first_look() shows what fails when they are not. */
static int backends_load(void)
{
	return pmem2_backends_load();
}

/* ---- the API of 2019 ---- */

static int older_fd(void)
{
	return pmem2_config_set_fd(given.older, given.fd);
}

static int older_questions(void)
{
	size_t size = 77, alignment = 77;
	int ret = pmem2_config_get_file_size(given.older, &size);

	MUST(size == (ret == 0 ? FILE_SIZE : 77));
	if (ret != 0)
		return ret;
	ret = pmem2_config_get_alignment(given.older, &alignment);
	MUST((ret == 0) == (alignment != 77));
	return ret;
}

static int older_map(void)
{
	int ret = pmem2_map(given.older, &map);

	MUST(ret == 0 || map == NULL);
	return ret;
}

static void have_older_map(void)
{
	if (map == NULL)
		MUST(pmem2_map(given.older, &map) == 0);
}

static int older_unmap(void)
{
	int ret = pmem2_unmap(&map);

	MUST((ret == 0) == (map == NULL));
	return ret;
}

static struct pmem2_explanation *explanation;

static int source_explain(void)
{
	int ret = pmem2_source_explain(given.src, given.cfg, &explanation);

	MUST((ret == 0) == (explanation != NULL));
	return ret;
}

static int map_explain(void)
{
	int ret = pmem2_map_explain(given.map, &explanation);

	MUST((ret == 0) == (explanation != NULL));
	return ret;
}

static void drop_explanation(void)
{
	const struct pmem2_reason *reason = NULL;
	enum pmem2_granularity granularity;

	while ((reason = pmem2_explanation_next(explanation, reason)) != NULL)
		MUST(reason->name[0] != '\0' && reason->sentence[0] != '\0');
	MUST(pmem2_explanation_granularity(explanation, &granularity) <= 0);
	MUST(pmem2_explanation_delete(&explanation) == 0 && explanation == NULL);
}

/* ---- what has nothing that could fail, which is shown: no fault is found in them ---- */

static int setters(void)
{
	struct pmem2_config *cfg = given.cfg;

	MUST(pmem2_config_set_offset(cfg, 4096) == 0 && pmem2_config_set_offset(cfg, 0) == 0);
	MUST(pmem2_config_set_length(cfg, 4096) == 0 && pmem2_config_set_length(cfg, 0) == 0);
	MUST(pmem2_config_set_sharing(cfg, PMEM2_SHARED) == 0);
	MUST(pmem2_config_set_protection(cfg, PMEM2_PROT_READ | PMEM2_PROT_WRITE) == 0);
	MUST(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE) == 0);
	return pmem2_config_set_vm_reservation(cfg, NULL, 0);
}

static int getters(void)
{
	size_t alignment;
	int fd;

	MUST(pmem2_source_get_fd(given.src, &fd) == 0 && fd == given.fd);
	MUST(pmem2_source_alignment(given.src, &alignment) == 0);
	MUST(pmem2_map_get_size(given.map) == FILE_SIZE);
	MUST(pmem2_map_get_store_granularity(given.map) == PMEM2_GRANULARITY_PAGE);
	MUST(pmem2_map_get_backend_name(given.map) != NULL);
	MUST(pmem2_version()[0] != '\0');
	MUST(pmem2_vm_reservation_get_size(given.rsv) >= RESERVED - 4096);
	MUST(pmem2_vm_reservation_get_address(given.rsv) != NULL);
	return pmem2_err_to_errno(PMEM2_E_NOSUPP) > 0 ? 0 : -1;
}

static int stores(void)
{
	char *at = pmem2_map_get_address(given.map);

	pmem2_get_memset_fn(given.map)(at, 1, 100, PMEM2_F_MEM_NOFLUSH);
	pmem2_get_memcpy_fn(given.map)(at, at + 200, 100, PMEM2_F_MEM_NOFLUSH);
	pmem2_get_memmove_fn(given.map)(at, at + 1, 100, PMEM2_F_MEM_NOFLUSH);
	pmem2_get_drain_fn(given.map)();
	MUST(pmem2_get_flush_fn(given.map) != NULL && pmem2_get_persist_fn(given.map) != NULL);
	return 0;
}

static int finds(void)
{
	struct pmem2_vm_reservation *in = given.rsv;
	struct pmem2_map *found;

	MUST(pmem2_vm_reservation_map_find(in, 0, 1, &found) == PMEM2_E_MAPPING_NOT_FOUND);
	MUST(pmem2_vm_reservation_map_find_first(in, &found) == PMEM2_E_MAPPING_NOT_FOUND);
	MUST(pmem2_vm_reservation_map_find_last(in, &found) == PMEM2_E_MAPPING_NOT_FOUND);
	MUST(pmem2_vm_reservation_map_find_next(in, given.map, &found) ==
		PMEM2_E_MAPPING_NOT_FOUND);
	MUST(pmem2_vm_reservation_map_find_prev(in, given.map, &found) ==
		PMEM2_E_MAPPING_NOT_FOUND);
	return 0;
}

static int perror_of_nothing(void)
{
	MUST(dup2(given.nowhere, STDERR_FILENO) == STDERR_FILENO);
	pmem2_perror("%s", "faults");
	MUST(dup2(given.errors, STDERR_FILENO) == STDERR_FILENO);
	return 0;
}

static int deletes(void)
{
	struct pmem2_source *no_source = NULL;
	struct pmem2_config *no_config = NULL;
	struct pmem2_badblock_context *context = NULL;
	struct pmem2_badblock bb;

	MUST(pmem2_source_delete(&no_source) == 0 && pmem2_config_delete(&no_config) == 0);
	pmem2_badblock_context_delete(&context);
	MUST(pmem2_badblock_next(given.bad, &bb) == PMEM2_E_NO_BAD_BLOCK_FOUND);
	return pmem2_errormsg()[0] != '\0' ? 0 : -1;
}

static const struct scenario scenarios[] = {
	{"pmem2_source_from_fd", source_from_fd, drop_source, NULL},
	{"pmem2_source_from_anon", source_from_anon, drop_source, NULL},
	{"pmem2_source_size", source_size, NULL, NULL},
	{"pmem2_config_new", config_new, drop_config, NULL},
	{"pmem2_map_new", map_new, drop_map, NULL},
	{"pmem2_map_new in a reservation", map_new_in_reservation, drop_map, NULL},
	{"pmem2_map_delete", map_delete, NULL, have_map},
	{"pmem2_map_from_existing", map_from_existing, drop_existing, NULL},
	{"pmem2_vm_reservation_new", reservation_new, drop_reservation, NULL},
	{"pmem2_vm_reservation_delete", reservation_delete, NULL, have_reservation},
	{"pmem2_vm_reservation_shrink, pmem2_vm_reservation_extend", reservation_extend_and_shrink,
		NULL, NULL},
	{"pmem2_source_explain, pmem2_explanation_next, pmem2_explanation_granularity, "
	 "pmem2_explanation_delete",
		source_explain, drop_explanation, NULL},
	{"pmem2_map_explain", map_explain, drop_explanation, NULL},
	{"pmem2_deep_flush", deep_flush, NULL, clear},
	{"pmem2_map_persist, pmem2_map_error, pmem2_map_clear_error", map_persist, NULL, clear},
	{"pmem2_map_flush, pmem2_map_drain", map_flush, NULL, clear},
	{"pmem2_map_memmove, pmem2_map_memset", map_copies, NULL, clear},
	{"pmem2_set_flush_error_handler, pmem2_map_set_flush_error_handler", void_functions, NULL,
		clear},
	{"pmem2_config_set_deferred_flush", deferred, drop_deferred, have_deferred_map},
	{"pmem2_map_delete with deferred flushes", map_delete, NULL, have_notes},
	{"pmem2_source_pread_mcsafe", pread_mcsafe, NULL, NULL},
	{"pmem2_source_pwrite_mcsafe", pwrite_mcsafe, NULL, NULL},
	{"pmem2_badblock_context_new", badblock_context_new, drop_bad, NULL},
	{"pmem2_badblock_clear", badblock_clear, NULL, NULL},
	{"pmem2_source_device_id", device_id, NULL, NULL},
	{"pmem2_source_device_usc", device_usc, NULL, NULL},
	{"pmem2_source_numa_node", numa_node, NULL, NULL},
	{"PMEM2_BACKEND", registry_read, NULL, NULL},
	{"pmem2_backends_load, again", backends_load, NULL, NULL},
	{"pmem2_config_set_fd", older_fd, NULL, NULL},
	{"pmem2_config_get_file_size, pmem2_config_get_alignment", older_questions, NULL, NULL},
	{"pmem2_map", older_map, drop_map, NULL},
	{"pmem2_unmap", older_unmap, NULL, have_older_map},
	{"pmem2_config_set_offset, pmem2_config_set_length, pmem2_config_set_sharing, "
	 "pmem2_config_set_protection, pmem2_config_set_required_store_granularity, "
	 "pmem2_config_set_vm_reservation",
		setters, NULL, NULL},
	{"pmem2_source_get_fd, pmem2_source_alignment, pmem2_map_get_address, pmem2_map_get_size, "
	 "pmem2_map_get_store_granularity, pmem2_map_get_backend_name, "
	 "pmem2_vm_reservation_get_size, pmem2_vm_reservation_get_address, pmem2_err_to_errno, "
	 "pmem2_version",
		getters, NULL, NULL},
	{"pmem2_get_memset_fn, pmem2_get_memcpy_fn, pmem2_get_memmove_fn, pmem2_get_drain_fn, "
	 "pmem2_get_flush_fn, pmem2_get_persist_fn",
		stores, NULL, NULL},
	{"pmem2_vm_reservation_map_find, pmem2_vm_reservation_map_find_first, "
	 "pmem2_vm_reservation_map_find_last, pmem2_vm_reservation_map_find_next, "
	 "pmem2_vm_reservation_map_find_prev",
		finds, NULL, NULL},
	{"pmem2_source_delete, pmem2_config_delete, pmem2_badblock_context_delete, "
	 "pmem2_badblock_next, pmem2_errormsg",
		deletes, NULL, NULL},
	{"pmem2_perror", perror_of_nothing, NULL, NULL},
	{NULL, NULL, NULL, NULL},
};

/* ---- what must not grow ---- */

struct holdings {
	long blocks, descriptors;
	uintmax_t reserved, mapped; /* bytes without access; of the test's file */
};

static long count_descriptors(void)
{
	long count = 0;
	DIR *directory = opendir("/proc/self/fd");

	MUST(directory != NULL);
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

static struct holdings hold(void)
{
	struct holdings now = {inject_live_blocks(), count_descriptors(), 0, 0};
	char line[1024];
	FILE *maps = fopen("/proc/self/maps", "r");

	MUST(maps != NULL);
	while (fgets(line, sizeof(line), maps) != NULL) {
		uintmax_t begin, end, inode;
		char access[8];

		MUST(sscanf(line, "%jx-%jx %7s %*s %*s %ju", &begin, &end, access, &inode) == 4);
		if (strstr(line, path) != NULL)
			now.mapped += end - begin;
		else if (inode == 0 && strcmp(access, "---p") == 0)
			now.reserved += end - begin;
	}
	fclose(maps);
	return now;
}

static void compare(const struct scenario *s, const char *function, int error,
	const struct holdings *before)
{
	struct holdings now = hold();

	if (now.blocks == before->blocks && now.descriptors == before->descriptors &&
		now.reserved == before->reserved && now.mapped == before->mapped)
		return;

	fprintf(stderr,
		"%s after %s failed with %s: blocks %+ld, descriptors %+ld, reserved %+jd, mapped %+jd\n",
		s->name, function != NULL ? function : "nothing", strerror(error),
		now.blocks - before->blocks, now.descriptors - before->descriptors,
		(intmax_t)(now.reserved - before->reserved),
		(intmax_t)(now.mapped - before->mapped));
	exit(1);
}

/* ---- running ---- */

static void undo(const struct scenario *s)
{
	if (s->undo != NULL)
		s->undo();
}

static int call(const struct scenario *s, size_t nth, size_t choice)
{
	if (s->before != NULL)
		s->before();

	inject_arm(nth, choice);
	return s->call();
}

/* One fault. Returns whether there was a call to fail; more: with an errno of that choice. */
static bool inject(const struct scenario *s, size_t nth, size_t choice, size_t *faults, bool *more)
{
	struct holdings before = hold();

	int ret = call(s, nth, choice);
	const char *function = inject_disarm();
	MUST(ret <= 0);
	MUST(ret == 0 || function != NULL);
	MUST(ret == 0 || pmem2_errormsg()[0] != '\0');
	MUST(ret == 0 || pmem2_err_to_errno(ret) > 0);
	if (ret == 0)
		undo(s);

	/* the next call works, and cleans up what a failed delete has kept */
	int error = inject_errno();
	MUST(call(s, SIZE_MAX, 0) == 0);
	undo(s);
	inject_disarm();
	compare(s, function, error, &before);
	*faults += error != 0;
	*more = error != 0;
	return function != NULL;
}

static size_t run(const struct scenario *s)
{
	size_t faults = 0;

	MUST(call(s, SIZE_MAX, 0) == 0); /* what is made once per process is made here */
	inject_disarm();
	undo(s);
	for (size_t nth = 0;; nth++) {
		bool more = true;

		for (size_t choice = 0; more; choice++)
			if (!inject(s, nth, choice, &faults, &more))
				return faults;
	}
}

static void prepare(void)
{
	given.errors = dup(STDERR_FILENO);
	given.nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	MUST(given.errors >= 0 && given.nowhere >= 0);
	given.fd = mkstemp(path);
	MUST(given.fd >= 0 && ftruncate(given.fd, FILE_SIZE) == 0);
	MUST(pmem2_source_from_fd(&given.src, given.fd) == 0);
	MUST(pmem2_config_new(&given.cfg) == 0);
	MUST(pmem2_config_set_required_store_granularity(given.cfg, PMEM2_GRANULARITY_PAGE) == 0);
	MUST(pmem2_config_new(&given.older) == 0);
	MUST(pmem2_config_set_fd(given.older, given.fd) == 0);
	MUST(pmem2_map_new(&given.map, given.cfg, given.src) == 0);
	MUST(pmem2_vm_reservation_new(&given.rsv, NULL, RESERVED) == 0);
	MUST(pmem2_badblock_context_new(&given.bad, given.src) == 0);
	/* a thread's first error makes the room for its messages, which stays */
	MUST(pmem2_vm_reservation_extend(given.rsv, 1) != 0);
}

/* Whether there was an nth call to fail. */
static bool fault_in_child(int (*one)(void), size_t nth)
{
	int status;

	fflush(NULL);
	pid_t pid = fork();
	MUST(pid >= 0);
	if (pid == 0) {
		inject_arm(nth, 0);
		int ret = one();
		bool is_hit = inject_disarm() != NULL;

		MUST(ret == 0 || (is_hit && pmem2_errormsg()[0] != '\0'));
		MUST(one() == 0);
		exit(is_hit ? 3 : 0);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	MUST(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3);
	return WEXITSTATUS(status) == 3;
}

size_t faults_in_children(const char *name, int (*one)(void))
{
	size_t faults = 0;

	while (fault_in_child(one, faults))
		faults++;
	printf("%4zu faults: %s\n", faults, name);
	return faults;
}

/* ---- the first look for backends, in a process of its own for each fault ---- */

/* What passes is told, and leaves nothing: the next look finds what there is. */
static int look_first(size_t nth, size_t choice)
{
	inject_arm(nth, choice);
	int ret = pmem2_backends_load();
	bool is_hit = inject_disarm() != NULL;
	int error = inject_errno();

	MUST(ret == 0 || (ret == -error && pmem2_err_is_passing(error)));
	MUST(ret == 0 || strstr(pmem2_errormsg(), strerror(error)) != NULL);
	MUST(pmem2_backends_load() == 0);
	for (unsigned use = 0; use < PMEM2_USES; use++)
		MUST((error != 0 && !pmem2_err_is_passing(error)) ||
			pmem2_registry()->choice[use][0].variant ==
				registry.choice[use][0].variant);
	return !is_hit ? 0 : error != 0 ? 3 : 4;
}

static size_t faults_of_first_look(void)
{
	size_t faults = 0, choice = 0;

	pmem2_registry_read(&registry,
		NULL); /* what it finds without faults, at the same addresses */
	for (size_t nth = 0;;) {
		int status;

		fflush(NULL);
		pid_t pid = fork();
		MUST(pid >= 0);
		if (pid == 0)
			exit(look_first(nth, choice));
		MUST(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
		if (WEXITSTATUS(status) == 0)
			break;
		MUST(WEXITSTATUS(status) == 3 || WEXITSTATUS(status) == 4);
		faults += WEXITSTATUS(status) == 3;
		choice = WEXITSTATUS(status) == 3 ? choice + 1
		                                  : 0; /* no further errno: the next call */
		nth += choice == 0;
	}
	printf("%4zu faults: pmem2_backends_load, at first\n", faults);
	return faults;
}

/* ---- what is made once: a thread's message, and the index of the maps, as it grows ---- */

static void *fail_first(void *unused)
{
	(void)unused;
	MUST(pmem2_vm_reservation_extend(given.rsv, 1) < 0);
	MUST(pmem2_errormsg()[0] != '\0');
	return NULL;
}

static int first_message(void)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, fail_first, NULL) == 0);
	return pthread_join(thread, NULL);
}

enum {
	CROWD = 700, /* maps; more than the index has room for at first, and of its parts */
};

static int crowd_of_maps(void)
{
	static char memory[CROWD][64];
	static struct pmem2_map *made[CROWD];
	int ret = 0;

	/* in an order that fills the middle, too */
	for (size_t i = 0; i < CROWD && ret == 0; i++) {
		size_t at = i * 9 % CROWD;

		if (made[at] == NULL)
			ret = pmem2_map_from_existing(&made[at], given.src, memory[at],
				sizeof(memory[at]), PMEM2_GRANULARITY_PAGE);
		if (ret != 0)
			made[at] = NULL;
	}
	return ret;
}

size_t faults_run(const struct scenario *list)
{
	size_t total = 0;

	for (const struct scenario *s = list; s->name != NULL; s++) {
		size_t faults = run(s);

		printf("%4zu faults: %s\n", faults, s->name);
		total += faults;
	}
	return total;
}

int main(void)
{
	size_t total = faults_of_first_look();

	prepare();
	total += faults_in_children("pmem2_errormsg, of a thread's first error", first_message);
	total += faults_in_children("pmem2_map_from_existing, 700 maps", crowd_of_maps);
	total += faults_run(scenarios);
#if NVDIMM
	total += faults_on_nvdimm();
#else
	printf("not shown: NVDIMMs, of which this library asks nothing\n");
#endif
	printf("%4zu faults injected\n", total);
	unlink(path);
	return 0;
}
