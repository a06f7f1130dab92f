/* SPDX-License-Identifier: BSD-3-Clause */
/* version.c -- says which library this is. */
#include <libpmem2.h>

#include "build_config.h"

_Static_assert(PMEM2_VERSION_NUMBER == PMEM2_BUILD_VERSION_NUMBER,
	"libpmem2/base.h and meson.build say different versions");

__attribute__((weak)) const char *pmem2_version(void)
{
	return PMEM2_BUILD_VERSION;
}
