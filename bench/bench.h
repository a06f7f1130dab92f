/* SPDX-License-Identifier: BSD-3-Clause */
/* What the groups of rows share. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H 1

#include "cache.h"
#include "harness.h"
#include "library.h"
#include "results.h"

/* What a copy that returns has promised. */
enum contract {
	CONTRACT_DURABLE, /* our default; the peer's user copies with NOFLUSH and persists by hand
			   */
	CONTRACT_NT,      /* non-temporal store and fence are enough: ours with
			     PMEM2_NT_EVICTS=1, the peer's plain call */
};

struct bench {
	struct library ours[2]; /* by enum contract */
	struct library peer[2]; /* the same library twice; with self, copies of ours */
	bool self;
	struct memory memory;
	int fd;                 /* a file on tmpfs of COLD_WINDOW and more */
	const char *disk_dir;   /* on a file system that writes to a device */
	const char *group, *op; /* only these rows; NULL: all */
	struct results results;
};

/* Measures the row, if it is asked for. */
void bench_row(struct bench *bench, const struct row *row, const struct work *work);

/* Whether anything of the group is asked for; saves its setup. */
bool bench_wants(const struct bench *bench, const char *group);

/* Fills in both sides: the same function, each library's operations. */
void bench_sides(struct bench *bench, struct work *work, enum contract contract,
	enum pmem2_granularity granularity, void (*run)(const struct side *side), void *job);

/* the groups */
void bare_group(struct bench *bench);
void copy_group(struct bench *bench);
void overlap_group(struct bench *bench);
void memset_group(struct bench *bench);
void flush_group(struct bench *bench);
void random_group(struct bench *bench);
void maps_group(struct bench *bench);
void lookup_group(struct bench *bench);
void page_group(struct bench *bench);
void batch_group(struct bench *bench);
void objects_group(struct bench *bench);
void threads_group(struct bench *bench);

#endif
