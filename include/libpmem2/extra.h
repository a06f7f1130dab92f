/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2/extra.h -- errors of writeback told to the program, and flushes that are written at the drain.
 *
 * This library's own, for programs that live on PMEM2_GRANULARITY_PAGE; it says what it needs of
 * base.h, whose conventions hold. libpmem2.h does not include it.
 */
#ifndef LIBPMEM2_EXTRA_H
#define LIBPMEM2_EXTRA_H 1

#include <libpmem2/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* ---- flushes that can fail ---- */

/*
 * What the functions of pmem2_get_persist_fn, _flush_fn, _drain_fn, _memmove_fn and _memset_fn do,
 * but for 0 or an error. 0 means what it says: the bytes are durable (persist, drain, copies without
 * NODRAIN and NOFLUSH). A map whose file is in error (pmem2_map_error) gets no 0 from any of them. They
 * call no handler and never abort. Any thread may call them. [ptr, ptr + size) must be in the map.
 *
 * pmem2_map_drain covers what the calling thread has flushed in this map.
 *
 * Errors:
 *   -EINVAL  the range is not within the map; nothing was stored or flushed
 *   -errno   of msync(2): EIO, ENOSPC, EDQUOT and others; or that of the error that the map is in
 */
int pmem2_map_persist(struct pmem2_map *map, const void *ptr, size_t size);
int pmem2_map_flush(struct pmem2_map *map, const void *ptr, size_t size);
int pmem2_map_drain(struct pmem2_map *map);
int pmem2_map_memmove(struct pmem2_map *map, void *pmemdest, const void *src, size_t len,
	unsigned flags);
int pmem2_map_memset(struct pmem2_map *map, void *pmemdest, int c, size_t len, unsigned flags);

/*
 * The error that the map is in: 0, or -errno of the latest failed write of its file through any map of this
 * process since this map was made, or since pmem2_map_clear_error. The kernel tells such a
 * failure once, and may have dropped the pages of any store that no flush had made durable by then; so the
 * library keeps it for each map of the file, whichever map or thread met it. Any thread may call it.
 *
 * Errors: -errno, as said.
 */
int pmem2_map_error(struct pmem2_map *map);

/*
 * Ends the error that the map is in, as far as the program has been told of it: by a function's result, by
 * a handler, or by pmem2_map_error. First store again, from the program's own copy, what was stored
 * since the last flush that succeeded before the error. Other maps of the file stay in error.
 * Never fails. Must not run beside another use of the map.
 */
int pmem2_map_clear_error(struct pmem2_map *map);

/* ---- void functions that fail ---- */

enum pmem2_flush_error_action {
	PMEM2_FLUSH_ERROR_ABORT, /* a sentence on stderr, and abort(3) */
	PMEM2_FLUSH_ERROR_GO_ON, /* the function returns; the map stays in error */
};

/*
 * Called in place of the abort, in the thread whose void function failed, with no lock held: [addr,
 * addr + len) may not be durable. map is NULL for memory in no map. error is an errno, positive. It
 * must return; it may call any function of this library but pmem2_map_delete of a map that is being
 * flushed.
 */
typedef enum pmem2_flush_error_action (*pmem2_flush_error_fn)(struct pmem2_map *map,
	const void *addr, size_t len, int error, void *arg);

/*
 * Sets the process's handler; NULL: none, failures abort. Any thread may call it; a failure that is being
 * handled may still call the one before. Never fails.
 */
int pmem2_set_flush_error_handler(pmem2_flush_error_fn handler, void *arg);

/*
 * Sets the handler of one map, which goes before the process's; NULL: none of its own. Must not run beside
 * another use of the map. Never fails.
 */
int pmem2_map_set_flush_error_handler(struct pmem2_map *map, pmem2_flush_error_fn handler,
	void *arg);

/* ---- flushes that wait for the drain ---- */

/*
 * Whether flushes of maps made with the config wait for the drain: 1 or 0, which is the default. At
 * PMEM2_GRANULARITY_PAGE flush, and copies with NODRAIN, then note the pages for their
 * thread; drain, persist and copies without NODRAIN write all that their thread has noted, with as few
 * calls of msync(2) as serve, which may write pages between them. Nothing is durable before. What a
 * thread has noted is also written when its notes (511 ranges) are full, when it ends, and
 * when the map is deleted; not when the process ends. At finer granularities nothing
 * changes. The functions must be asked of such a map: pmem2_get_flush_fn, _memmove_fn,
 * _memset_fn return others for it.
 *
 * Errors: -EINVAL, deferred is neither 0 nor 1.
 */
int pmem2_config_set_deferred_flush(struct pmem2_config *cfg, int deferred);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
