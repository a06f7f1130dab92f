/* SPDX-License-Identifier: BSD-3-Clause */
/* A libpmem2 implementation, loaded by path; several live in one process. */
#ifndef BENCH_LIBRARY_H
#define BENCH_LIBRARY_H 1

#include <stdbool.h>
#include <libpmem2.h>

/* what a map of one granularity hands out */
struct ops {
	pmem2_persist_fn persist;
	pmem2_flush_fn flush;
	pmem2_drain_fn drain;
	pmem2_memmove_fn memmove;
	pmem2_memset_fn memset;
};

struct library {
	char name[16]; /* in tables: "ours", "peer" */
	void *handle;
	struct ops ops[3]; /* by enum pmem2_granularity */

	__typeof__(pmem2_source_from_fd) *source_from_fd;
	__typeof__(pmem2_source_delete) *source_delete;
	__typeof__(pmem2_config_new) *config_new;
	__typeof__(pmem2_config_delete) *config_delete;
	__typeof__(pmem2_config_set_required_store_granularity) *config_set_granularity;
	__typeof__(pmem2_config_set_length) *config_set_length;
	__typeof__(pmem2_config_set_offset) *config_set_offset;
	__typeof__(pmem2_config_set_vm_reservation) *config_set_vm_reservation;
	__typeof__(pmem2_vm_reservation_new) *vm_reservation_new;
	__typeof__(pmem2_vm_reservation_delete) *vm_reservation_delete;
	__typeof__(pmem2_vm_reservation_map_find) *vm_reservation_map_find;
	__typeof__(pmem2_vm_reservation_map_find_next) *vm_reservation_map_find_next;
	__typeof__(pmem2_map_new) *map_new;
	__typeof__(pmem2_map_from_existing) *map_from_existing;
	__typeof__(pmem2_map_delete) *map_delete;
	__typeof__(pmem2_map_get_address) *map_get_address;
	__typeof__(pmem2_get_persist_fn) *get_persist_fn;
	__typeof__(pmem2_get_flush_fn) *get_flush_fn;
	__typeof__(pmem2_get_drain_fn) *get_drain_fn;
	__typeof__(pmem2_get_memmove_fn) *get_memmove_fn;
	__typeof__(pmem2_get_memset_fn) *get_memset_fn;
	__typeof__(pmem2_errormsg) *errormsg;
};

/* How to load it. */
struct library_origin {
	const char *path;
	const char *backends;  /* the directory of its backends, NULL if it has none */
	const char *nt_evicts; /* PMEM2_NT_EVICTS while it reads its environment; NULL: unset */
	bool copy; /* load copies of the files: the loader would hand out what is loaded already,
		      with the environment that it read then */
};

/*
 * Loads the library and lets it read its environment, by making a map of each granularity
 * of fd, a file of a page or more. Exits with a message when that fails.
 */
void library_load(struct library *lib, const char *name, const struct library_origin *from, int fd);

/* Exits with the library's message if code is an error of what. */
void library_check(const struct library *lib, int code, const char *what);

/* PMEM2_FORCE_GRANULARITY for the maps that are made from here on. */
void library_force_granularity(enum pmem2_granularity granularity);

#endif
