/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2/extra.h -- returns errors of writeback to the program, and lets flushes wait for the drain.
 *
 * Only in this library; for programs whose maps have PMEM2_GRANULARITY_PAGE. The conventions of
 * base.h hold. libpmem2.h does not include it.
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
 * They do what the functions of pmem2_get_persist_fn, _flush_fn, _drain_fn, _memmove_fn and _memset_fn
 * do, and return 0 or an error. After 0 from persist, drain, and copies without NODRAIN and NOFLUSH, the
 * bytes are durable. While the map is in error (pmem2_map_error), none of them returns 0. They call no
 * handler and never abort. Any thread may call them. [ptr, ptr + size) must be in the map.
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
 * process since this map was made, or since pmem2_map_clear_error. The kernel reports such a failure once. It
 * may have dropped the pages of any store that no flush had made durable before. So the library keeps the
 * error for each map of the file. Any thread may call it.
 *
 * Errors: -errno, as said.
 */
int pmem2_map_error(struct pmem2_map *map);

/*
 * Ends the error that the map is in, as far as the program has been told of it: by a function's result, by
 * a handler, or by pmem2_map_error. Before, store again, from the program's own copy, what was stored since the
 * last flush that succeeded before the error. Other maps of the file stay in error. Never fails. No other
 * thread may use the map meanwhile.
 */
int pmem2_map_clear_error(struct pmem2_map *map);

/* ---- void functions that fail ---- */

enum pmem2_flush_error_action {
	PMEM2_FLUSH_ERROR_ABORT, /* a sentence on stderr, and abort(3) */
	PMEM2_FLUSH_ERROR_GO_ON, /* the function returns; the map stays in error */
};

/*
 * Called in place of the abort, in the thread whose void function failed, with no lock held: [addr,
 * addr + len) may not be durable. map is NULL if the memory is in no map. error is a value of errno,
 * positive. It must return. It may call any function of this library, except pmem2_map_delete of a map
 * that is being flushed.
 */
typedef enum pmem2_flush_error_action (*pmem2_flush_error_fn)(struct pmem2_map *map,
	const void *addr, size_t len, int error, void *arg);

/*
 * Sets the process's handler; NULL: none, and failures abort. Any thread may call it. A failure that is
 * being handled may still call the handler that was set before. Never fails.
 */
int pmem2_set_flush_error_handler(pmem2_flush_error_fn handler, void *arg);

/*
 * Sets the handler of one map, which is called instead of the process's; NULL: none of its own. No other
 * thread may use the map meanwhile. Never fails.
 */
int pmem2_map_set_flush_error_handler(struct pmem2_map *map, pmem2_flush_error_fn handler,
	void *arg);

/* ---- flushes that wait for the drain ---- */

/*
 * Whether flushes of maps that are made with the config wait for the drain: 1 or 0, which is the default.
 * With 1, at PMEM2_GRANULARITY_PAGE, flush and copies with NODRAIN only note the pages for their thread.
 * Drain, persist and copies without NODRAIN write all that their thread has noted, in few calls of msync(2),
 * which may also write pages between them. Nothing is durable before. What a thread has noted is also
 * written when its notes (511 ranges) are full, when it ends, and when the map is deleted; not when the
 * process ends. At finer granularities nothing changes. The functions must come from such a map:
 * pmem2_get_flush_fn, _memmove_fn and _memset_fn return other functions for it.
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
