/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pmem_store.c -- the functions of libpmem that flush, drain and copy.
 *
 * They jump to the backend, so that it sees who called them.
 */
#include <libpmem2/base.h>

#include "next.h"
#include "pmem.h"

static inline const struct preload_operations *operations(void)
{
	return __atomic_load_n(&pmem2_preload_operations, __ATOMIC_ACQUIRE);
}

PRELOAD_EXPORT void pmem_persist(const void *address, size_t length)
{
	operations()->persist(address, length);
}

PRELOAD_EXPORT void pmem_flush(const void *address, size_t length)
{
	operations()->flush(address, length);
}

PRELOAD_EXPORT void pmem_drain(void)
{
	operations()->drain();
}

/* The backend knows all flushes to one depth. */
PRELOAD_EXPORT void pmem_deep_flush(const void *address, size_t length)
{
	operations()->deep_flush(address, length);
}

PRELOAD_EXPORT void *pmem_memmove(void *dest, const void *src, size_t length, unsigned flags)
{
	return operations()->memmove(dest, src, length, flags);
}

PRELOAD_EXPORT void *pmem_memcpy(void *dest, const void *src, size_t length, unsigned flags)
{
	return operations()->memmove(dest, src, length, flags);
}

PRELOAD_EXPORT void *pmem_memset(void *dest, int c, size_t length, unsigned flags)
{
	return operations()->memset(dest, c, length, flags);
}

PRELOAD_EXPORT void *pmem_memmove_persist(void *dest, const void *src, size_t length)
{
	return operations()->memmove(dest, src, length, 0);
}

PRELOAD_EXPORT void *pmem_memcpy_persist(void *dest, const void *src, size_t length)
{
	return operations()->memmove(dest, src, length, 0);
}

PRELOAD_EXPORT void *pmem_memset_persist(void *dest, int c, size_t length)
{
	return operations()->memset(dest, c, length, 0);
}

PRELOAD_EXPORT void *pmem_memmove_nodrain(void *dest, const void *src, size_t length)
{
	return operations()->memmove(dest, src, length, PMEM2_F_MEM_NODRAIN);
}

PRELOAD_EXPORT void *pmem_memcpy_nodrain(void *dest, const void *src, size_t length)
{
	return operations()->memmove(dest, src, length, PMEM2_F_MEM_NODRAIN);
}

PRELOAD_EXPORT void *pmem_memset_nodrain(void *dest, int c, size_t length)
{
	return operations()->memset(dest, c, length, PMEM2_F_MEM_NODRAIN);
}
