/* SPDX-License-Identifier: BSD-3-Clause */
/* test_registry.c -- which backend is chosen, and what PMEM2_BACKEND is answered. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry.h"
#include "registry_list.h"
#include "unit.h"

static struct pmem2_registry registry;

static const char *chosen(enum pmem2_granularity granularity)
{
	const struct pmem2_variant *variant = registry.choice[granularity][0].variant;

	return variant != NULL ? variant->name : "none";
}

static const char *chosen_volatile(void)
{
	return registry.choice[3][0].variant->name;
}

static bool starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

START_TEST(pages_are_always_served)
{
	pmem2_registry_read(&registry, NULL);
	ck_assert_int_eq(registry.error, 0);
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_PAGE), "generic_msync");
	ck_assert_str_eq(registry.found[registry.count - 1].name, "generic_msync");
	ck_assert(registry.found[registry.count - 1].builtin);
}
END_TEST

START_TEST(generic_msync_alone_serves_nothing_finer_that_is_durable)
{
	pmem2_registry_read(&registry, "generic_msync");
	ck_assert_int_eq(registry.error, 0);
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_CACHE_LINE), "none");
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_BYTE), "none");
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_PAGE), "generic_msync");
	ck_assert_str_eq(chosen_volatile(), "generic_msync-byte");
}
END_TEST

START_TEST(without_plug_ins_the_core_stands_alone)
{
	setenv("PMEM2_BACKEND_DIR", "/nonexistent", 1);
	pmem2_registry_read(&registry, NULL);
	ck_assert_int_eq(registry.error, 0);
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_CACHE_LINE), "none");
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_PAGE), "generic_msync");
	ck_assert_str_eq(chosen_volatile(), "generic_msync-byte");
}
END_TEST

#if defined(__x86_64__)

START_TEST(the_best_that_the_cpu_has_comes_first)
{
	pmem2_registry_read(&registry, NULL);
	const char *best = registry.cpu.features & PMEM2_CPU_CLWB         ? "clwb-"
	                   : registry.cpu.features & PMEM2_CPU_CLFLUSHOPT ? "clflushopt-"
	                                                                  : "clflush-";

	ck_assert(starts(chosen(PMEM2_GRANULARITY_CACHE_LINE), best));
	ck_assert(starts(chosen(PMEM2_GRANULARITY_BYTE), best));
	ck_assert_ptr_nonnull(strstr(chosen(PMEM2_GRANULARITY_BYTE), "-byte-"));
	ck_assert_str_eq(chosen_volatile(), chosen(PMEM2_GRANULARITY_BYTE));
}
END_TEST

START_TEST(a_pin_is_followed_by_name)
{
	pmem2_registry_read(&registry, "clflush");
	ck_assert_int_eq(registry.error, 0);
	ck_assert(starts(chosen(PMEM2_GRANULARITY_CACHE_LINE), "clflush-"));
	ck_assert(starts(chosen(PMEM2_GRANULARITY_BYTE), "clflush-byte-"));
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_PAGE), "generic_msync");
}
END_TEST

START_TEST(of_several_named_the_tables_order_decides)
{
	pmem2_registry_read(&registry, "generic_msync,clflush");
	ck_assert_int_eq(registry.error, 0);
	ck_assert(starts(chosen(PMEM2_GRANULARITY_CACHE_LINE), "clflush-"));
}
END_TEST

START_TEST(a_pin_that_the_cpu_cannot_run_is_refused)
{
	setenv("PMEM_NO_CLWB", "1", 1);
	pmem2_registry_read(&registry, "clwb");
	ck_assert_int_eq(registry.error, PMEM2_E_BACKEND);
	ck_assert_ptr_nonnull(strstr(registry.message, "lacks clwb"));
	ck_assert_ptr_nonnull(strstr(registry.message, "clflush, generic_msync"));
}
END_TEST

START_TEST(isa_switches_choose_the_next_variant)
{
	setenv("PMEM_AVX512F", "0", 1);
	setenv("PMEM_AVX", "0", 1);
	pmem2_registry_read(&registry, "clflush");
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_CACHE_LINE), "clflush-sse2");
}
END_TEST

#elif defined(__aarch64__)

START_TEST(arm_dccvap_needs_the_point_of_persistence)
{
	pmem2_registry_read(&registry, "arm_dccvap");
	if (registry.cpu.features & PMEM2_CPU_DCPOP) {
		ck_assert_int_eq(registry.error, 0);
		ck_assert(starts(chosen(PMEM2_GRANULARITY_CACHE_LINE), "arm_dccvap"));
	} else {
		ck_assert_int_eq(registry.error, PMEM2_E_BACKEND);
		ck_assert_ptr_nonnull(strstr(registry.message, "lacks dcpop"));
	}
}
END_TEST

#endif

START_TEST(bad_names_are_refused_with_the_list)
{
	char longest[4097];
	memset(longest, 'a', 4096);
	longest[4096] = '\0';
	const char *const names[] = {"", ",", "generic_msync,", "a/b", "../generic_msync", ".",
		"a b", longest};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		pmem2_registry_read(&registry, names[i]);
		ck_assert_int_eq(registry.error, PMEM2_E_BACKEND);
		ck_assert_ptr_nonnull(strstr(registry.message, "letters"));
		ck_assert_ptr_nonnull(strstr(registry.message, "generic_msync"));
	}
}
END_TEST

START_TEST(what_is_not_there_is_refused_with_file_and_list)
{
	pmem2_registry_read(&registry, "nosuch");
	ck_assert_int_eq(registry.error, PMEM2_E_BACKEND);
	ck_assert_ptr_nonnull(strstr(registry.message, "nosuch.so"));
	ck_assert_ptr_nonnull(strstr(registry.message, "generic_msync"));
}
END_TEST

/* ---- files that are no good: each is made of one broken table, see odd_backend.c ---- */

