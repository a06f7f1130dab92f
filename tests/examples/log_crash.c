/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log_crash.c -- what a power cut could leave of the example log: at each persist, the medium holds
 * what was persisted before, and any of the lines, or 8-byte words, stored since. Each such
 * image must show all acknowledged records, at most the one in flight besides, and take another.
 */
#include "../../examples/log_file.h"

#include <check.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 8192, LINE = 64, WORD = 8, ALL_UP_TO = 8, RANDOM = 40 };

static char medium[SIZE];
static struct log *watched; /* the log whose persists are crash points; NULL: none */
static unsigned images;
static unsigned seed = 1;

/* what must be there: texts[first .. first + acked) and perhaps one more; while clearing, or
 * nothing */
static char texts[64][200];
static unsigned first, acked, clearing;

static char found[64][200];
static unsigned found_count;

static void collect(const struct record *record)
{
	memcpy(found[found_count], record->payload, record->length);
	found[found_count++][record->length] = '\0';
}

static void open_image(struct log *log, const char *path, void (*open_log)(struct log *))
{
	*log = (struct log){.path = path, .size = SIZE};
	open_log(log);
	found_count = 0;
	if (log->formatted)
		log_scan(log, collect);
}

static void close_image(struct log *log)
{
	ck_assert_int_eq(pmem2_map_delete(&log->map), 0);
	close(log->fd);
}

static void check_image(const char *image)
{
	struct log log;
	struct log *was = watched;
	char path[] = "log_crash.image.XXXXXX";
	int fd = mkstemp(path);

	images++;
	watched = NULL;
	ck_assert_int_eq(write(fd, image, SIZE), SIZE);
	close(fd);
	open_image(&log, path, log_open_to_read);
	ck_assert_int_ne(log.tail, DAMAGED);
	if (clearing) /* all or nothing, and the numbers go on */
		ck_assert_uint_eq(log.first, found_count ? first + 1 : first + acked + 1);
	else
		ck_assert_uint_ge(found_count, acked);
	ck_assert_uint_le(found_count, acked + 1);
	for (unsigned i = 0; i < found_count; i++)
		ck_assert_str_eq(found[i], texts[first + i]);
	close_image(&log);

	unsigned before = found_count;

	open_image(&log, path, log_open_to_write);
	log_append(&log, "after\n", 6);
	close_image(&log);
	open_image(&log, path, log_open_to_read);
	ck_assert_uint_eq(found_count, before + 1);
	ck_assert_str_eq(found[before], "after\n");
	ck_assert_int_eq(log.tail, CLEAN);
	close_image(&log);
	unlink(path);
	watched = was;
}

/* All subsets of the units that differ if they are few, else random ones. */
static void crash(const char *live, size_t unit)
{
	static size_t dirty[SIZE / WORD];
	static char image[SIZE];
	size_t count = 0;

	for (size_t at = 0; at < SIZE; at += unit) {
		if (memcmp(live + at, medium + at, unit) != 0)
			dirty[count++] = at;
	}

	unsigned all = count <= ALL_UP_TO;
	unsigned cases = all ? 1U << count : RANDOM;

	for (unsigned i = 0; i < cases; i++) {
		memcpy(image, medium, SIZE);
		for (size_t d = 0; d < count; d++) {
			if (all ? i >> d & 1 : rand_r(&seed) & 1)
				memcpy(image + dirty[d], live + dirty[d], unit);
		}
		check_image(image);
	}
}

static void watching_persist(const void *ptr, size_t size)
{
	if (!watched)
		return;

	size_t begin = (size_t)((const char *)ptr - watched->base);

	ck_assert_uint_le(begin + size, SIZE);
	crash(watched->base, LINE);
	crash(watched->base, WORD);
	for (size_t at = begin / LINE * LINE; at < begin + size; at += LINE)
		memcpy(medium + at, watched->base + at, LINE);
}

/* log_file.c is compiled to ask for this instead of pmem2_get_persist_fn */
pmem2_persist_fn log_crash_persist_fn(struct pmem2_map *map);

pmem2_persist_fn log_crash_persist_fn(struct pmem2_map *map)
{
	if (watched)
		watched->base = pmem2_map_get_address(map);
	return watching_persist;
}

static void append(struct log *log, size_t length)
{
	char *text = texts[first + acked];

	memset(text, 'a' + (int)(acked % 26), length - 1);
	text[length - 1] = '\n';
	log_append(log, text, length);
	acked++;
}

