/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * api.c -- sequences of API calls, from bytes, against a model that knows the right results.
 *
 * Built with -fsanitize=fuzzer, or with main below, which runs files given as arguments: what a fuzzer
 * has found once is a test from then on (corpus/).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libpmem2.h>

#include "../must.h"

enum {
	PAGE = 4096,
	FILES = 3,
	FILE_MAX = 16 * PAGE,
	MAPS = 8,
	RESERVED = 32 * PAGE,
};

struct input {
	const uint8_t *at, *end;
};

struct file {
	int fd;
	size_t size;
	struct pmem2_source *src;
	char content[FILE_MAX]; /* what shared stores have made of it */
};

struct made {
	struct pmem2_map *map;
	struct file *file; /* NULL: private or anonymous, the content is nobody's business */
	size_t offset, length;
	bool in_reservation;
	size_t place;
	bool writable;
};

static struct file files[FILES];
static struct pmem2_source *anon;
static struct made maps[MAPS];
static struct pmem2_vm_reservation *rsv;

/* The config, and what the model thinks it holds. */
static struct pmem2_config *cfg;
static struct {
	bool granularity_set;
	enum pmem2_granularity granularity;
	size_t offset, length, place;
	bool shared, in_reservation;
	unsigned protection;
} model;

static uint8_t byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* Mostly a small multiple of the page size, at times anything at all. */
static size_t number(struct input *in)
{
	uint8_t kind = byte(in);

	if (kind < 200)
		return (size_t)(kind % 24) * PAGE;
	if (kind < 230)
		return (size_t)byte(in) << (kind % 64);

	size_t value = 0;
	for (int i = 0; i < 8; i++)
		value = value << 8 | byte(in);
	return value;
}

/* ---- config ---- */

static void set_granularity(struct input *in)
{
	int value = (int8_t)byte(in);
	bool known = value >= 0 && value <= 2;

	MUST(pmem2_config_set_required_store_granularity(cfg, (enum pmem2_granularity)value) ==
		(known ? 0 : PMEM2_E_GRANULARITY_NOT_SUPPORTED));
	if (known) {
		model.granularity_set = true;
		model.granularity = (enum pmem2_granularity)value;
	}
}

static void set_offset(struct input *in)
{
	size_t value = number(in);
	bool fits = value <= INT64_MAX;

	MUST(pmem2_config_set_offset(cfg, value) == (fits ? 0 : PMEM2_E_OFFSET_OUT_OF_RANGE));
	if (fits)
		model.offset = value;
}

static void set_rest(struct input *in)
{
	unsigned prot = (unsigned)byte(in) << 26;
	int sharing = byte(in) % 3;

	MUST(pmem2_config_set_length(cfg, model.length = number(in)) == 0);
	if (pmem2_config_set_protection(cfg, prot) == 0) {
		MUST((prot & ~(7U << 29)) == 0);
		model.protection = prot;
	} else {
		MUST((prot & ~(7U << 29)) != 0);
	}
	MUST(pmem2_config_set_sharing(cfg, (enum pmem2_sharing_type)sharing) ==
		(sharing < 2 ? 0 : PMEM2_E_INVALID_SHARING_VALUE));
	if (sharing < 2)
		model.shared = sharing == PMEM2_SHARED;
}

static void set_place(struct input *in)
{
	model.in_reservation = byte(in) % 4 != 0;
	model.place = number(in);
	MUST(pmem2_config_set_vm_reservation(cfg, model.in_reservation ? rsv : NULL, model.place) ==
		0);
}

/* ---- maps ---- */

static bool is_free_place(size_t place, size_t length)
{
	for (int i = 0; i < MAPS; i++)
		if (maps[i].map != NULL && maps[i].in_reservation &&
			maps[i].place < place + length && place < maps[i].place + maps[i].length)
			return false;

	return true;
}

static int expect_place(size_t length)
{
	if (!model.in_reservation)
		return 0;
	if (model.place % PAGE != 0)
		return PMEM2_E_OFFSET_UNALIGNED;
	if (model.place > RESERVED || length > RESERVED - model.place)
		return PMEM2_E_ADDRESS_UNALIGNED;

	return length == 0 || is_free_place(model.place, length) ? 0 : PMEM2_E_MAPPING_EXISTS;
}

