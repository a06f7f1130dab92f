/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * answers.c -- prints what is returned where PMDK's manual and PMDK's code differ.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <libpmem2.h>

static int file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || unlink(path) || ftruncate(fd, 4096)) {
		perror(path);
		exit(2);
	}
	return fd;
}

int main(int argc, char *argv[])
{
	const char *path = argc > 1 ? argv[1] : "file";
	const int append_only = FS_APPEND_FL;
	int fd = file(path), closed_to_writes = file(path);
	struct pmem2_source *src, *other;
	struct pmem2_config *cfg;
	struct pmem2_vm_reservation *rsv;
	struct pmem2_map *map, *none;

	if (pmem2_source_from_fd(&src, fd) || pmem2_source_from_fd(&other, closed_to_writes) ||
		pmem2_config_new(&cfg) || pmem2_vm_reservation_new(&rsv, NULL, 4096) ||
		pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE) ||
		pmem2_map_new(&map, cfg, src)) {
		pmem2_perror("answers");
		return 2;
	}

	printf("overlap %d\n", pmem2_map_from_existing(&none, src, pmem2_map_get_address(map), 1,
				       PMEM2_GRANULARITY_PAGE));
	if (ioctl(closed_to_writes, FS_IOC_SETFLAGS, &append_only) == 0)
		printf("append-only %d\n", pmem2_map_new(&none, cfg, other));
	pmem2_config_set_vm_reservation(cfg, rsv, 4096);
	printf("beyond the reservation %d\n", pmem2_map_new(&none, cfg, src));

	pmem2_config_set_vm_reservation(cfg, NULL, 0);
	pmem2_config_set_sharing(cfg, PMEM2_PRIVATE);
	if (pmem2_map_new(&map, cfg, src)) {
		pmem2_perror("answers");
		return 2;
	}
	printf("deep flush of a private map %d\n",
		pmem2_deep_flush(map, pmem2_map_get_address(map), 4096));
	return 0;
}
