/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * codes.h -- notes which function failed with which code in the file that PMEM2_TEST_CODES names, if
 * it is there: tests/man/provoked.py compares that with the manual pages. After libpmem2.h.
 */
#ifndef TESTS_CODES_H
#define TESTS_CODES_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <libpmem2/explain.h>
#include <libpmem2/extra.h>

/* Without libc where a test may have put its own in the place. */
static inline int codes_note(const char *function, int code)
{
	const char *file = getenv("PMEM2_TEST_CODES");
	char line[80];

	/* PMDK's codes are not those of the pages */
	if (code >= 0 || file == NULL || getenv("PMEM2_TEST_LINKED") != NULL)
		return code;

	int saved = errno;
	snprintf(line, sizeof(line), "%s %d\n", function, code);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CLOEXEC);
	/* what is not noted is missed later */
	(void)!syscall(SYS_write, fd, line, strlen(line));
	syscall(SYS_close, fd);
	errno = saved;
	return code;
}

#define CODE(function, ...)                  codes_note(#function, function(__VA_ARGS__))
#define pmem2_backends_load(...)             CODE(pmem2_backends_load, __VA_ARGS__)
#define pmem2_badblock_clear(...)            CODE(pmem2_badblock_clear, __VA_ARGS__)
#define pmem2_badblock_context_new(...)      CODE(pmem2_badblock_context_new, __VA_ARGS__)
#define pmem2_badblock_next(...)             CODE(pmem2_badblock_next, __VA_ARGS__)
#define pmem2_config_delete(...)             CODE(pmem2_config_delete, __VA_ARGS__)
#define pmem2_config_get_alignment(...)      CODE(pmem2_config_get_alignment, __VA_ARGS__)
#define pmem2_config_get_file_size(...)      CODE(pmem2_config_get_file_size, __VA_ARGS__)
#define pmem2_config_new(...)                CODE(pmem2_config_new, __VA_ARGS__)
#define pmem2_config_set_deferred_flush(...) CODE(pmem2_config_set_deferred_flush, __VA_ARGS__)
#define pmem2_config_set_fd(...)             CODE(pmem2_config_set_fd, __VA_ARGS__)
#define pmem2_config_set_length(...)         CODE(pmem2_config_set_length, __VA_ARGS__)
#define pmem2_config_set_offset(...)         CODE(pmem2_config_set_offset, __VA_ARGS__)
#define pmem2_config_set_protection(...)     CODE(pmem2_config_set_protection, __VA_ARGS__)
#define pmem2_config_set_required_store_granularity(...) \
	CODE(pmem2_config_set_required_store_granularity, __VA_ARGS__)
#define pmem2_config_set_sharing(...)          CODE(pmem2_config_set_sharing, __VA_ARGS__)
#define pmem2_config_set_vm_reservation(...)   CODE(pmem2_config_set_vm_reservation, __VA_ARGS__)
#define pmem2_deep_flush(...)                  CODE(pmem2_deep_flush, __VA_ARGS__)
#define pmem2_explanation_granularity(...)     CODE(pmem2_explanation_granularity, __VA_ARGS__)
#define pmem2_map(...)                         CODE(pmem2_map, __VA_ARGS__)
#define pmem2_map_clear_error(...)             CODE(pmem2_map_clear_error, __VA_ARGS__)
#define pmem2_map_delete(...)                  CODE(pmem2_map_delete, __VA_ARGS__)
#define pmem2_map_drain(...)                   CODE(pmem2_map_drain, __VA_ARGS__)
#define pmem2_map_error(...)                   CODE(pmem2_map_error, __VA_ARGS__)
#define pmem2_map_flush(...)                   CODE(pmem2_map_flush, __VA_ARGS__)
#define pmem2_map_from_existing(...)           CODE(pmem2_map_from_existing, __VA_ARGS__)
#define pmem2_map_memmove(...)                 CODE(pmem2_map_memmove, __VA_ARGS__)
#define pmem2_map_memset(...)                  CODE(pmem2_map_memset, __VA_ARGS__)
#define pmem2_map_persist(...)                 CODE(pmem2_map_persist, __VA_ARGS__)
#define pmem2_map_set_flush_error_handler(...) CODE(pmem2_map_set_flush_error_handler, __VA_ARGS__)
#define pmem2_set_flush_error_handler(...)     CODE(pmem2_set_flush_error_handler, __VA_ARGS__)
#define pmem2_map_new(...)                     CODE(pmem2_map_new, __VA_ARGS__)
#define pmem2_source_alignment(...)            CODE(pmem2_source_alignment, __VA_ARGS__)
#define pmem2_map_explain(...)                 CODE(pmem2_map_explain, __VA_ARGS__)
#define pmem2_source_explain(...)              CODE(pmem2_source_explain, __VA_ARGS__)
#define pmem2_explanation_delete(...)          CODE(pmem2_explanation_delete, __VA_ARGS__)
#define pmem2_source_delete(...)               CODE(pmem2_source_delete, __VA_ARGS__)
#define pmem2_source_device_id(...)            CODE(pmem2_source_device_id, __VA_ARGS__)
#define pmem2_source_device_usc(...)           CODE(pmem2_source_device_usc, __VA_ARGS__)
#define pmem2_source_from_anon(...)            CODE(pmem2_source_from_anon, __VA_ARGS__)
#define pmem2_source_from_fd(...)              CODE(pmem2_source_from_fd, __VA_ARGS__)
#define pmem2_source_get_fd(...)               CODE(pmem2_source_get_fd, __VA_ARGS__)
#define pmem2_source_numa_node(...)            CODE(pmem2_source_numa_node, __VA_ARGS__)
#define pmem2_source_pread_mcsafe(...)         CODE(pmem2_source_pread_mcsafe, __VA_ARGS__)
#define pmem2_source_pwrite_mcsafe(...)        CODE(pmem2_source_pwrite_mcsafe, __VA_ARGS__)
#define pmem2_source_size(...)                 CODE(pmem2_source_size, __VA_ARGS__)
#define pmem2_unmap(...)                       CODE(pmem2_unmap, __VA_ARGS__)
#define pmem2_vm_reservation_delete(...)       CODE(pmem2_vm_reservation_delete, __VA_ARGS__)
#define pmem2_vm_reservation_extend(...)       CODE(pmem2_vm_reservation_extend, __VA_ARGS__)
#define pmem2_vm_reservation_map_find(...)     CODE(pmem2_vm_reservation_map_find, __VA_ARGS__)
#define pmem2_vm_reservation_map_find_first(...) \
	CODE(pmem2_vm_reservation_map_find_first, __VA_ARGS__)
#define pmem2_vm_reservation_map_find_last(...) \
	CODE(pmem2_vm_reservation_map_find_last, __VA_ARGS__)
#define pmem2_vm_reservation_map_find_next(...) \
	CODE(pmem2_vm_reservation_map_find_next, __VA_ARGS__)
#define pmem2_vm_reservation_map_find_prev(...) \
	CODE(pmem2_vm_reservation_map_find_prev, __VA_ARGS__)
#define pmem2_vm_reservation_new(...)    CODE(pmem2_vm_reservation_new, __VA_ARGS__)
#define pmem2_vm_reservation_shrink(...) CODE(pmem2_vm_reservation_shrink, __VA_ARGS__)

#endif
