/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend_choice.c -- which variant serves which mapping: by itself, and restricted by
 * PMEM2_BACKEND. A test of a choice asserts the variant's name, or it could not tell it from another.
 */
#include "api.h"
#include "interpose.h"

#include <sys/auxv.h>
#include <sys/wait.h>

/* ---- what this machine has, found out without the library ---- */

static const char *cpu_flags(void)
{
	static char flags[8192];
	FILE *f = fopen("/proc/cpuinfo", "re");
	while (f && fgets(flags, sizeof(flags), f))
		if (!strncmp(flags, "flags", 5))
			break;
	if (f)
		fclose(f);
	return strchr(flags, ':') ? strchr(flags, ':') + 1 : "";
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = words; (at = strstr(at, word)); at++)
		if ((at == words || strchr(" ,", at[-1])) && strchr(" ,\n", at[n]))
			return true;
	return false;
}

static bool cpu_runs(const char *backend)
{
#if defined(__aarch64__)
	return !strcmp(backend, "arm_dccvap") && (getauxval(AT_HWCAP) & 1UL << 16); /* DCPOP */
#else
	return has_word(cpu_flags(), backend); /* the instruction's name is the backend's */
#endif
}

static bool is_built(const char *backend)
{
	return has_word(getenv("PMEM2_TEST_BACKENDS"), backend);
}

static const char *isa(void)
{
#if defined(__aarch64__)
	return "neon";
#else
	const char *const best[] = {"avx512f", "avx2"};
	for (size_t i = 0; i < 2; i++)
		if (has_word(cpu_flags(), best[i]))
			return best[i];
	return "sse2";
#endif
}

/* arm_dccvap has variants of its own for CPUs with DC CVADP */
static const char *deep(void)
{
#if defined(__aarch64__)
	return getauxval(AT_HWCAP2) & 1UL << 0 ? "-deep" : ""; /* DCPODP */
#else
	return "";
#endif
}

static const char *const cpu_backends[] = {"clwb", "clflushopt", "clflush", "arm_dccvap"};
#define N_CPU_BACKENDS (sizeof(cpu_backends) / sizeof(*cpu_backends))

static bool is_usable(const char *backend)
{
	return is_built(backend) && cpu_runs(backend);
}

/* the best of those that the list allows; NULL: none */
static const char *best_of(const char *allowed)
{
	for (size_t i = 0; i < N_CPU_BACKENDS; i++)
		if (is_usable(cpu_backends[i]) && (!allowed || has_word(allowed, cpu_backends[i])))
			return cpu_backends[i];
	return NULL;
}

/* ---- what the library chooses ---- */

static char expected[100];

static const char *variant(const char *backend, const char *way)
{
	snprintf(expected, sizeof(expected), "%s%s%s-%s", backend, deep(), way, isa());
	return expected;
}

static void serves(struct pmem2_map *map, enum pmem2_granularity g, const char *name)
{
	ck_assert_str_eq(pmem2_map_get_backend_name(map), name);
	ck_assert_int_eq(pmem2_map_get_store_granularity(map), g);
	works(pmem2_map_delete(&map));
}

static struct pmem2_map *volatile_map(bool anonymous)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_sharing(cfg, anonymous ? PMEM2_SHARED : PMEM2_PRIVATE));
	return api_map(cfg, anonymous ? api_anon(PAGE) : api_source(api_file(PAGE)));
}

static int require(const char *forced, enum pmem2_granularity g)
{
	setenv("PMEM2_FORCE_GRANULARITY", forced, 1);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_required_store_granularity(cfg, g));
	struct pmem2_map *map;
	int ret = pmem2_map_new(&map, cfg, api_source(api_file(PAGE)));
	unsetenv("PMEM2_FORCE_GRANULARITY");
	return ret;
}

/* a file that MAP_SYNC is granted on, and no nd region says more */
static struct pmem2_map *dax_map(void)
{
	map_sync = SYNC_GRANTED;
	struct pmem2_map *map = api_map_file(PAGE);
	map_sync = SYNC_ASKED;
	return map;
}

