/* SPDX-License-Identifier: BSD-3-Clause */
/* vm_reservation.h -- a place to map into. */
#ifndef PMEM2_VM_RESERVATION_H
#define PMEM2_VM_RESERVATION_H

#include "range.h"

struct pmem2_map;

struct pmem2_vm_reservation {
	void *address;
	size_t size;
	struct pmem2_range_set maps; /* what is in it; owners are struct pmem2_map */
};

/*
 * Claims [offset, offset + length) for a map and sets its address. Nobody finds it before it is published.
 * Of length 0 nothing is claimed, and the address is NULL.
 *
 * beyond: the code for a place that ends beyond the reservation, on which PMDK's manual and
 * code disagree.
 *
 * Errors: PMEM2_E_OFFSET_UNALIGNED; beyond; PMEM2_E_ADDRESS_UNALIGNED, not on alignment;
 * PMEM2_E_MAPPING_EXISTS; -ENOMEM.
 */
int pmem2_vm_reservation_claim(struct pmem2_vm_reservation *rsv, size_t offset, size_t length,
	size_t alignment, int beyond, void **address);

/* The place that was claimed at address becomes the map's: it is found from now on. */
void pmem2_vm_reservation_publish(struct pmem2_vm_reservation *rsv, const void *address,
	struct pmem2_map *map);

/* Gives the place at address back; map: whose it is, NULL if it was only claimed. */
void pmem2_vm_reservation_release(struct pmem2_vm_reservation *rsv, const void *address,
	struct pmem2_map *map);

#endif