static char path[] = "log_crash.XXXXXX";

static void begin(struct log *log)
{
	memcpy(path + sizeof(path) - 7, "XXXXXX", 7);
	close(mkstemp(path));
	memset(medium, 0, SIZE);
	watched = log;
	open_image(log, path, log_open_to_write);
}

static void end(struct log *log)
{
	close_image(log);
	unlink(path);
}

START_TEST(test_lengths)
{
	static const size_t lengths[] = {1, 7, 8, 9, 32, 33, 40, 47, 48, 49, 100, 160, 2, 199};
	struct log log;

	begin(&log);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		append(&log, lengths[i]);
	end(&log);
	ck_assert_uint_gt(images, 500);
}
END_TEST

/* Long records, then short ones over them: no old byte is ever taken for a record. */
START_TEST(test_reuse)
{
	struct log log;

	begin(&log);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 4; i++)
			append(&log, 190 - 60 * round - i);
		clearing = 1;
		log_clear(&log);
		clearing = 0;
		first += acked;
		acked = 0;
		close_image(&log);
		open_image(&log, path, log_open_to_write);
		ck_assert_uint_eq(found_count, 0);
	}
	append(&log, 3);
	end(&log);
}
END_TEST

static jmp_buf killed;

static void killing_persist(const void *ptr, size_t size)
{
	if (size == sizeof(uint64_t))
		longjmp(killed, 1);
	watching_persist(ptr, size);
}

/* A writer killed between a word's store and its persist: the next one must not build on sand. */
START_TEST(test_killed_before_persist)
{
	static struct log log;

	begin(&log);
	append(&log, 30);
	log.persist = killing_persist;
	if (setjmp(killed) == 0)
		append(&log, 30);
	close_image(&log);
	open_image(&log, path, log_open_to_write);
	ck_assert_uint_eq(found_count, 2);
	acked++;
	append(&log, 150);

	log.persist = killing_persist;
	if (setjmp(killed) == 0)
		log_clear(&log);
	close_image(&log);
	clearing = 1;
	open_image(&log, path, log_open_to_write);
	clearing = 0;
	ck_assert_uint_eq(found_count, 0);
	first += acked;
	acked = 0;
	append(&log, 10);
	append(&log, 10);
	end(&log);
}
END_TEST

/* A payload that looks like records, cut short, then a shorter one in its place. */
START_TEST(test_payload_like_records)
{
	struct log log;
	char copy[160];

	begin(&log);
	watched = NULL;
	append(&log, 20);
	append(&log, 20);
	append(&log, 20);
	memcpy(copy, log.base + 64, sizeof(copy));

	/* unfinished: what log_append had stored before the commit word */
	memcpy(log.base + log.end + 16, copy, sizeof(copy));
	memcpy(log.base + log.end + 24, copy, sizeof(copy) - 24);
	close_image(&log);

	for (size_t length = 1; length < 40; length++) {
		open_image(&log, path, log_open_to_write);
		ck_assert_uint_eq(found_count, acked);
		append(&log, length);
		close_image(&log);
	}
	unlink(path);
}
END_TEST

/* One wrong byte anywhere in the records that count is either seen, or changes nothing. */
START_TEST(test_flipped_bits)
{
	struct log log;

	begin(&log);
	watched = NULL;
	append(&log, 20);
	append(&log, 33);
	append(&log, 8);

	size_t last = log.last;

	/* a commit word of which nothing is left is an end like any other: all but those */
	for (size_t at = 64; at < last; at++) {
		for (int bit = 0; bit < 8; bit++) {
			struct log seen = log;

			log.base[at] = (char)(log.base[at] ^ 1 << bit);
			seen.first = 1;
			log_scan(&seen, NULL);
			if (seen.tail != DAMAGED)
				ck_assert_uint_eq(seen.next, log.next); /* padding */
			log.base[at] = (char)(log.base[at] ^ 1 << bit);
		}
	}
	end(&log);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log_crash");
	TCase *tcase = tcase_create("images");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tcase, 0); /* Meson's is enough */
	tcase_add_test(tcase, test_lengths);
	tcase_add_test(tcase, test_reuse);
	tcase_add_test(tcase, test_killed_before_persist);
	tcase_add_test(tcase, test_payload_like_records);
	tcase_add_test(tcase, test_flipped_bits);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed != 0;
}
