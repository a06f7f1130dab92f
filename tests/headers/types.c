/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * types.c -- compiles if the header, ours or PMDK's, declares what programs rely on.
 */
#include <libpmem2.h>

#define IS(what, type) \
	_Static_assert(__builtin_types_compatible_p(__typeof__(what), type), #what " is " #type);

typedef struct pmem2_badblock_context bbctx;
typedef struct pmem2_badblock badblock;
typedef struct pmem2_config config;
typedef struct pmem2_map map;
typedef struct pmem2_source source;
typedef struct pmem2_vm_reservation rsv;

IS(pmem2_badblock_clear, int(bbctx *, const badblock *))
IS(pmem2_badblock_context_delete, void(bbctx **))
IS(pmem2_badblock_context_new, int(bbctx **, const source *))
IS(pmem2_badblock_next, int(bbctx *, badblock *))
IS(pmem2_config_delete, int(config **))
IS(pmem2_config_new, int(config **))
IS(pmem2_config_set_length, int(config *, size_t))
IS(pmem2_config_set_offset, int(config *, size_t))
IS(pmem2_config_set_protection, int(config *, unsigned))
IS(pmem2_config_set_required_store_granularity, int(config *, enum pmem2_granularity))
IS(pmem2_config_set_sharing, int(config *, enum pmem2_sharing_type))
IS(pmem2_config_set_vm_reservation, int(config *, rsv *, size_t))
IS(pmem2_deep_flush, int(map *, void *, size_t))
IS(pmem2_err_to_errno, int(int))
IS(pmem2_errormsg, const char *(void))
IS(pmem2_get_drain_fn, pmem2_drain_fn(map *))
IS(pmem2_get_flush_fn, pmem2_flush_fn(map *))
IS(pmem2_get_memcpy_fn, pmem2_memcpy_fn(map *))
IS(pmem2_get_memmove_fn, pmem2_memmove_fn(map *))
IS(pmem2_get_memset_fn, pmem2_memset_fn(map *))
IS(pmem2_get_persist_fn, pmem2_persist_fn(map *))
IS(pmem2_map_delete, int(map **))
IS(pmem2_map_from_existing, int(map **, const source *, void *, size_t, enum pmem2_granularity))
IS(pmem2_map_get_address, void *(map *))
IS(pmem2_map_get_size, size_t(map *))
IS(pmem2_map_get_store_granularity, enum pmem2_granularity(map *))
IS(pmem2_map_new, int(map **, const config *, const source *))
IS(pmem2_perror, void(const char *, ...))
IS(pmem2_source_alignment, int(const source *, size_t *))
IS(pmem2_source_delete, int(source **))
IS(pmem2_source_device_id, int(const source *, char *, size_t *))
IS(pmem2_source_device_usc, int(const source *, uint64_t *))
IS(pmem2_source_from_anon, int(source **, size_t))
IS(pmem2_source_from_fd, int(source **, int))
IS(pmem2_source_get_fd, int(const source *, int *))
IS(pmem2_source_numa_node, int(const source *, int *))
IS(pmem2_source_pread_mcsafe, int(source *, void *, size_t, size_t))
IS(pmem2_source_pwrite_mcsafe, int(source *, void *, size_t, size_t))
IS(pmem2_source_size, int(const source *, size_t *))
IS(pmem2_vm_reservation_delete, int(rsv **))
IS(pmem2_vm_reservation_extend, int(rsv *, size_t))
IS(pmem2_vm_reservation_get_address, void *(rsv *))
IS(pmem2_vm_reservation_get_size, size_t(rsv *))
IS(pmem2_vm_reservation_map_find, int(rsv *, size_t, size_t, map **))
IS(pmem2_vm_reservation_map_find_first, int(rsv *, map **))
IS(pmem2_vm_reservation_map_find_last, int(rsv *, map **))
IS(pmem2_vm_reservation_map_find_next, int(rsv *, map *, map **))
IS(pmem2_vm_reservation_map_find_prev, int(rsv *, map *, map **))
IS(pmem2_vm_reservation_new, int(rsv **, void *, size_t))
IS(pmem2_vm_reservation_shrink, int(rsv *, size_t, size_t))

IS((pmem2_persist_fn)0, void (*)(const void *, size_t))
IS((pmem2_flush_fn)0, void (*)(const void *, size_t))
IS((pmem2_drain_fn)0, void (*)(void))
IS((pmem2_memmove_fn)0, void *(*)(void *, const void *, size_t, unsigned))
IS((pmem2_memcpy_fn)0, void *(*)(void *, const void *, size_t, unsigned))
IS((pmem2_memset_fn)0, void *(*)(void *, int, size_t, unsigned))

IS(((badblock *)0)->offset, size_t)
IS(((badblock *)0)->length, size_t)
_Static_assert(offsetof(badblock, length) == sizeof(size_t), "layout of a bad block");
_Static_assert(sizeof(badblock) == 2 * sizeof(size_t), "layout of a bad block");

/* the type of a constant matters where it is printed or compared; both are unsigned or int */
IS(PMEM2_E_UNKNOWN, int)
IS(PMEM2_PROT_WRITE, unsigned)
IS(PMEM2_F_MEM_NODRAIN, unsigned)
_Static_assert(sizeof(enum pmem2_granularity) == sizeof(unsigned), "an enum is an int");
_Static_assert(sizeof(enum pmem2_sharing_type) == sizeof(unsigned), "an enum is an int");
_Static_assert(PMEM2_GRANULARITY_BYTE == 0 && PMEM2_GRANULARITY_CACHE_LINE == 1 &&
		       PMEM2_GRANULARITY_PAGE == 2,
	"granularities");
_Static_assert(PMEM2_SHARED == 0 && PMEM2_PRIVATE == 1, "sharing types");