/* What pmem2_map_new must return, and how much it maps; the kernel's own -ENOMEM apart. */
static int expect_map(const struct file *file, size_t size, size_t *length)
{
	if (!model.granularity_set)
		return PMEM2_E_GRANULARITY_NOT_SET;
	if (model.offset % PAGE != 0)
		return PMEM2_E_OFFSET_UNALIGNED;
	if (size == 0)
		return PMEM2_E_SOURCE_EMPTY;
	if (model.length % PAGE != 0)
		return PMEM2_E_LENGTH_UNALIGNED;
	if (model.offset + model.length < model.offset || model.offset + model.length > size)
		return PMEM2_E_MAP_RANGE;

	*length = model.length;
	if (model.length == 0)
		*length = file == NULL ? size : size - model.offset;

	int ret = expect_place(*length);
	if (ret == 0 && *length == 0)
		ret = -EINVAL;
	if (ret == 0 && file != NULL && model.shared && model.granularity < PMEM2_GRANULARITY_PAGE)
		ret = PMEM2_E_GRANULARITY_NOT_SUPPORTED;
	return ret;
}

static void note(struct made *made, struct file *file, size_t length)
{
	made->file = model.shared ? file : NULL;
	made->offset = model.offset;
	made->length = length;
	made->in_reservation = model.in_reservation;
	made->place = model.place;
	made->writable = (model.protection & PMEM2_PROT_WRITE) != 0 &&
	                 (model.protection & PMEM2_PROT_READ) != 0;

	MUST(pmem2_map_get_size(made->map) == length);
	MUST(pmem2_map_get_store_granularity(made->map) ==
		(made->file != NULL ? PMEM2_GRANULARITY_PAGE : PMEM2_GRANULARITY_BYTE));
	if (made->in_reservation)
		MUST((char *)pmem2_map_get_address(made->map) ==
			(char *)pmem2_vm_reservation_get_address(rsv) + made->place);
}

static void map_new(struct input *in)
{
	struct made *made = &maps[byte(in) % MAPS];
	uint8_t which = byte(in) % (FILES + 1);
	struct file *file = which < FILES ? &files[which] : NULL;
	size_t size = 0, length = 0;

	if (made->map != NULL)
		return;
	MUST(pmem2_source_size(file != NULL ? file->src : anon, &size) == 0);
	MUST(file == NULL || size == file->size);

	int expected = expect_map(file, size, &length);
	int ret = pmem2_map_new(&made->map, cfg, file != NULL ? file->src : anon);
	MUST(ret == expected || (ret == -ENOMEM && expected == 0));
	MUST((ret == 0) == (made->map != NULL));
	MUST(ret == 0 || pmem2_errormsg()[0] != '\0');
	if (ret == 0)
		note(made, file, length);
}

static void map_delete(struct input *in)
{
	struct made *made = &maps[byte(in) % MAPS];

	MUST(pmem2_map_delete(&made->map) == 0 && made->map == NULL);
}

static bool meets_a_map(uintptr_t begin, uintptr_t end)
{
	for (int i = 0; i < MAPS; i++) {
		uintptr_t at =
			maps[i].map != NULL ? (uintptr_t)pmem2_map_get_address(maps[i].map) : 0;

		if (maps[i].map != NULL && begin < at + maps[i].length && at < end && begin < end)
			return true;
	}

	return false;
}

/* Any address and any length: they are the caller's word, and end with the address space. */
static void map_existing(struct input *in)
{
	uintptr_t begin = number(in) + (byte(in) % 2 != 0 ? (uintptr_t)files : 0);
	size_t length = number(in);
	uintptr_t end = length < UINTPTR_MAX - begin ? begin + length : UINTPTR_MAX;
	struct pmem2_map *map, *other;

	int ret =
		pmem2_map_from_existing(&map, anon, (void *)begin, length, PMEM2_GRANULARITY_BYTE);
	MUST(ret == (meets_a_map(begin, end) ? PMEM2_E_MAPPING_EXISTS : 0));
	if (ret != 0)
		return;

	void *last = (void *)(end - 1);
	MUST(begin == end || pmem2_map_from_existing(&other, anon, last, 1,
				     PMEM2_GRANULARITY_BYTE) == PMEM2_E_MAPPING_EXISTS);
	MUST(pmem2_map_delete(&map) == 0);
}

static void find(struct input *in)
{
	size_t place = number(in) % (2 * RESERVED), length = number(in) % (2 * RESERVED);
	size_t end = place + (length != 0 ? length : 1);
	const struct made *first = NULL;
	struct pmem2_map *found;

	for (int i = 0; i < MAPS; i++)
		if (maps[i].map != NULL && maps[i].in_reservation && maps[i].place < end &&
			place < maps[i].place + maps[i].length &&
			(first == NULL || maps[i].place < first->place))
			first = &maps[i];

	int ret = pmem2_vm_reservation_map_find(rsv, place, length, &found);
	MUST(first != NULL ? ret == 0 && found == first->map
			   : ret == PMEM2_E_MAPPING_NOT_FOUND && found == NULL);
}

