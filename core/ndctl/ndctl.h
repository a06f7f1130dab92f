/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ndctl.h -- the contract between the library and its module ndctl.so.
 *
 * The module is the only code that links libndctl and libdaxctl, which bring seven more libraries
 * along. It does not link libpmem2, exports pmem2_ndctl_v1 alone, keeps nothing between two calls
 * and may be called from any thread. Whoever changes the layout or the meaning of what is
 * below must change that name.
 */
#ifndef PMEM2_NDCTL_H
#define PMEM2_NDCTL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A sentence on the failure; the library makes it the thread's message. */
struct pmem2_ndctl_why {
	char text[512];
};

/*
 * region is the region's directory in sysfs, ".../ndbus0/region1". All return 0, or, with
 * why set: PMEM2_E_NOSUPP, the device has no such thing; -errno, it could not be asked. What they
 * write to is untouched then, but for the id.
 */
struct pmem2_ndctl {
	/*
	 * Writes the ids of the region's DIMMs, one after another, as far as size goes (the
	 * final 0 included), and the size that all of it needs. No DIMMs: "".
	 */
	int (*device_id)(const char *region, char *id, size_t size, size_t *needed,
		struct pmem2_ndctl_why *why);

	/* The unsafe shutdowns of the region's DIMMs, summed up. No DIMMs: 0. */
	int (*shutdown_count)(const char *region, uint64_t *count, struct pmem2_ndctl_why *why);

	int (*numa_node)(const char *region, int *node, struct pmem2_ndctl_why *why);

	/* Where the memory of a Device DAX begins in its region, and its length, bytes. */
	int (*dax_extent)(const char *region, dev_t dax, uint64_t *offset, uint64_t *length,
		struct pmem2_ndctl_why *why);

	/* Has the device clear [offset, offset + length) of the region, bytes. */
	int (*clear)(const char *region, uint64_t offset, uint64_t length,
		struct pmem2_ndctl_why *why);
};

extern __attribute__((visibility("default"))) const struct pmem2_ndctl pmem2_ndctl_v1;

#endif