/* one row of the table of choices, CPU backends: ordinary file, forced, anonymous and private */
static void row_of(const char *backend)
{
	const char *const byte = "-byte";
	const enum pmem2_granularity line = PMEM2_GRANULARITY_CACHE_LINE;
	serves(api_map_file(PAGE), PMEM2_GRANULARITY_PAGE, "generic_msync");
	serves(dax_map(), line, variant(backend, ""));
	serves(api_map_forced("CACHE_LINE", PAGE), line, variant(backend, ""));
	serves(api_map_forced("BYTE", PAGE), PMEM2_GRANULARITY_BYTE, variant(backend, byte));
	serves(api_map_forced("PAGE", PAGE), PMEM2_GRANULARITY_PAGE, "generic_msync");
	serves(volatile_map(true), PMEM2_GRANULARITY_BYTE, variant(backend, byte));
	serves(volatile_map(false), PMEM2_GRANULARITY_BYTE, variant(backend, byte));
	struct pmem2_map *map;
	char memory[8];
	works(pmem2_map_from_existing(&map, api_anon(8), memory, 8, line));
	serves(map, line, variant(backend, ""));
}

/* the row where no CPU backend may or can be used, at `forced` granularity */
static void row_of_pages(void)
{
	serves(api_map_file(PAGE), PMEM2_GRANULARITY_PAGE, "generic_msync");
	serves(dax_map(), PMEM2_GRANULARITY_PAGE, "generic_msync");
	map_sync = SYNC_GRANTED;
	fails(require("", PMEM2_GRANULARITY_CACHE_LINE), PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	map_sync = SYNC_ASKED;
	serves(volatile_map(true), PMEM2_GRANULARITY_BYTE, "generic_msync-byte");
	serves(volatile_map(false), PMEM2_GRANULARITY_BYTE, "generic_msync-byte");
	struct pmem2_map *map;
	fails(pmem2_map_from_existing(&map, api_anon(8), malloc(8), 8,
		      PMEM2_GRANULARITY_CACHE_LINE),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
}

START_TEST(nothing_named_the_best_serves)
{
	const char *best = best_of(NULL);
	if (!best)
		cannot("no CPU backend runs here");
	row_of(best);
}
END_TEST

/* in a process of its own, as the choice is made once */
static void with_backend(const char *named, void (*f)(const char *), const char *arg)
{
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		setenv("PMEM2_BACKEND", named, 1);
		f(arg);
		_exit(0);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "PMEM2_BACKEND=%s: status %#x", named, (unsigned)status);
}

START_TEST(a_cpu_backend_named_serves_all_but_pages)
{
	for (size_t i = 0; i < N_CPU_BACKENDS; i++)
		if (is_usable(cpu_backends[i]))
			with_backend(cpu_backends[i], row_of, cpu_backends[i]);
}
END_TEST

static void is_refused(const char *backend)
{
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, api_config(), api_source(api_file(PAGE))), PMEM2_E_BACKEND);
	says(backend);
	says("CPU lacks");
}

START_TEST(one_that_the_cpu_cannot_run_is_refused)
{
	for (size_t i = 0; i < N_CPU_BACKENDS; i++)
		if (is_built(cpu_backends[i]) && !cpu_runs(cpu_backends[i]))
			with_backend(cpu_backends[i], is_refused, cpu_backends[i]);
}
END_TEST

START_TEST(one_that_the_environment_forbids_is_refused)
{
	if (!is_usable("clwb"))
		cannot("clwb does not run here");
	setenv("PMEM_NO_CLWB", "1", 1);
	with_backend("clwb", is_refused, "clwb");
}
END_TEST

START_TEST(of_several_named_the_best_serves)
{
	const char *lists[] = {"clflush,generic_msync", "clflush,clflushopt", "clflush,clwb",
		"generic_msync,clwb,clflush"};
	for (size_t i = 0; i < 4; i++) {
		bool all = true;
		for (size_t j = 0; j < N_CPU_BACKENDS; j++)
			all = all &&
			      (!has_word(lists[i], cpu_backends[j]) || is_usable(cpu_backends[j]));
		if (all)
			with_backend(lists[i], row_of, best_of(lists[i]));
	}
}
END_TEST

