/* SPDX-License-Identifier: BSD-3-Clause */
/* written.c -- which pages were written to. */
#include "written.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* of linux/userfaultfd.h and linux/fs.h of Linux 6.7: those of the build may be older */
#define USER_MODE_ONLY 1
#define WP_UNPOPULATED (UINT64_C(1) << 13)
#define WP_ASYNC       (UINT64_C(1) << 15)

struct page_region_6_7 {
	uint64_t start, end, categories;
};

struct pm_scan_arg_6_7 {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN          _IOWR('f', 16, struct pm_scan_arg_6_7)
#define WP_MATCHING   1
#define CHECK_WPASYNC 2
#define IS_WRITTEN    2
#define IS_PRESENT    8
#define IS_SWAPPED    16

enum { REGIONS = 128 };

static int faults = -1, pagemap = -1; /* descriptors; without the first, nothing is watched */

static bool open_both(void)
{
	struct uffdio_api api = {.api = UFFD_API, .features = WP_ASYNC | WP_UNPOPULATED};

	if (faults >= 0)
		return true;
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY);
	if (pagemap >= 0 && faults >= 0 && ioctl(faults, UFFDIO_API, &api) == 0)
		return true;

	if (pagemap >= 0)
		close(pagemap);
	if (faults >= 0)
		close(faults);
	pagemap = -1;
	faults = -1;
	return false;
}

bool pmem2_pf_written_watch(uintptr_t begin, uintptr_t end)
{
	struct uffdio_register range = {
		.range = {begin, end - begin},
		.mode = UFFDIO_REGISTER_MODE_WP,
	};

	return open_both() && ioctl(faults, UFFDIO_REGISTER, &range) == 0;
}

bool pmem2_pf_written(uintptr_t begin, uintptr_t end, enum pf_written which,
	void (*visit)(uintptr_t begin, uintptr_t end, void *arg), void *arg)
{
	struct page_region_6_7 regions[REGIONS];
	struct pm_scan_arg_6_7 scan = {
		.size = sizeof(scan),
		.flags = WP_MATCHING | CHECK_WPASYNC,
		.start = begin,
		.end = end,
		.vec = (uintptr_t)regions,
		.vec_len = REGIONS,
		.category_mask = IS_WRITTEN,
		.category_anyof_mask = which == PF_WRITTEN_PRESENT ? IS_PRESENT | IS_SWAPPED : 0,
		.return_mask = IS_WRITTEN,
	};

	while (scan.start < end) {
		int n = ioctl(pagemap, SCAN, &scan);

		if (n < 0)
			return false;
		for (int i = 0; i < n; i++)
			visit(regions[i].start, regions[i].end, arg);
		if (scan.walk_end <= scan.start)
			return false;
		scan.start = scan.walk_end;
	}
	return true;
}

void pmem2_pf_written_forked(void)
{
	faults = -1; /* the descriptors are of the parent's memory */
	pagemap = -1;
}
