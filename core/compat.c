/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * compat.c -- the public functions as binaries linked to PMDK's library ask for them.
 *
 * PMDK 1.10 to 1.13 bound programs to symbol version LIBPMEM2_1.0, 2.0 and 2.1 to LIBPMEM2_2.0,
 * under one soname. The plain functions have their default version by libpmem2.map; each
 * wrapper here is the same function in an older node. They must stand in another file than
 * the plain functions, or the linker drops the defaults. Only in the shared library.
 */
#include <errno.h>
#include <stdarg.h>

#include "error.h"
#include "map_life.h"

/* gcc needs the attribute where it optimizes at link time, clang has none */
#if defined(__has_attribute) && __has_attribute(symver)
#define VERSION(wrapper, name, node) __attribute__((symver(#name "@" node)))
#define VERSION_ASM(wrapper, name, node)
#else
#define VERSION(wrapper, name, node)
#define VERSION_ASM(wrapper, name, node) __asm__(".symver " #wrapper ", " #name "@" node);
#endif

/* The head of a wrapper: its body follows. */
#define WRAPPER(type, wrapper, name, node, parameters) \
	type wrapper parameters; \
	VERSION_ASM(wrapper, name, node) \
	VERSION(wrapper, name, node) __attribute__((visibility("default"))) type wrapper parameters

