/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * api.c -- the runner of the tests of the public interface, and what they share.
 */
#include "api.h"

#include <dirent.h>
#include <dlfcn.h>
#include <sys/wait.h>

static const char *linked(void)
{
	const char *to = getenv("PMEM2_TEST_LINKED");
	return to ? to : "";
}

bool api_is_peer(void)
{
	return !strcmp(linked(), "peer");
}

bool api_is_old(void)
{
	return !strcmp(linked(), "old");
}

int api_manual(int manual, int pmdk)
{
	return api_is_peer() || api_is_old() ? pmdk : manual;
}

void api_says(const char *const *names)
{
	for (; !api_is_peer() && *names; names++)
		ck_assert_msg(strstr(pmem2_errormsg(), *names), "'%s' is not in '%s'", *names,
			pmem2_errormsg());
}

const char *decimal(size_t number)
{
	static char texts[8][24];
	static size_t next;
	char *text = texts[next++ % 8];
	snprintf(text, sizeof(texts[0]), "%zu", number);
	return text;
}

const char *const api_forced[] = {"PAGE", "CACHE_LINE", "BYTE"};
static bool has_cpu_backend;

size_t api_times(size_t times)
{
	const char *cases = getenv("PMEM2_TEST_CASES");
	return cases && atol(cases) < 1000 ? times / 4 : times;
}

size_t api_forced_count(void)
{
	return has_cpu_backend ? 3 : 1;
}

enum pmem2_granularity api_granularity(size_t i)
{
	return (enum pmem2_granularity)(PMEM2_GRANULARITY_PAGE - i);
}

enum pmem2_granularity api_line(void)
{
	return has_cpu_backend ? PMEM2_GRANULARITY_CACHE_LINE : PMEM2_GRANULARITY_PAGE;
}

/* asks in another process: in this one nothing may have been used before the test begins */
static bool find_cpu_backend(void)
{
	pid_t pid = fork();
	if (!pid) {
		char memory[8];
		struct pmem2_source *src;
		struct pmem2_map *map;
		_exit(pmem2_source_from_anon(&src, 8) || pmem2_map_from_existing(&map, src, memory,
								 8, PMEM2_GRANULARITY_CACHE_LINE));
	}
	int status = 1;
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* a test of the wrong library proves nothing */
static bool is_the_library_meant(void)
{
	bool ours = dlsym(RTLD_DEFAULT, "pmem2_map_get_backend_name");
	if (ours != api_is_peer())
		return true;
	fprintf(stderr, "PMEM2_TEST_LINKED='%s', but the library is %s\n", linked(),
		ours ? "this project's" : "not this project's");
	return false;
}

/* PMEM2_TEST_EXCEPT: names, apart by spaces, of cases that do not hold where the files are. */
static bool is_excepted(const char *name)
{
	const char *except = getenv("PMEM2_TEST_EXCEPT");
	size_t length = strlen(name);

	for (const char *at = except ? strstr(except, name) : NULL; at; at = strstr(at + 1, name)) {
		if ((at == except || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	}
	return false;
}

int api_main(const char *area, const TTest *const *cases, size_t n)
{
	if (!is_the_library_meant())
		return 1;
	const char *stale = api_stale(area, cases, n);
	if (stale) {
		fprintf(stderr, "better.c: %s has no case %s\n", area, stale);
		return 1;
	}
	has_cpu_backend = find_cpu_backend();
	const char *only = getenv("PMEM2_TEST_ONLY");
	Suite *suite = suite_create(area);
	TCase *tc = tcase_create(area);
	tcase_set_timeout(tc, 0); /* Meson's is enough */
	suite_add_tcase(suite, tc);
	for (size_t i = 0; i < n; i++) {
		if (only ? strcmp(only, cases[i]->name)
			 : api_is_peer() && api_is_better(area, cases[i]->name))
			continue;
		if (is_excepted(cases[i]->name))
			continue;
		tcase_add_test(tc, cases[i]);
	}

	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, getenv("PMEM2_TEST_VERBOSE") ? CK_VERBOSE : CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}

const char *api_disk(void)
{
	const char *dir = getenv("PMEM2_TEST_DIR");
	return dir ? dir : ".";
}

const char *api_shm(void)
{
	return "/dev/shm";
}

int api_file_in(const char *dir, size_t size)
{
	char path[4096];
	ck_assert_int_lt(snprintf(path, sizeof(path), "%s/api-XXXXXX", dir), (int)sizeof(path));
	int fd = mkstemp(path);
	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
	return fd;
}

int api_file(size_t size)
{
	return api_file_in(api_disk(), size);
}

int api_reopen(int fd, int flags)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int again = open(path, flags);
	ck_assert_msg(again >= 0, "%s: %s", path, strerror(errno));
	return again;
}

char api_byte(int fd, size_t offset)
{
	char c = 0;
	ck_assert_int_eq(pread(fd, &c, 1, (off_t)offset), 1);
	return c;
}

struct pmem2_source *api_source(int fd)
{
	struct pmem2_source *src;
	works(pmem2_source_from_fd(&src, fd));
	return src;
}

struct pmem2_source *api_anon(size_t size)
{
	struct pmem2_source *src;
	works(pmem2_source_from_anon(&src, size));
	return src;
}

struct pmem2_config *api_config(void)
{
	struct pmem2_config *cfg;
	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	return cfg;
}

struct pmem2_map *api_map(struct pmem2_config *cfg, struct pmem2_source *src)
{
	struct pmem2_map *map;
	works(pmem2_map_new(&map, cfg, src));
	return map;
}

struct pmem2_map *api_map_file(size_t size)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(size));
	struct pmem2_map *map = api_map(cfg, src);
	pmem2_source_delete(&src);
	pmem2_config_delete(&cfg);
	return map;
}

struct pmem2_map *api_map_forced(const char *granularity, size_t size)
{
	ck_assert_int_eq(setenv("PMEM2_FORCE_GRANULARITY", granularity, 1), 0);
	struct pmem2_map *map = api_map_file(size);
	ck_assert_int_eq(unsetenv("PMEM2_FORCE_GRANULARITY"), 0);
	return map;
}

struct pmem2_vm_reservation *api_reserve(size_t size)
{
	struct pmem2_vm_reservation *rsv;
	works(pmem2_vm_reservation_new(&rsv, NULL, size));
	return rsv;
}

/* One line of /proc/self/maps that meets [from, to); false: there is none. */
static bool meets(uintptr_t from, uintptr_t to, char prot[5])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	ck_assert_ptr_nonnull(maps);
	char line[4200];
	bool found = false;
	while (!found && fgets(line, sizeof(line), maps)) {
		uintptr_t start, end;
		ck_assert_int_eq(sscanf(line, "%lx-%lx %4s", &start, &end, prot), 3);
		found = start < to && end > from;
	}
	fclose(maps);
	return found;
}

bool api_is_free(const void *addr, size_t size)
{
	char prot[5];
	return !meets((uintptr_t)addr, (uintptr_t)addr + size, prot);
}

bool api_has_prot(const void *addr, const char *want)
{
	char prot[5];
	return meets((uintptr_t)addr, (uintptr_t)addr + 1, prot) && !strcmp(prot, want);
}

int api_count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	ck_assert_ptr_nonnull(dir);
	int n = 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}
