/* SPDX-License-Identifier: BSD-3-Clause */
/* map.h -- the object, and the getters of its functions. */
#ifndef PMEM2_MAP_H
#define PMEM2_MAP_H

#include <stdatomic.h>

#include "granularity.h"
#include "handler.h"
#include "registry.h"
#include "source.h"

struct pmem2_config;
struct pmem2_file;
struct pmem2_vm_reservation;

struct pmem2_map {
	void *address;
	size_t length; /* bytes, exact: the last page may be used in part */
	const struct pmem2_choice *choice;
	struct pmem2_vm_reservation *rsv; /* that it lies in; or NULL */
	dev_t device;
	enum pmem2_source_type type;
	struct pmem2_verdict verdict;
	bool ours; /* mapped by us, and so to be unmapped */

	/* PAGE */
	const struct pmem2_variant *functions; /* what programs get: the choice's, or page.c's */
	struct pmem2_file *file;   /* what is known of its writeback; NULL: nothing to know */
	atomic_uint_fast64_t told; /* failures of the file that the map is not in error for */
	struct pmem2_handler handler;
	bool deferred;     /* flushes are noted */
	atomic_bool noted; /* some thread has, since the last time that all was written */
};

/*
 * The answers that PMDK's manual and its code give differently. The library gives the manual's to
 * programs built with its header, and the code's to binaries linked to PMDK's library.
 */
struct pmem2_answers {
	int beyond_reservation; /* a place that ends behind the reservation */
	int append_only;        /* writing through a mapping to a file under chattr +a */
	int overlap;            /* pmem2_map_from_existing meets another map */
	int deep_private; /* pmem2_deep_flush of a private map, which has nothing to flush to */
};

extern const struct pmem2_answers pmem2_answers_manual;

int pmem2_map_create(struct pmem2_map **map, const struct pmem2_config *cfg,
	const struct pmem2_source *src, const struct pmem2_answers *answers);
int pmem2_map_adopt(struct pmem2_map **map, const struct pmem2_source *src, void *addr, size_t len,
	enum pmem2_granularity gran, const struct pmem2_answers *answers);
int pmem2_map_deep_flush(struct pmem2_map *map, const void *ptr, size_t size,
	const struct pmem2_answers *answers);

#endif