START_TEST(a_broken_backend_is_refused_with_what_is_wrong)
{
	static const struct {
		const char *name, *words;
	} table[] = {
		{"odd_version", "it has pmem2_backend_v0 and no pmem2_backend_v1: it was built for "
				"another version"},
		{"odd_other", "it has no symbol pmem2_backend_v1: it is no flush backend"},
		{"odd_function", "its pmem2_backend_v1 is no data"},
		{"odd_small", "its pmem2_backend_v1 has 8 bytes, and the contract's has 64"},
		{"odd_name", "its name is not the file's: it is called \"another\""},
		{"odd_empty", "no variant"},
		{"odd_hole", "its variant odd_hole-1 has no operation drain"},
		{"odd_needs", "this CPU lacks"},
		{"odd_const_tuning", "its tuning cannot be written to"},
		{"odd_used_tuning", "its tuning has 0x9 in reserved[2]"},
		{"odd_lost_tuning", "its tuning is not in its memory"},
		{"odd_serves_none", "its variant odd_serves_none-1 serves nothing"},
		{"odd_serves_unknown", "serves what this libpmem2 does not know: bits 0x80"},
		{"odd_variant_reserved", "its variant odd_variant_reserved-1 has 0x5 in reserved"},
		{"odd_backend_reserved", "in reserved[1], which must be NULL"},
		{"odd_unnamed", "variant number 1 has no name"},
		{"odd_nameless", "variant number 1 has no name"},
		{"odd_foreign", "its variant is called \"clwb-avx2\", and not"},
		{"odd_twins", "two of its variants are called \"odd_twins-1\" and serve the same"},
		{"odd_lost_variant", "its variant number 1 is not in its memory"},
	};

	setenv("PMEM2_BACKEND_DIR", ODD_BACKENDS_DIR, 1);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		pmem2_registry_read(&registry, table[i].name);
		ck_assert_int_eq(registry.error, PMEM2_E_BACKEND);
		ck_assert_msg(strstr(registry.message, table[i].words) != NULL, "%s",
			registry.message);
		ck_assert_ptr_nonnull(strstr(registry.message, "generic_msync"));
	}
}
END_TEST

