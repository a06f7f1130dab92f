/* SPDX-License-Identifier: BSD-3-Clause */
/* stub.c -- a libpmem.so.1 to link with, which must never be called: the recorder stands before it. */
#include <stdlib.h>

#include "pmem.h"

#define STUB(name) \
	__attribute__((visibility("default"))) void stub_##name(void) __asm__(#name); \
	void stub_##name(void) \
	{ \
		abort(); \
	}

STUB(pmem_map_file)
STUB(pmem_unmap)
STUB(pmem_is_pmem)
STUB(pmem_persist)
STUB(pmem_flush)
STUB(pmem_drain)
STUB(pmem_msync)
STUB(pmem_deep_flush)
STUB(pmem_deep_drain)
STUB(pmem_deep_persist)
STUB(pmem_has_hw_drain)
STUB(pmem_has_auto_flush)
STUB(pmem_memmove)
STUB(pmem_memcpy)
STUB(pmem_memset)
STUB(pmem_memmove_persist)
STUB(pmem_memcpy_persist)
STUB(pmem_memset_persist)
STUB(pmem_memmove_nodrain)
STUB(pmem_memcpy_nodrain)
STUB(pmem_memset_nodrain)
STUB(pmem_check_version)
STUB(pmem_errormsg)
