/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend_errors.c -- PMEM2_BACKEND names what cannot be had: the reason, and what is there.
 */
#include "api.h"

static const char *plugins(void)
{
	return getenv("PMEM2_TEST_PLUGINS");
}

static void refused(const char *named, const char *directory, const char *reason)
{
	setenv("PMEM2_BACKEND", named, 1);
	if (directory)
		setenv("PMEM2_BACKEND_DIR", directory, 1);
	int somewhere;
	struct pmem2_map *map = (struct pmem2_map *)&somewhere;
	fails(pmem2_map_new(&map, api_config(), api_source(api_file(PAGE))), PMEM2_E_BACKEND);
	ck_assert_ptr_null(map);
	says(reason);
	says("generic_msync"); /* it is there, whatever else is */
	says(getenv("PMEM2_BACKEND_DIR"));
}

START_TEST(missing_says_no_such_file)
{
	refused("nosuch", NULL, "No such file");
	says("\"nosuch\"");
}
END_TEST

START_TEST(what_is_there_is_listed)
{
	refused("nosuch", NULL, "nosuch");
	const char *built = getenv("PMEM2_TEST_BACKENDS");
	char name[100];
	for (int used; sscanf(built, "%99[^,]%n", name, &used) == 1; built += used + !!built[used])
		if (strcmp(name, "arm_dccvap")) /* not every CPU can */
			says(name);
}
END_TEST

START_TEST(files_that_nobody_asked_for_are_listed)
{
	refused("watchr", plugins(), "watcher");
	says("stale");
}
END_TEST

START_TEST(another_version_says_so)
{
	refused("stale", plugins(), "pmem2_backend_v1");
	says("version");
}
END_TEST

START_TEST(not_an_elf_file_says_so)
{
	refused("text", plugins(), "text.so");
	says("ELF");
}
END_TEST

START_TEST(a_file_under_another_name_says_so)
{
	refused("misnamed", plugins(), "name");
}
END_TEST

START_TEST(a_variant_without_operations_says_so)
{
	refused("hollow", plugins(), "operation");
}
END_TEST

START_TEST(a_backend_without_variants_says_so)
{
	refused("barren", plugins(), "no variant");
}
END_TEST

START_TEST(a_constructor_that_calls_the_library_does_not_hang)
{
	refused("caller", plugins(), "\"caller\"");
	ck_assert_int_eq(atoi(getenv("CALLER_GOT")), PMEM2_E_BACKEND);
}
END_TEST

START_TEST(an_empty_directory_says_no_such_file)
{
	refused("nosuch", "/var/empty/pmem2", "No such file");
}
END_TEST

START_TEST(a_name_with_a_slash_is_refused)
{
	refused("../plugins/watcher", plugins(), "name");
	char path[4200];
	snprintf(path, sizeof(path), "%s/watcher", plugins());
	refused(path, plugins(), "name");
	refused("/", plugins(), "name");
}
END_TEST

START_TEST(an_empty_value_is_no_value)
{
	setenv("PMEM2_BACKEND", "", 1);
	works(pmem2_backends_load());
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "generic_msync");
}
END_TEST

START_TEST(an_empty_name_among_others_is_refused)
{
	refused("generic_msync,", NULL, "name");
}
END_TEST

START_TEST(a_list_that_begins_with_a_comma_is_refused)
{
	refused(",generic_msync", NULL, "name");
}
END_TEST

START_TEST(a_name_of_4_kib_is_refused)
{
	char name[4097];
	memset(name, 'n', 4096);
	name[4096] = '\0';
	refused(name, NULL, "name");
}
END_TEST

START_TEST(odd_characters_are_refused)
{
	refused("generic msync", NULL, "name");
	says("\"generic msync\"");
}
END_TEST

START_TEST(one_bad_name_spoils_the_list)
{
	refused("generic_msync,nosuch", NULL, "nosuch");
}
END_TEST

START_TEST(hundreds_of_names_do_no_harm)
{
	char list[4000] = "none0";
	for (int i = 1; i < 300; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), ",none%d", i);
	refused(list, NULL, "none0");
}
END_TEST

START_TEST(a_fine_granularity_is_refused_for_the_name_too)
{
	setenv("PMEM2_BACKEND", "nosuch", 1);
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(PAGE));
	struct pmem2_map *map;
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE));
	static const char *const forced[] = {"BYTE", "CACHE_LINE"};
	for (int i = 0; i < 2; i++) {
		setenv("PMEM2_FORCE_GRANULARITY", forced[i], 1);
		fails(pmem2_map_new(&map, cfg, src), PMEM2_E_BACKEND);
		says("\"nosuch\"");
	}
}
END_TEST

START_TEST(every_call_that_needs_a_backend_says_it_again)
{
	refused("nosuch", NULL, "nosuch");
	struct pmem2_map *map;
	for (int i = 0; i < 2; i++) {
		fails(pmem2_map_new(&map, api_config(), api_anon(PAGE)), PMEM2_E_BACKEND);
		says("nosuch");
		fails(pmem2_map_from_existing(&map, api_anon(8), malloc(8), 8,
			      PMEM2_GRANULARITY_BYTE),
			PMEM2_E_BACKEND);
		says("nosuch");
	}
}
END_TEST

START_TEST(loading_early_says_it_too)
{
	setenv("PMEM2_BACKEND", "nosuch", 1);
	for (int i = 0; i < 2; i++) {
		fails(pmem2_backends_load(), PMEM2_E_BACKEND);
		says("\"nosuch\"");
	}
}
END_TEST

START_TEST(calls_that_need_none_go_on)
{
	setenv("PMEM2_BACKEND", "nosuch", 1);
	struct pmem2_vm_reservation *rsv = api_reserve(PAGE);
	works(pmem2_vm_reservation_delete(&rsv));
	struct pmem2_source *src = api_source(api_file(PAGE));
	works(pmem2_source_pwrite_mcsafe(src, &(char){'x'}, 1, 0));
	works(pmem2_source_delete(&src));
}
END_TEST

START_TEST(nothing_is_written_to_stderr_and_no_descriptor_left)
{
	int fd = api_file(0), kept = dup(2), before = api_count_fds();
	ck_assert_int_eq(dup2(fd, 2), 2);
	refused("stale", plugins(), "version");
	ck_assert_int_eq(dup2(kept, 2), 2);
	struct stat st;
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(api_count_fds(), before + 1); /* the file that refused() made */
}
END_TEST

API_MAIN("backend_errors", missing_says_no_such_file, what_is_there_is_listed,
	files_that_nobody_asked_for_are_listed, another_version_says_so, not_an_elf_file_says_so,
	a_file_under_another_name_says_so, a_variant_without_operations_says_so,
	a_backend_without_variants_says_so, a_constructor_that_calls_the_library_does_not_hang,
	an_empty_directory_says_no_such_file, a_name_with_a_slash_is_refused,
	an_empty_value_is_no_value, an_empty_name_among_others_is_refused,
	a_list_that_begins_with_a_comma_is_refused, a_name_of_4_kib_is_refused,
	odd_characters_are_refused, one_bad_name_spoils_the_list, hundreds_of_names_do_no_harm,
	a_fine_granularity_is_refused_for_the_name_too,
	every_call_that_needs_a_backend_says_it_again, loading_early_says_it_too,
	calls_that_need_none_go_on, nothing_is_written_to_stderr_and_no_descriptor_left)
