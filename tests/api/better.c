/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * better.c -- the cases that PMDK's library does not pass, and why.
 *
 * All other cases of the programs built for it must pass with PMDK's library too.
 */
#include "api.h"

static const struct {
	const char *area, *name, *why;
} better[] = {
	{"alloc", "objects_are_not_made_without_memory", "aborts"},
	{"alloc", "maps_are_not_made_without_memory", "aborts"},
	{"source", "alignment_of_huge_pages_is_their_size", "says the page size"},
	{"source", "shutdown_count_is_untouched_after_a_failure", "sets it to 0"},
	{"source_io", "offset_past_the_end_is_length_out_of_range", "returns success"},
	{"source_io", "a_short_transfer_goes_on", "returns success for a part"},
	{"vm_reservation", "so_big_that_sums_wrap_is_enomem", "returns success"},
	{"vm_reservation", "nothing_leaks_on_delete", "leaks the padding"},
	{"vm_reservation", "there_is_no_hidden_padding", "pads by 2 MiB"},
	{"vm_reservation", "an_exactly_fitting_hole_works", "wants room for the padding"},
	{"vm_reservation", "size_0_is_length_out_of_range", "makes one that cannot be deleted"},
	{"vm_reservation", "a_wrapping_offset_is_address_unaligned", "maps outside"},
	{"vm_resize", "extend_into_occupied_memory_by_pages", "pads by 2 MiB"},
	{"vm_resize", "shrink_from_the_start_by_pages", "frees 2 MiB somewhere else"},
	{"vm_resize", "shrink_from_the_end_by_pages", "frees 2 MiB somewhere else"},
	{"vm_resize", "shrunk_and_extended_it_still_deletes_cleanly", "leaks the padding"},
	{"map_existing", "page_persist_works", "loops for ever"},
	{"map_existing", "a_bad_granularity_is_an_error", "aborts"},
	{"map_existing", "a_length_that_wraps_ends_with_the_address_space", "cannot delete it"},
	{"flush", "page_persist_after_the_users_own_munmap_is_fine", "aborts"},
	{"flush", "a_failing_msync_aborts_with_a_message", "says nothing"},
	{"deep_flush", "a_range_that_wraps_is_deep_flush_range", "returns success"},
	{"deep_flush", "page_is_msync_and_its_error", "does nothing"},
	{"errors", "every_error_has_its_message", "leaves it as it was for some"},
	{"general", "character_device_is_invalid_file_type_with_sys_unreadable", "-ENOENT"},
	{"general", "no_file_is_ever_mapped_over_a_placeholder", "maps with MAP_FIXED"},
	{"general", "a_map_that_fails_late_leaves_the_reservation_as_it_was", "leaves a hole"},
	{"threads", "small_file_on_disk", "maps over other threads' memory"},
	{"threads", "large_file_on_disk", "maps over other threads' memory"},
	{"threads", "forced_lines_on_disk", "maps over other threads' memory"},
	{"copy", "an_aligned_8_byte_value_never_tears", "stores 8 bytes as two halves"},
	{NULL, NULL, NULL},
};

static bool is_case(const char *name, const TTest *const *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(cases[i]->name, name))
			return true;
	return false;
}

const char *api_stale(const char *area, const TTest *const *cases, size_t n)
{
	for (size_t i = 0; better[i].area; i++)
		if (!strcmp(area, better[i].area) && !is_case(better[i].name, cases, n))
			return better[i].name;
	return NULL;
}

bool api_is_better(const char *area, const char *name)
{
	for (size_t i = 0; better[i].area; i++)
		if (!strcmp(area, better[i].area) && !strcmp(name, better[i].name))
			return true;
	return false;
}
