/* SPDX-License-Identifier: BSD-3-Clause */
/* limit.c -- more maps than the kernel allows: a refusal that names the limit, and nothing is lost. */
#include <errno.h>
#include <string.h>

#include "load.h"

enum {
	PAGE = 4096,
};

/* Every map of the same page: the kernel cannot merge them. */
int main(void)
{
	struct pmem2_source *src = load_source(load_file(PAGE));
	struct pmem2_config *cfg = load_config();
	size_t limit = 1 << 20, made = 0;
	struct pmem2_map **maps = calloc(limit, sizeof(maps[0]));
	int ret = 0;

	MUST(maps != NULL && pmem2_config_set_length(cfg, PAGE) == 0);
	while (made < limit && (ret = pmem2_map_new(&maps[made], cfg, src)) == 0)
		made++;
	MUST(ret == -ENOMEM && maps[made] == NULL);
	MUST(strstr(pmem2_errormsg(), "vm.max_map_count") != NULL);

	MUST(pmem2_map_delete(&maps[made - 1]) == 0);
	MUST(pmem2_map_new(&maps[made - 1], cfg, src) == 0);
	for (size_t i = 0; i < made; i++)
		MUST(pmem2_map_delete(&maps[i]) == 0);

	free(maps);
	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	printf("# %zu maps until %s\n", made, "-ENOMEM, which names vm.max_map_count");
	return 0;
}
