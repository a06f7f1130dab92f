/* SPDX-License-Identifier: BSD-3-Clause */
/* map_life.c -- a map is made, of a file or of memory that is mapped already, and deleted. */
#include "map_life.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "error.h"
#include "granularity_name.h"
#include "page.h"
#include "placement.h"
#include "registry.h"
#include "request.h"
#include "roster.h"
#include "vm_reservation.h"
#include "writeback.h"

enum {
	ERRNO_MAX = 4095, /* the kernel's greatest */
};

const struct pmem2_answers pmem2_answers_manual = {
	.beyond_reservation = PMEM2_E_ADDRESS_UNALIGNED,
	.append_only = -EACCES,
	.overlap = PMEM2_E_MAPPING_EXISTS,
	.deep_private = PMEM2_E_NOSUPP,
};

/* ---- making one ---- */

static void take_functions(struct pmem2_map *map, bool deferred)
{
	map->functions = pmem2_page_functions(map->choice, map->verdict.granularity, deferred);
	map->deferred = deferred && pmem2_page_reports(map);
}

/*
 * What programs get, and the book of the file's writeback: memory whose file is not known has one of its
 * own. -ENOMEM with a sentence.
 */
static int equip(struct pmem2_map *map, const struct pmem2_source *src, bool deferred)
{
	take_functions(map, deferred);
	if (!map->verdict.durable || src->type == PMEM2_SOURCE_DEVDAX)
		return 0;

	map->file = src->type == PMEM2_SOURCE_FILE ? pmem2_writeback_join(src->device, src->inode)
	                                           : pmem2_writeback_join(0, (ino_t)(uintptr_t)map);
	if (map->file == NULL)
		return pmem2_err_memory("malloc");

	atomic_init(&map->told, pmem2_writeback_told(map->file));
	return 0;
}

/* 0, PMEM2_ATTACH_NEXT, or an error with its sentence. */
static int attach(const struct pmem2_map *map, int fd, size_t offset)
{
	const struct pmem2_attached attached = {
		.address = map->address,
		.length = map->length,
		.offset = offset,
		.fd = fd,
		.granularity = map->verdict.granularity,
	};

	if (map->choice->backend->attach == NULL)
		return 0;

	int ret = map->choice->backend->attach(&attached);
	if (ret == 0 || ret == PMEM2_ATTACH_NEXT)
		return ret;
	if (ret > 0 || ret < -ERRNO_MAX)
		return pmem2_err(PMEM2_E_BACKEND,
			"attach of the backend %s returned %d, which is neither 0, nor "
			"PMEM2_ATTACH_NEXT (%d), nor the negative of an errno: the mapping is refused",
			map->choice->backend->name, ret, PMEM2_ATTACH_NEXT);

	return pmem2_err(ret, "the backend %s refused to watch the mapping: %s",
		map->choice->variant->name, strerror(-ret));
}

/* Finds the backend that takes the mapping, from map->choice on. */
static int find_backend(struct pmem2_map *map, int fd, size_t offset, bool deferred)
{
	int ret = attach(map, fd, offset);

	while (ret == PMEM2_ATTACH_NEXT) {
		ret = pmem2_registry_next(&map->choice);
		if (ret != 0)
			return ret;
		take_functions(map, deferred);
		ret = attach(map, fd, offset);
	}

	return ret;
}

static void detach(const struct pmem2_map *map)
{
	const struct pmem2_attached attached = {
		.address = map->address,
		.length = map->length,
		.fd = -1,
		.granularity = map->verdict.granularity,
	};

	if (map->choice->backend->detach != NULL)
		map->choice->backend->detach(&attached);
}

/*
 * To its backend, which is not shown what overlaps another map; and then into the roster, where other
 * threads find what is complete.
 */
static int admit(struct pmem2_map *map, const struct pmem2_source *src, size_t offset,
	bool deferred, int overlap)
{
	int ret = pmem2_roster_check(map, overlap);
	if (ret == 0)
		ret = find_backend(map, src->fd, offset, deferred);
	if (ret != 0)
		return ret;

	ret = pmem2_roster_enter(map, overlap);
	if (ret != 0)
		detach(map);
	return ret;
}

/* Judges a fresh mapping and takes it over: into its reservation, to its backend, into the roster. */
static int settle(struct pmem2_map *map, const struct pmem2_config *cfg,
	const struct pmem2_source *src, const struct pmem2_placed *placed, void *place)
{
	bool shared = cfg->sharing == PMEM2_SHARED;
	int ret = pmem2_granularity_judge(src, shared, placed->synchronous, placed->sync_errno,
		&map->verdict);
	if (ret == 0)
		ret = pmem2_granularity_check(&map->verdict, src, cfg->granularity);
	if (ret == 0)
		ret = pmem2_registry_pick(map->verdict.granularity, map->verdict.durable,
			&map->choice);
	if (ret == 0 && place != NULL) {
		ret = pmem2_placement_move(placed->address, place, map->length);
		if (ret == 0)
			map->address = place;
	}
	if (ret != 0)
		return ret;

	ret = equip(map, src, cfg->deferred);
	if (ret == 0)
		ret = admit(map, src, cfg->offset, cfg->deferred, PMEM2_E_MAPPING_EXISTS);
	return ret;
}

/* Undoes the mapping: what was in a reservation leaves it reserved. */
static int vacate(const struct pmem2_map *map, const void *place)
{
	return map->address == place ? pmem2_placement_vacate(map->address, map->length)
	                             : pmem2_placement_release(map->address, map->length);
}