START_TEST(a_third_partys_backend_is_found_by_name_alone)
{
	setenv("PMEM2_BACKEND_DIR", ODD_BACKENDS_DIR, 1);
	pmem2_registry_read(&registry, "odd_good");
	ck_assert_int_eq(registry.error, 0);
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_CACHE_LINE), "odd_good-1");
	ck_assert_uint_eq(registry.choice[1][0].backend->tuning->line_size, registry.cpu.line_size);

	pmem2_registry_read(&registry, NULL);
	ck_assert_str_eq(chosen(PMEM2_GRANULARITY_CACHE_LINE), "none");
}
END_TEST

START_TEST(a_refused_granularity_quotes_every_backend)
{
	const struct pmem2_choice *choice;

	setenv("PMEM2_BACKEND_DIR", "/nonexistent", 1);
	ck_assert(!pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE));
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "CACHE_LINE"));
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "generic_msync: does not serve it"));
#if defined(__x86_64__)
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "clwb: /nonexistent/clwb.so"));
#endif
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_PAGE, true, &choice), 0);
	ck_assert_str_eq(choice->variant->name, "generic_msync");
}
END_TEST

START_TEST(every_pick_fails_when_the_pin_is_bad)
{
	const struct pmem2_choice *choice;

	setenv("PMEM2_BACKEND", "nosuch", 1);
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_BYTE, false, &choice),
		PMEM2_E_BACKEND);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "nosuch"));
	ck_assert(!pmem2_registry_serves(PMEM2_GRANULARITY_PAGE));
}
END_TEST

/* ---- what passes is not remembered ---- */

START_TEST(a_shortage_is_refused_and_not_remembered)
{
	const struct pmem2_choice *choice;
	char words[200];

	snprintf(words, sizeof(words), "odd_good.so: %s", strerror(EMFILE));
	setenv("PMEM2_BACKEND_DIR", ODD_BACKENDS_DIR, 1);
	setenv("PMEM2_BACKEND", "odd_good", 1);
	struct rlimit before = unit_leave_descriptors(0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice),
			-EMFILE);
		ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), words));
		ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "try again"));
		ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_PAGE, true, &choice),
			-EMFILE); /* PMEM2_BACKEND names it: pages are its own, too, perhaps */
		ck_assert_int_eq(pmem2_backends_load(), -EMFILE);
		ck_assert(!pmem2_registry_lacks(PMEM2_GRANULARITY_CACHE_LINE));
		ck_assert(!pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE));
	}
	setrlimit(RLIMIT_NOFILE, &before);
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice), 0);
	ck_assert_str_eq(choice->variant->name, "odd_good-1");
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_PAGE, true, &choice), 0);
	ck_assert_int_eq(pmem2_backends_load(), 0);

	/* and is never asked again */
	setenv("PMEM2_BACKEND_DIR", "/nonexistent", 1);
	unit_leave_descriptors(0);
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice), 0);
	ck_assert_int_eq(pmem2_backends_load(), 0);
}
END_TEST

#if defined(__x86_64__)

/* Nobody has named a backend: pages go on, for no other backend of the build serves them. */
START_TEST(a_shortage_does_not_touch_what_is_certain)
{
	const struct pmem2_choice *choice;
	struct rlimit before = unit_leave_descriptors(0);

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_PAGE, true, &choice), 0);
		ck_assert_str_eq(choice->variant->name, "generic_msync");
		ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice),
			-EMFILE);
		ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "clwb"));
		ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_BYTE, true, &choice),
			-EMFILE);
		ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_BYTE, false, &choice),
			-EMFILE);
	}
	setrlimit(RLIMIT_NOFILE, &before);
	pmem2_registry_read(&registry, NULL);
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice), 0);
	ck_assert_str_eq(choice->variant->name, chosen(PMEM2_GRANULARITY_CACHE_LINE));
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_BYTE, false, &choice), 0);
	ck_assert_str_eq(choice->variant->name, chosen_volatile());
}
END_TEST

