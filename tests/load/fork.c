/* SPDX-License-Identifier: BSD-3-Clause */
/* fork.c -- maps across a fork: the child flushes and deletes, the parent deletes and goes on. */
#include <string.h>
#include <sys/wait.h>

#include "load.h"

static void child(struct pmem2_map *map, struct pmem2_vm_reservation *rsv)
{
	struct pmem2_map *found;
	char *at = pmem2_map_get_address(map);

	strcpy(at, "child");
	pmem2_get_persist_fn(map)(at, 6);
	MUST(pmem2_vm_reservation_map_find_first(rsv, &found) == 0 && found == map);
	MUST(pmem2_map_delete(&map) == 0);
	MUST(pmem2_vm_reservation_delete(&rsv) == 0);
	_exit(0);
}

int main(void)
{
	int fd = load_file(1 << 20);
	struct pmem2_source *src = load_source(fd);
	struct pmem2_config *cfg = load_config();
	struct pmem2_vm_reservation *rsv;
	struct pmem2_map *map;

	for (int i = 0; i < 50; i++) {
		int status;
		char text[6];

		MUST(pmem2_vm_reservation_new(&rsv, NULL, 2 << 20) == 0);
		MUST(pmem2_config_set_vm_reservation(cfg, rsv, 0) == 0);
		MUST(pmem2_map_new(&map, cfg, src) == 0);
		pid_t pid = fork();
		MUST(pid >= 0);
		if (pid == 0)
			child(map, rsv);
		if (i % 2 == 0) /* while the child runs, or after it */
			MUST(waitpid(pid, &status, 0) == pid && status == 0);
		MUST(pmem2_map_delete(&map) == 0);
		MUST(pmem2_vm_reservation_delete(&rsv) == 0);
		if (i % 2 != 0)
			MUST(waitpid(pid, &status, 0) == pid && status == 0);
		MUST(pread(fd, text, 6, 0) == 6 && strcmp(text, "child") == 0);
	}
	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	return 0;
}
