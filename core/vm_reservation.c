/* SPDX-License-Identifier: BSD-3-Clause */
/* vm_reservation.c -- a place to map into. */
#include "vm_reservation.h"

#include <errno.h>
#include <stdlib.h>

#include "error.h"
#include "placement.h"
#include "source.h"

static uintptr_t start_of(const struct pmem2_vm_reservation *rsv)
{
	return (uintptr_t)rsv->address;
}

static bool is_page_multiple(size_t value)
{
	return (value & (pmem2_page_size() - 1)) == 0;
}

static int check_length(size_t size)
{
	if (!is_page_multiple(size))
		return pmem2_err(PMEM2_E_LENGTH_UNALIGNED,
			"size %zu is not a multiple of the page size, %zu: round it up", size,
			pmem2_page_size());

	return 0;
}

/* Reserves; what is in the way is MAPPING_EXISTS. */
static int reserve(void *at, size_t size, void **address)
{
	int ret = pmem2_placement_reserve(at, size, address);

	if (ret == -EEXIST)
		return pmem2_err(PMEM2_E_MAPPING_EXISTS,
			"something is mapped in the %zu bytes from %p", size, at);

	return ret;
}

static int check_new(const void *addr, size_t size)
{
	if (!is_page_multiple((uintptr_t)addr))
		return pmem2_err(PMEM2_E_ADDRESS_UNALIGNED,
			"the address %p is not a multiple of the page size, %zu: round it", addr,
			pmem2_page_size());
	if (size == 0)
		return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
			"a reservation of 0 bytes cannot be made: reserve a page at least");

	return check_length(size);
}

int pmem2_vm_reservation_new(struct pmem2_vm_reservation **rsv_ptr, void *addr, size_t size)
{
	*rsv_ptr = NULL;

	int ret = check_new(addr, size);
	if (ret != 0)
		return ret;

	struct pmem2_vm_reservation *rsv = calloc(1, sizeof(*rsv));
	if (rsv == NULL)
		return pmem2_err_memory("calloc");

	ret = reserve(addr, size, &rsv->address);
	if (ret != 0) {
		free(rsv);
		return ret;
	}

	rsv->size = size;
	rsv->maps = (struct pmem2_range_set)PMEM2_RANGE_SET_INIT;
	*rsv_ptr = rsv;
	return 0;
}

int pmem2_vm_reservation_delete(struct pmem2_vm_reservation **rsv_ptr)
{
	struct pmem2_vm_reservation *rsv = *rsv_ptr;

	if (rsv == NULL)
		return 0;
	if (pmem2_range_meets(&rsv->maps, start_of(rsv), start_of(rsv) + rsv->size))
		return pmem2_err(PMEM2_E_VM_RESERVATION_NOT_EMPTY,
			"the reservation at %p holds maps: delete them first", rsv->address);

	int ret = pmem2_placement_release(rsv->address, rsv->size);
	if (ret != 0)
		return ret;

	pmem2_range_set_finish(&rsv->maps);
	free(rsv);
	*rsv_ptr = NULL;
	return 0;
}

void *pmem2_vm_reservation_get_address(struct pmem2_vm_reservation *rsv)
{
	return rsv->address;
}

size_t pmem2_vm_reservation_get_size(struct pmem2_vm_reservation *rsv)
{
	return rsv->size;
}

int pmem2_vm_reservation_extend(struct pmem2_vm_reservation *rsv, size_t size)
{
	int ret = check_length(size);
	if (ret != 0 || size == 0)
		return ret;

	uintptr_t end = start_of(rsv) + rsv->size;
	if (size > UINTPTR_MAX - end)
		return pmem2_err(-ENOMEM, "no address space for %zu bytes more after %p", size,
			(void *)end);

	void *unused;
	ret = reserve((void *)end, size, &unused);
	if (ret == 0)
		rsv->size += size;

	return ret;
}

static int check_shrink(struct pmem2_vm_reservation *rsv, size_t offset, size_t size)
{
	if (!is_page_multiple(offset))
		return pmem2_err(PMEM2_E_OFFSET_UNALIGNED,
			"offset %zu in the reservation is not a multiple of the page size, %zu: round it",
			offset, pmem2_page_size());

	int ret = check_length(size);
	if (ret != 0)
		return ret;

	if (offset >= rsv->size)
		return pmem2_err(PMEM2_E_OFFSET_OUT_OF_RANGE,
			"offset %zu is beyond the reservation, which has %zu bytes", offset,
			rsv->size);
	if (size == 0)
		return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
			"0 bytes cannot be given back: shrink by a page at least");
	if (size > rsv->size - offset)
		return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
			"%zu bytes from offset %zu end after the reservation of %zu", size, offset,
			rsv->size);
	if (offset > 0 && offset + size < rsv->size)
		return pmem2_err(PMEM2_E_NOSUPP,
			"%zu bytes from offset %zu are in the middle of the reservation of %zu: "
			"give back its beginning or its end",
			size, offset, rsv->size);
	if (size == rsv->size)
		return pmem2_err(PMEM2_E_NOSUPP,
			"%zu bytes are all of the reservation: delete it instead", size);
	if (pmem2_range_meets(&rsv->maps, start_of(rsv) + offset, start_of(rsv) + offset + size))
		return pmem2_err(PMEM2_E_VM_RESERVATION_NOT_EMPTY,
			"maps are in the %zu bytes from offset %zu: delete them first", size,
			offset);

	return 0;
}

