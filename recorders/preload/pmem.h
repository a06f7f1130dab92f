/* SPDX-License-Identifier: BSD-3-Clause */
/* pmem.h -- the functions of libpmem, version 1, as its manual has them; libpmem(7). */
#ifndef PRELOAD_PMEM_H
#define PRELOAD_PMEM_H

#include <stddef.h>
#include <sys/types.h>

void *pmem_map_file(const char *path, size_t length, int flags, mode_t mode, size_t *mapped_length,
	int *is_pmem);
int pmem_unmap(void *address, size_t length);
int pmem_is_pmem(const void *address, size_t length);

void pmem_persist(const void *address, size_t length);
void pmem_flush(const void *address, size_t length);
void pmem_drain(void);
int pmem_msync(const void *address, size_t length);
void pmem_deep_flush(const void *address, size_t length);
int pmem_deep_drain(const void *address, size_t length);
int pmem_deep_persist(const void *address, size_t length);
int pmem_has_hw_drain(void);
int pmem_has_auto_flush(void);

void *pmem_memmove(void *dest, const void *src, size_t length, unsigned flags);
void *pmem_memcpy(void *dest, const void *src, size_t length, unsigned flags);
void *pmem_memset(void *dest, int c, size_t length, unsigned flags);
void *pmem_memmove_persist(void *dest, const void *src, size_t length);
void *pmem_memcpy_persist(void *dest, const void *src, size_t length);
void *pmem_memset_persist(void *dest, int c, size_t length);
void *pmem_memmove_nodrain(void *dest, const void *src, size_t length);
void *pmem_memcpy_nodrain(void *dest, const void *src, size_t length);
void *pmem_memset_nodrain(void *dest, int c, size_t length);

const char *pmem_check_version(unsigned major, unsigned minor);
const char *pmem_errormsg(void);

/* Of version 2.1; its log is not written here. */
int pmem_log_set_threshold(int threshold, int level);
int pmem_log_get_threshold(int threshold, int *level);
int pmem_log_set_function(void *function);

/* Sets errno, and the sentence that pmem_errormsg() returns; returns -1. */
int pmem2_preload_error(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