/* ---- stores ---- */

/* Whether a file's bytes are seen by a writable map: only then may they be stored to. */
static void store(struct input *in)
{
	struct made *made = &maps[byte(in) % MAPS];
	uint8_t kind = byte(in);
	unsigned flags = byte(in);
	size_t from = byte(in) * 257U, to = byte(in) * 131U, length = byte(in) * 67U;

	if (made->map == NULL || !made->writable)
		return;
	from %= made->length;
	to %= made->length;
	length %= made->length - (from > to ? from : to);

	char *at = pmem2_map_get_address(made->map);
	char *copy = made->file != NULL ? made->file->content + made->offset : NULL;
	if (kind % 2 == 0) {
		MUST(pmem2_get_memmove_fn(made->map)(at + to, at + from, length, flags) == at + to);
		if (copy != NULL)
			memmove(copy + to, copy + from, length);
	} else {
		MUST(pmem2_get_memset_fn(made->map)(at + to, kind, length, flags) == at + to);
		if (copy != NULL)
			memset(copy + to, kind, length);
	}
	pmem2_get_persist_fn(made->map)(at + to, length);
	MUST(copy == NULL || memcmp(at, copy, made->length) == 0);
}

static void flush(struct input *in)
{
	const struct made *made = &maps[byte(in) % MAPS];
	size_t offset = number(in), size = number(in);

	if (made->map == NULL)
		return;

	char *at = pmem2_map_get_address(made->map);
	bool within = offset <= made->length && size <= made->length - offset;
	int ret = pmem2_deep_flush(made->map, (void *)((uintptr_t)at + offset), size);
	MUST(within || ret == PMEM2_E_DEEP_FLUSH_RANGE);
	MUST(!within || ret == 0 || ret == PMEM2_E_NOSUPP);
}

static void transfer(struct input *in)
{
	struct file *file = &files[byte(in) % FILES];
	size_t offset = number(in), size = number(in);
	bool fits = offset <= file->size && size <= file->size - offset;
	char buffer[FILE_MAX];

	if (size > sizeof(buffer)) /* the buffer must hold what is asked for */
		return;
	MUST(pmem2_source_pread_mcsafe(file->src, buffer, size, offset) ==
		(fits ? 0 : PMEM2_E_LENGTH_OUT_OF_RANGE));
	if (fits)
		MUST(memcmp(buffer, file->content + offset, size) == 0);
}

/* ---- running ---- */

static void (*const steps[])(struct input *) = {set_granularity, set_offset, set_rest, set_place,
	map_new, map_new, map_delete, find, store, map_existing, flush, transfer};

static void begin(struct input *in)
{
	for (int i = 0; i < FILES; i++) {
		files[i].fd = memfd_create("fuzz", 0);
		files[i].size = i == 0 ? FILE_MAX : (size_t)byte(in) * 256;
		MUST(files[i].fd >= 0 && ftruncate(files[i].fd, (off_t)files[i].size) == 0);
		MUST(pmem2_source_from_fd(&files[i].src, files[i].fd) == 0);
		memset(files[i].content, 0, sizeof(files[i].content));
	}
	MUST(pmem2_source_from_anon(&anon, number(in)) == 0);
	MUST(pmem2_vm_reservation_new(&rsv, NULL, RESERVED) == 0);
	MUST(pmem2_config_new(&cfg) == 0);
	memset(&model, 0, sizeof(model));
	model.shared = true;
	model.protection = PMEM2_PROT_READ | PMEM2_PROT_WRITE;
}

static void finish(void)
{
	bool used = false;

	for (int i = 0; i < MAPS; i++)
		used = used || (maps[i].map != NULL && maps[i].in_reservation);
	if (used)
		MUST(pmem2_vm_reservation_delete(&rsv) == PMEM2_E_VM_RESERVATION_NOT_EMPTY);
	for (int i = 0; i < MAPS; i++)
		MUST(pmem2_map_delete(&maps[i].map) == 0);
	MUST(pmem2_vm_reservation_delete(&rsv) == 0);
	MUST(pmem2_config_delete(&cfg) == 0);
	MUST(pmem2_source_delete(&anon) == 0);
	for (int i = 0; i < FILES; i++) {
		MUST(pmem2_source_delete(&files[i].src) == 0);
		close(files[i].fd);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, data + size};

	begin(&in);
	while (in.at < in.end)
		steps[byte(&in) % (sizeof(steps) / sizeof(steps[0]))](&in);
	finish();
	return 0;
}