static struct pmem2_map *allocate(const struct pmem2_config *cfg, const struct pmem2_source *src,
	size_t length)
{
	struct pmem2_map *map = malloc(sizeof(*map));

	if (map == NULL)
		pmem2_err_memory("malloc");
	else
		*map = (struct pmem2_map){
			.length = length,
			.rsv = cfg->rsv,
			.device = src->device,
			.type = src->type,
			.ours = true,
		};

	return map;
}

/* Where in the reservation to map, if the config names one: else NULL. */
static int claim(const struct pmem2_config *cfg, const struct pmem2_placement *wanted, int beyond,
	void **place)
{
	*place = NULL;
	if (cfg->rsv == NULL)
		return 0;

	return pmem2_vm_reservation_claim(cfg->rsv, cfg->rsv_offset, wanted->length,
		wanted->alignment, beyond, place);
}

static void unclaim(const struct pmem2_config *cfg, void *place)
{
	if (place != NULL)
		pmem2_vm_reservation_release(cfg->rsv, place, NULL);
}

int pmem2_map_create(struct pmem2_map **map, const struct pmem2_config *cfg,
	const struct pmem2_source *src, const struct pmem2_answers *answers)
{
	struct pmem2_placement wanted;
	struct pmem2_placed placed;
	void *place;

	*map = NULL;
	int ret = pmem2_request_read(cfg, src, &wanted);
	if (ret != 0)
		return ret;

	struct pmem2_map *made = allocate(cfg, src, wanted.length);
	if (made == NULL)
		return -ENOMEM;

	ret = claim(cfg, &wanted, answers->beyond_reservation, &place);
	if (ret == 0 && wanted.length == 0)
		ret = pmem2_request_empty(&wanted);
	if (ret != 0)
		goto release;

	ret = pmem2_place(&wanted, &placed);
	if (ret != 0) {
		ret = pmem2_request_error(&wanted, ret, answers->append_only);
		goto unclaim;
	}

	made->address = placed.address;
	ret = settle(made, cfg, src, &placed, place);
	if (ret != 0)
		goto unmap;

	if (place != NULL)
		pmem2_vm_reservation_publish(cfg->rsv, place, made);
	*map = made;
	return 0;

unmap:
	vacate(made, place);
unclaim:
	unclaim(cfg, place);
release:
	pmem2_writeback_leave(made->file);
	free(made);
	return ret;
}

int pmem2_map_new(struct pmem2_map **map_ptr, const struct pmem2_config *cfg,
	const struct pmem2_source *src)
{
	return pmem2_map_create(map_ptr, cfg, src, &pmem2_answers_manual);
}

/* ---- taking one over ---- */

static int check_adopted(const struct pmem2_source *src, enum pmem2_granularity gran)
{
	int ret = pmem2_granularity_known(gran);
	if (ret != 0)
		return ret;
	if (gran == PMEM2_GRANULARITY_PAGE && src->type == PMEM2_SOURCE_DEVDAX)
		return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
			"Device DAX cannot be made durable by pages: it knows no msync(2)");

	return 0;
}

int pmem2_map_adopt(struct pmem2_map **map, const struct pmem2_source *src, void *addr, size_t len,
	enum pmem2_granularity gran, const struct pmem2_answers *answers)
{
	const struct pmem2_choice *choice;
	bool durable = src->type != PMEM2_SOURCE_ANON || gran != PMEM2_GRANULARITY_BYTE;

	int ret = check_adopted(src, gran);
	if (ret == 0)
		ret = pmem2_registry_pick(gran, durable, &choice);
	if (ret != 0)
		return ret;

	struct pmem2_map *made = malloc(sizeof(*made));
	if (made == NULL)
		return pmem2_err_memory("malloc");
	*made = (struct pmem2_map){
		.address = addr,
		.length = len,
		.choice = choice,
		.device = src->device,
		.type = src->type,
		.verdict = {.granularity = gran, .durable = durable, .step = PMEM2_STEP_CALLER},
	};

	ret = equip(made, src, false);
	if (ret == 0)
		ret = admit(made, src, 0, false, answers->overlap);
	if (ret != 0) {
		pmem2_writeback_leave(made->file);
		free(made);
		return ret;
	}

	*map = made;
	return 0;
}

int pmem2_map_from_existing(struct pmem2_map **map, const struct pmem2_source *src, void *addr,
	size_t len, enum pmem2_granularity gran)
{
	return pmem2_map_adopt(map, src, addr, len, gran, &pmem2_answers_manual);
}

/* ---- the end of one ---- */

int pmem2_map_delete(struct pmem2_map **map_ptr)
{
	struct pmem2_map *map = *map_ptr;

	if (map == NULL)
		return 0;

	int lost = pmem2_page_settle(map);
	if (lost != 0)
		return pmem2_err(lost,
			"flushes that no drain has written could not be: %s; the map is kept, and "
			"another pmem2_map_delete gives them up",
			strerror(-lost));

	/* once unmapped, another thread may get the addresses and register them */
	int ret = pmem2_roster_leave(map);
	if (ret != 0)
		return ret;

	detach(map);
	ret = map->ours ? vacate(map, map->rsv != NULL ? map->address : NULL) : 0;
	if (ret != 0) { /* it lives on: what watches it must see its flushes */
		if (pmem2_roster_enter(map, PMEM2_E_MAPPING_EXISTS) == 0)
			attach(map, -1, 0);
		return ret;
	}

	if (map->rsv != NULL)
		pmem2_vm_reservation_release(map->rsv, map->address, map);
	pmem2_writeback_leave(map->file);
	free(map);
	*map_ptr = NULL;
	return 0;
}
