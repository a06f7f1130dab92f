/* SPDX-License-Identifier: BSD-3-Clause */
/* config.c -- how to map. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libpmem2/extra.h>

#include "error.h"
#include "granularity_name.h"

int pmem2_config_new(struct pmem2_config **cfg)
{
	*cfg = NULL;

	struct pmem2_config *made = malloc(sizeof(*made));
	if (made == NULL)
		return pmem2_err_memory("malloc");

	*made = (struct pmem2_config){
		.sharing = PMEM2_SHARED,
		.protection = PMEM2_PROT_READ | PMEM2_PROT_WRITE,
		.file = {.fd = -1},
	};
	*cfg = made;
	return 0;
}

int pmem2_config_delete(struct pmem2_config **cfg)
{
	free(*cfg);
	*cfg = NULL;
	return 0;
}

int pmem2_config_set_required_store_granularity(struct pmem2_config *cfg, enum pmem2_granularity g)
{
	int ret = pmem2_granularity_known(g);
	if (ret != 0)
		return ret;

	cfg->granularity = g;
	cfg->granularity_set = true;
	return 0;
}

int pmem2_config_set_offset(struct pmem2_config *cfg, size_t offset)
{
	if (offset > INT64_MAX)
		return pmem2_err(PMEM2_E_OFFSET_OUT_OF_RANGE,
			"offset %zu is more than a file can have: the limit is INT64_MAX, %jd",
			offset, (intmax_t)INT64_MAX);

	cfg->offset = offset;
	return 0;
}

int pmem2_config_set_length(struct pmem2_config *cfg, size_t length)
{
	cfg->length = length;
	return 0;
}

int pmem2_config_set_sharing(struct pmem2_config *cfg, enum pmem2_sharing_type type)
{
	if (type != PMEM2_SHARED && type != PMEM2_PRIVATE)
		return pmem2_err(PMEM2_E_INVALID_SHARING_VALUE,
			"%d is not a sharing type: use PMEM2_SHARED (%d) or PMEM2_PRIVATE (%d)",
			(int)type, PMEM2_SHARED, PMEM2_PRIVATE);

	cfg->sharing = type;
	return 0;
}

int pmem2_config_set_protection(struct pmem2_config *cfg, unsigned prot)
{
	const unsigned known = PMEM2_PROT_EXEC | PMEM2_PROT_READ | PMEM2_PROT_WRITE;

	if ((prot & ~known) != 0)
		return pmem2_err(PMEM2_E_INVALID_PROT_FLAG,
			"protection %#x has unknown bits: use PMEM2_PROT_EXEC, _READ and "
			"_WRITE, together %#x",
			prot, known);

	cfg->protection = prot;
	return 0;
}

int pmem2_config_set_vm_reservation(struct pmem2_config *cfg, struct pmem2_vm_reservation *rsv,
	size_t offset)
{
	cfg->rsv = rsv;
	cfg->rsv_offset = offset;
	return 0;
}

__attribute__((weak)) int pmem2_config_set_deferred_flush(struct pmem2_config *cfg, int deferred)
{
	if (deferred != 0 && deferred != 1)
		return pmem2_err(-EINVAL, "deferred flush is 1 or 0, not %d", deferred);

	cfg->deferred = deferred == 1;
	return 0;
}
