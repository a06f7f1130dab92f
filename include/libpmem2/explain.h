/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2/explain.h -- why a mapping has, or would have, its store granularity.
 *
 * An explanation is a list of reasons, in the order in which they were found: what the kernel and
 * the environment said, where the file is, which backends were considered, and what the next finer
 * granularity needs. Each has a stable code for programs and a sentence for people.
 */
#ifndef LIBPMEM2_EXPLAIN_H
#define LIBPMEM2_EXPLAIN_H 1

#include <libpmem2/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* The values never change; later versions add some. "subject" is what a reason names. */
enum pmem2_reason_code {
	/* how it is mapped */
	PMEM2_REASON_VOLATILE = 1,        /* anonymous or private: nothing outlives the process */
	PMEM2_REASON_CALLER = 2,          /* pmem2_map_from_existing was told */
	PMEM2_REASON_FORCED = 3,          /* PMEM2_FORCE_GRANULARITY; subject: the granularity */
	PMEM2_REASON_FORCED_IGNORED = 4,  /* it holds no granularity; subject: its value */
	PMEM2_REASON_REQUEST_REFUSED = 5, /* the config does not fit the source; error: a code */
	PMEM2_REASON_PLACE_REFUSED = 6,   /* nor the reservation; error: a code */
	PMEM2_REASON_MMAP_REFUSED = 7,    /* error: mmap's errno */
	PMEM2_REASON_NO_MMAP = 8,         /* ENODEV: no mmap in the file system, or the driver */
	PMEM2_REASON_NO_HUGE_PAGES = 9,   /* ENOMEM on hugetlbfs: too few are free */
	PMEM2_REASON_SYNC_GRANTED = 10,   /* MAP_SYNC was granted */
	PMEM2_REASON_SYNC_REFUSED = 11,   /* it was refused; error: its errno */

	/* where the file is */
	PMEM2_REASON_FILE_SYSTEM = 20,        /* subject: its name */
	PMEM2_REASON_OVERLAY = 21,            /* a union of others, which does not say which */
	PMEM2_REASON_NO_BLOCK_DEVICE = 22,    /* a network, a program or several disks are below */
	PMEM2_REASON_IN_MEMORY = 23,          /* tmpfs and the like: lost when the power goes */
	PMEM2_REASON_HUGE_PAGES = 24,         /* hugetlbfs; subject: the size of its pages, bytes */
	PMEM2_REASON_NO_SYSFS = 25,           /* sysfs is not there to tell; subject: the path */
	PMEM2_REASON_DEVICE_WITHOUT_DAX = 26, /* the block device cannot; subject: major:minor */
	PMEM2_REASON_MOUNT_WITHOUT_DAX = 27,  /* it can, the mount does not; subject: the options */
	PMEM2_REASON_FILE_WITHOUT_DAX = 28,   /* the mount does, the file has no flag for it */
	PMEM2_REASON_DEVICE_WITHOUT_SYNC = 29, /* DAX without MAP_SYNC: virtio-pmem */
	PMEM2_REASON_FSYNC_DOES_NOTHING = 30,  /* msync(2) succeeds and writes nothing: famfs */

	/* the nd region */
	PMEM2_REASON_REGION = 40,            /* subject: its directory in sysfs */
	PMEM2_REASON_NO_REGION = 41,         /* the device is in none */
	PMEM2_REASON_CPU_CACHE = 42,         /* persistence_domain: with the caches (eADR) */
	PMEM2_REASON_MEMORY_CONTROLLER = 43, /* without them (ADR) */
	PMEM2_REASON_DOMAIN_NOT_TOLD = 44,   /* none, or an unknown one */
	PMEM2_REASON_NOT_DURABLE = 45,       /* Device DAX of which nothing says that it is */
	PMEM2_REASON_NO_MSYNC = 46,          /* Device DAX cannot do PAGE */

	/* the backends, each once; subject: its name */
	PMEM2_REASON_BACKEND_CHOSEN = 60,    /* subject: the variant */
	PMEM2_REASON_BACKEND_MISSING = 61,   /* its file, or package, is not installed */
	PMEM2_REASON_BACKEND_REFUSED = 62,   /* it cannot be used: the CPU, or a broken file */
	PMEM2_REASON_BACKEND_NOT_NAMED = 63, /* PMEM2_BACKEND names others */
	PMEM2_REASON_BACKEND_OTHER = 64,     /* it does not serve this granularity */
	PMEM2_REASON_BACKEND_VARIABLE = 65,  /* PMEM2_BACKEND names what cannot be had */
	PMEM2_REASON_NO_BACKEND = 66,        /* none serves what the hardware could do */
	PMEM2_REASON_BACKEND_NOT_NOW = 67,   /* a passing shortage; error: its errno */

	/* what follows */
	PMEM2_REASON_COARSER = 80,        /* than what the config requires; error: the code */
	PMEM2_REASON_FOR_CACHE_LINE = 81, /* what this mapping needs for CACHE_LINE */
	PMEM2_REASON_FOR_BYTE = 82,       /* and for BYTE */
};

/*
 * One reason. The library alone makes these, so members may be added at the end. All pointers are
 * valid as long as the explanation; none is NULL.
 */
struct pmem2_reason {
	enum pmem2_reason_code code;
	int decided;          /* 1: the granularity, or the refusal, is due to this one; else 0 */
	int error;            /* an errno, or a negative code; 0: none belongs to it */
	const char *name;     /* of the code, without its prefix: "SYNC_REFUSED" */
	const char *subject;  /* "" where there is none */
	const char *sentence; /* in English, without a period */
};

struct pmem2_explanation;

/*
 * Explains a map. A map does not keep its file: what only the file tells is left out, and the
 * mount is found by its device. *explanation is NULL after a failure; else the caller deletes it. It
 * stays valid when the map is deleted. Makes system calls; any thread may call it.
 *
 * Errors: -ENOMEM.
 */
int pmem2_map_explain(const struct pmem2_map *map, struct pmem2_explanation **explanation);

/*
 * Explains what pmem2_map_new would do now with the same two: it maps, looks, and unmaps. If
 * pmem2_map_new would fail, this succeeds, and the explanation says why. cfg NULL, or without a
 * granularity: any is accepted. cfg NULL also means the whole source, shared, for reading. A place in
 * a reservation is taken during the call. *explanation is NULL after a failure; else the caller
 * deletes it. Any thread may call it.
 *
 * Errors: -ENOMEM.
 */
int pmem2_source_explain(const struct pmem2_source *src, const struct pmem2_config *cfg,
	struct pmem2_explanation **explanation);

/*
 * The granularity that was explained. *granularity is untouched after a failure.
 *
 * Errors: -errno, or any other code that pmem2_map_new would return, with its sentence.
 */
int pmem2_explanation_granularity(const struct pmem2_explanation *explanation,
	enum pmem2_granularity *granularity);

/*
 * The reason after that one; after NULL: the first. NULL: there is no further one. An explanation
 * does not change: several threads may read it.
 */
const struct pmem2_reason *pmem2_explanation_next(const struct pmem2_explanation *explanation,
	const struct pmem2_reason *reason);

/* Releases the explanation and its reasons, and stores NULL. Never fails. */
int pmem2_explanation_delete(struct pmem2_explanation **explanation);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