START_TEST(generic_msync_named_serves_pages_and_volatile_memory)
{
	setenv("PMEM2_BACKEND", "generic_msync", 1);
	row_of_pages();
	serves(api_map_forced("CACHE_LINE", PAGE), PMEM2_GRANULARITY_PAGE, "generic_msync");
	serves(api_map_forced("BYTE", PAGE), PMEM2_GRANULARITY_PAGE, "generic_msync");
	fails(require("CACHE_LINE", PMEM2_GRANULARITY_CACHE_LINE),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	says("no CPU backend can be used");
	fails(require("BYTE", PMEM2_GRANULARITY_CACHE_LINE), PMEM2_E_GRANULARITY_NOT_SUPPORTED);
}
END_TEST

START_TEST(nothing_named_and_none_usable_is_refused_with_the_reasons)
{
	if (best_of(NULL) && !strcmp(getenv("PMEM2_TEST_PLUGGED"), ""))
		cannot("all backends are built in");
	setenv("PMEM2_BACKEND_DIR", "/var/empty/pmem2", 1);
	row_of_pages();
	fails(require("CACHE_LINE", PMEM2_GRANULARITY_PAGE), PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	says("CACHE_LINE");
	for (size_t i = 0; i < N_CPU_BACKENDS; i++)
		if (has_word(getenv("PMEM2_TEST_PLUGGED"), cpu_backends[i]))
			says(cpu_backends[i]);
	says("No such file");
}
END_TEST

static void expect_line(const char *backend_and_isa)
{
	serves(api_map_forced("CACHE_LINE", PAGE), PMEM2_GRANULARITY_CACHE_LINE, backend_and_isa);
}

START_TEST(variables_of_pmdk_narrow_the_choice)
{
	if (!is_usable("clwb") || !is_usable("clflushopt") || !has_word(cpu_flags(), "avx512f"))
		cannot("this CPU leaves no choice");
	with_backend("clwb", expect_line, "clwb-avx512f");
	setenv("PMEM_AVX512F", "0", 1);
	with_backend("clwb", expect_line, "clwb-avx2");
	setenv("PMEM_AVX", "0", 1);
	with_backend("clwb", expect_line, "clwb-sse2");
	setenv("PMEM_NO_CLWB", "1", 1);
	with_backend("clflush,clflushopt", expect_line, "clflushopt-sse2");
	setenv("PMEM_NO_CLFLUSHOPT", "1", 1);
	expect_line("clflush-sse2");
}
END_TEST

START_TEST(variables_are_read_once_at_first_use)
{
	const char *best = best_of(NULL);
	if (!best)
		cannot("no CPU backend runs here");
	setenv("PMEM2_BACKEND", best, 1);
	expect_line(variant(best, ""));
	setenv("PMEM2_BACKEND", "nosuch", 1);
	setenv("PMEM2_BACKEND_DIR", "/nowhere", 1);
	setenv("PMEM_NO_CLWB", "1", 1);
	setenv("PMEM_NO_CLFLUSHOPT", "1", 1);
	setenv("PMEM_AVX512F", "0", 1);
	expect_line(variant(best, ""));
}
END_TEST

START_TEST(the_name_is_valid_for_the_life_of_the_process)
{
	struct pmem2_map *map = api_map_file(PAGE);
	const char *name = pmem2_map_get_backend_name(map);
	works(pmem2_map_delete(&map));
	ck_assert_str_eq(name, "generic_msync");
}
END_TEST

API_MAIN("backend_choice", nothing_named_the_best_serves, a_cpu_backend_named_serves_all_but_pages,
	one_that_the_cpu_cannot_run_is_refused, one_that_the_environment_forbids_is_refused,
	of_several_named_the_best_serves, generic_msync_named_serves_pages_and_volatile_memory,
	nothing_named_and_none_usable_is_refused_with_the_reasons,
	variables_of_pmdk_narrow_the_choice, variables_are_read_once_at_first_use,
	the_name_is_valid_for_the_life_of_the_process)