#define V1(type, name, parameters, arguments) \
	WRAPPER(type, v1_##name, name, "LIBPMEM2_1.0", parameters) \
	{ \
		return name arguments; \
	}

/* clang-format off */
V1(int, pmem2_source_from_fd, (struct pmem2_source **src, int fd), (src, fd))
V1(int, pmem2_source_from_anon, (struct pmem2_source **src, size_t size), (src, size))
V1(int, pmem2_source_get_fd, (const struct pmem2_source *src, int *fd), (src, fd))
V1(int, pmem2_source_size, (const struct pmem2_source *src, size_t *size), (src, size))
V1(int, pmem2_source_alignment,
	(const struct pmem2_source *src, size_t *alignment), (src, alignment))
V1(int, pmem2_source_delete, (struct pmem2_source **src), (src))
V1(int, pmem2_source_pread_mcsafe,
	(struct pmem2_source *src, void *buf, size_t size, size_t offset), (src, buf, size, offset))
V1(int, pmem2_source_pwrite_mcsafe,
	(struct pmem2_source *src, void *buf, size_t size, size_t offset), (src, buf, size, offset))
V1(void *, pmem2_vm_reservation_get_address, (struct pmem2_vm_reservation *rsv), (rsv))
V1(size_t, pmem2_vm_reservation_get_size, (struct pmem2_vm_reservation *rsv), (rsv))
V1(int, pmem2_vm_reservation_new,
	(struct pmem2_vm_reservation **rsv_ptr, void *addr, size_t size), (rsv_ptr, addr, size))
V1(int, pmem2_vm_reservation_delete, (struct pmem2_vm_reservation **rsv_ptr), (rsv_ptr))
V1(int, pmem2_vm_reservation_extend, (struct pmem2_vm_reservation *rsv, size_t size), (rsv, size))
V1(int, pmem2_vm_reservation_shrink,
	(struct pmem2_vm_reservation *rsv, size_t offset, size_t size), (rsv, offset, size))
V1(int, pmem2_vm_reservation_map_find,
	(struct pmem2_vm_reservation *rsv, size_t reserv_offset, size_t len, struct pmem2_map **map), (rsv, reserv_offset, len, map))
V1(int, pmem2_vm_reservation_map_find_prev,
	(struct pmem2_vm_reservation *rsv, struct pmem2_map *map, struct pmem2_map **prev_map), (rsv, map, prev_map))
V1(int, pmem2_vm_reservation_map_find_next,
	(struct pmem2_vm_reservation *rsv, struct pmem2_map *map, struct pmem2_map **next_map), (rsv, map, next_map))
V1(int, pmem2_vm_reservation_map_find_first,
	(struct pmem2_vm_reservation *rsv, struct pmem2_map **map), (rsv, map))
V1(int, pmem2_vm_reservation_map_find_last,
	(struct pmem2_vm_reservation *rsv, struct pmem2_map **map), (rsv, map))
V1(int, pmem2_config_new, (struct pmem2_config **cfg), (cfg))
V1(int, pmem2_config_delete, (struct pmem2_config **cfg), (cfg))
V1(int, pmem2_config_set_required_store_granularity,
	(struct pmem2_config *cfg, enum pmem2_granularity g), (cfg, g))
V1(int, pmem2_config_set_offset, (struct pmem2_config *cfg, size_t offset), (cfg, offset))
V1(int, pmem2_config_set_length, (struct pmem2_config *cfg, size_t length), (cfg, length))
V1(int, pmem2_config_set_sharing,
	(struct pmem2_config *cfg, enum pmem2_sharing_type type), (cfg, type))
V1(int, pmem2_config_set_protection, (struct pmem2_config *cfg, unsigned prot), (cfg, prot))
V1(int, pmem2_config_set_vm_reservation,
	(struct pmem2_config *cfg, struct pmem2_vm_reservation *rsv, size_t offset), (cfg, rsv, offset))
V1(int, pmem2_map_delete, (struct pmem2_map **map_ptr), (map_ptr))
V1(void *, pmem2_map_get_address, (struct pmem2_map *map), (map))
V1(size_t, pmem2_map_get_size, (struct pmem2_map *map), (map))
V1(enum pmem2_granularity, pmem2_map_get_store_granularity, (struct pmem2_map *map), (map))
V1(pmem2_persist_fn, pmem2_get_persist_fn, (struct pmem2_map *map), (map))
V1(pmem2_flush_fn, pmem2_get_flush_fn, (struct pmem2_map *map), (map))
V1(pmem2_drain_fn, pmem2_get_drain_fn, (struct pmem2_map *map), (map))
V1(pmem2_memmove_fn, pmem2_get_memmove_fn, (struct pmem2_map *map), (map))
V1(pmem2_memcpy_fn, pmem2_get_memcpy_fn, (struct pmem2_map *map), (map))
V1(pmem2_memset_fn, pmem2_get_memset_fn, (struct pmem2_map *map), (map))
V1(int, pmem2_source_device_id,
	(const struct pmem2_source *src, char *id, size_t *len), (src, id, len))
V1(int, pmem2_source_device_usc, (const struct pmem2_source *src, uint64_t *usc), (src, usc))
V1(int, pmem2_source_numa_node,
	(const struct pmem2_source *src, int *numa_node), (src, numa_node))
V1(int, pmem2_badblock_context_new,
	(struct pmem2_badblock_context **bbctx, const struct pmem2_source *src), (bbctx, src))
V1(int, pmem2_badblock_next,
	(struct pmem2_badblock_context *bbctx, struct pmem2_badblock *bb), (bbctx, bb))
V1(int, pmem2_badblock_clear,
	(struct pmem2_badblock_context *bbctx, const struct pmem2_badblock *bb), (bbctx, bb))
V1(const char *, pmem2_errormsg, (void), ())
/* clang-format on */

WRAPPER(void, v1_pmem2_badblock_context_delete, pmem2_badblock_context_delete, "LIBPMEM2_1.0",
	(struct pmem2_badblock_context * *bbctx))
{
	pmem2_badblock_context_delete(bbctx);
}

__attribute__((__format__(__printf__, 1, 2)))
WRAPPER(void, v1_pmem2_perror, pmem2_perror, "LIBPMEM2_1.0", (const char *format, ...))
{
	va_list args;

	va_start(args, format);
	pmem2_vperror(format, args);
	va_end(args);
}

/* ---- where PMDK's code does not do as its manual says ---- */

static const struct pmem2_answers answers_pmdk = {
	.beyond_reservation = PMEM2_E_LENGTH_OUT_OF_RANGE,
	.append_only = PMEM2_E_NO_ACCESS,
	.overlap = -100034, /* PMEM2_E_MAP_EXISTS as PMDK's header has it */
	.deep_private = 0,
};

#define MAP_NEW(wrapper, node) \
	WRAPPER(int, wrapper, pmem2_map_new, node, \
		(struct pmem2_map * *map, const struct pmem2_config *cfg, \
			const struct pmem2_source *src)) \
	{ \
		return pmem2_map_create(map, cfg, src, &answers_pmdk); \
	}

#define MAP_FROM_EXISTING(wrapper, node) \
	WRAPPER(int, wrapper, pmem2_map_from_existing, node, \
		(struct pmem2_map * *map, const struct pmem2_source *src, void *addr, size_t len, \
			enum pmem2_granularity gran)) \
	{ \
		return pmem2_map_adopt(map, src, addr, len, gran, &answers_pmdk); \
	}

#define DEEP_FLUSH(wrapper, node) \
	WRAPPER(int, wrapper, pmem2_deep_flush, node, \
		(struct pmem2_map * map, void *ptr, size_t size)) \
	{ \
		return pmem2_map_deep_flush(map, ptr, size, &answers_pmdk); \
	}

DEEP_FLUSH(v1_pmem2_deep_flush, "LIBPMEM2_1.0")
DEEP_FLUSH(v2_pmem2_deep_flush, "LIBPMEM2_2.0")
MAP_NEW(v1_pmem2_map_new, "LIBPMEM2_1.0")
MAP_NEW(v2_pmem2_map_new, "LIBPMEM2_2.0")
MAP_FROM_EXISTING(v1_pmem2_map_from_existing, "LIBPMEM2_1.0")
MAP_FROM_EXISTING(v2_pmem2_map_from_existing, "LIBPMEM2_2.0")