int pmem2_vm_reservation_shrink(struct pmem2_vm_reservation *rsv, size_t offset, size_t size)
{
	int ret = check_shrink(rsv, offset, size);
	if (ret != 0)
		return ret;

	ret = pmem2_placement_release((char *)rsv->address + offset, size);
	if (ret != 0)
		return ret;

	if (offset == 0)
		rsv->address = (char *)rsv->address + size;
	rsv->size -= size;
	return 0;
}

int pmem2_vm_reservation_claim(struct pmem2_vm_reservation *rsv, size_t offset, size_t length,
	size_t alignment, int beyond, void **address)
{
	if (!is_page_multiple(offset))
		return pmem2_err(PMEM2_E_OFFSET_UNALIGNED,
			"offset %zu in the reservation is not a multiple of the page size, %zu: round it",
			offset, pmem2_page_size());
	if (offset > rsv->size || length > rsv->size - offset)
		return pmem2_err(beyond,
			"%zu bytes from offset %zu end after the reservation of %zu: extend it first",
			length, offset, rsv->size);

	uintptr_t begin = start_of(rsv) + offset;
	if ((begin & (alignment - 1)) != 0)
		return pmem2_err(PMEM2_E_ADDRESS_UNALIGNED,
			"address %p in the reservation is not a multiple of the source's %zu",
			(void *)begin, alignment);
	*address = NULL;
	if (length == 0)
		return 0;

	struct pmem2_range range = {begin, begin + length, NULL};
	switch (pmem2_range_insert(&rsv->maps, range)) {
	case 0:
		*address = (void *)begin;
		return 0;
	case -EEXIST:
		return pmem2_err(PMEM2_E_MAPPING_EXISTS,
			"another map is in the %zu bytes at offset %zu of the reservation", length,
			offset);
	default:
		return pmem2_err(-ENOMEM, "malloc: no memory to register the map");
	}
}

void pmem2_vm_reservation_publish(struct pmem2_vm_reservation *rsv, const void *address,
	struct pmem2_map *map)
{
	pmem2_range_publish(&rsv->maps, (uintptr_t)address, map);
}

void pmem2_vm_reservation_release(struct pmem2_vm_reservation *rsv, const void *address,
	struct pmem2_map *map)
{
	pmem2_range_remove(&rsv->maps, (uintptr_t)address, map);
}

/* ---- finding: by the public getter, for what a map is made of is known further up ---- */

static int answer(struct pmem2_map *found, struct pmem2_map **map)
{
	*map = found;
	if (found == NULL)
		return pmem2_err(PMEM2_E_MAPPING_NOT_FOUND, "no mapping there in the reservation");

	return 0;
}

int pmem2_vm_reservation_map_find(struct pmem2_vm_reservation *rsv, size_t reserv_offset,
	size_t len, struct pmem2_map **map)
{
	uintptr_t begin = start_of(rsv) + reserv_offset;
	uintptr_t end = begin + (len != 0 ? len : 1);

	if (begin < reserv_offset) /* wrapped: beyond all addresses */
		return answer(NULL, map);
	if (end < begin)
		end = UINTPTR_MAX;

	return answer(pmem2_range_find(&rsv->maps, begin, end), map);
}

int pmem2_vm_reservation_map_find_prev(struct pmem2_vm_reservation *rsv, struct pmem2_map *map,
	struct pmem2_map **prev_map)
{
	return answer(pmem2_range_prev(&rsv->maps, (uintptr_t)pmem2_map_get_address(map)),
		prev_map);
}

int pmem2_vm_reservation_map_find_next(struct pmem2_vm_reservation *rsv, struct pmem2_map *map,
	struct pmem2_map **next_map)
{
	return answer(pmem2_range_next(&rsv->maps, (uintptr_t)pmem2_map_get_address(map)),
		next_map);
}

int pmem2_vm_reservation_map_find_first(struct pmem2_vm_reservation *rsv, struct pmem2_map **map)
{
	return answer(pmem2_range_find(&rsv->maps, 0, UINTPTR_MAX), map);
}

int pmem2_vm_reservation_map_find_last(struct pmem2_vm_reservation *rsv, struct pmem2_map **map)
{
	return answer(pmem2_range_prev(&rsv->maps, UINTPTR_MAX), map);
}