/* That rule's ground: of the build's backends generic_msync alone serves pages. */
START_TEST(no_other_backend_of_the_build_serves_pages)
{
	pmem2_registry_read(&registry, NULL);
	for (size_t i = 0; i < registry.count; i++) {
		const struct pmem2_backend *backend = registry.found[i].backend;

		ck_assert(registry.found[i].in_table);
		if (backend == NULL || strcmp(backend->name, "generic_msync") == 0)
			continue;
		for (const struct pmem2_variant *const *v = backend->variants; *v != NULL; v++)
			ck_assert_uint_eq((*v)->serves & PMEM2_SERVES_PAGE, 0);
	}
}
END_TEST

#endif

static void *pick_all(void *arg)
{
	const struct pmem2_choice *choice;

	(void)arg;
	for (int i = 0; i < 2000; i++)
		for (int g = PMEM2_GRANULARITY_BYTE; g <= PMEM2_GRANULARITY_PAGE; g++)
			if (pmem2_registry_pick((enum pmem2_granularity)g, true, &choice) == 0)
				ck_assert_ptr_nonnull(choice->variant);
	return NULL;
}

START_TEST(threads_try_again_side_by_side)
{
	const struct pmem2_choice *choice;
	struct rlimit before = unit_leave_descriptors(1);
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, pick_all, NULL), 0);
	setrlimit(RLIMIT_NOFILE, &before);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(pmem2_backends_load(), 0);
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_PAGE, true, &choice), 0);
}
END_TEST

START_TEST(the_next_best_backend_is_told)
{
	const struct pmem2_choice *choice, *first;

	setenv("PMEM2_BACKEND_DIR", ODD_BACKENDS_DIR, 1);
	setenv("PMEM2_BACKEND", "odd_good", 1);
	ck_assert_int_eq(pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice), 0);
	first = choice;
	fails(pmem2_registry_next(&choice), PMEM2_E_GRANULARITY_NOT_SUPPORTED, "odd_good");
	ck_assert_ptr_eq(choice, first);
}
END_TEST

START_TEST(too_many_names_are_an_error_not_an_overflow)
{
	pmem2_registry_read(&registry, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t");
	ck_assert_int_eq(registry.error, PMEM2_E_BACKEND);
	ck_assert_uint_le(registry.count, PMEM2_REGISTRY_MAX);
	ck_assert_str_eq(registry.found[0].name, "a");
	ck_assert_str_eq(registry.found[1].name, "b");
}
END_TEST

int main(void)
{
	const TTest *const tests[] =
	{ pages_are_always_served,
		generic_msync_alone_serves_nothing_finer_that_is_durable,
		without_plug_ins_the_core_stands_alone,
#if defined(__x86_64__)
		the_best_that_the_cpu_has_comes_first,
		a_pin_is_followed_by_name,
		of_several_named_the_tables_order_decides,
		a_pin_that_the_cpu_cannot_run_is_refused,
		isa_switches_choose_the_next_variant,
#elif defined(__aarch64__)
		arm_dccvap_needs_the_point_of_persistence,
#endif
		bad_names_are_refused_with_the_list,
		what_is_not_there_is_refused_with_file_and_list,
		a_broken_backend_is_refused_with_what_is_wrong,
		a_third_partys_backend_is_found_by_name_alone,
		a_refused_granularity_quotes_every_backend,
		every_pick_fails_when_the_pin_is_bad,
		too_many_names_are_an_error_not_an_overflow,
		a_shortage_is_refused_and_not_remembered,
#if defined(__x86_64__)
		a_shortage_does_not_touch_what_is_certain,
		no_other_backend_of_the_build_serves_pages,
#endif
		threads_try_again_side_by_side,
		the_next_best_backend_is_told,
		NULL };

	return unit_run("registry", tests);
}
