/* SPDX-License-Identifier: BSD-3-Clause */
/* test_notes.c -- notes of pages: every page that was noted is in one, whoever interrupts. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "notes.h"
#include "unit.h"

enum { UNIT = 4096, PAGES = 300, MAPS = 3 };

static const struct pmem2_note everything = {0, UINTPTR_MAX};
static int exits;

static void at_exit(void)
{
	exits++;
}

static struct pmem2_note map_of(size_t page)
{
	size_t map = page / (PAGES / MAPS);

	return (struct pmem2_note){(1 + map * (PAGES / MAPS)) * UNIT,
		(1 + (map + 1) * (PAGES / MAPS)) * UNIT};
}

static bool add(size_t page, size_t count)
{
	struct pmem2_note range = {(1 + page) * UNIT, (1 + page + count) * UNIT};

	return pmem2_notes_add(range, map_of(page), at_exit);
}

/* All noted pages are in a note; notes lie in one map, and are in order. */
static void compare(const bool *noted)
{
	size_t count, pages = 0;
	const struct pmem2_note *notes = pmem2_notes_begin(&count);

	for (size_t i = 0; i < count; i++) {
		struct pmem2_note map = map_of(notes[i].begin / UNIT - 1);

		ck_assert(notes[i].begin < notes[i].end && notes[i].end <= map.end);
		ck_assert(i == 0 || notes[i].begin >= notes[i - 1].end);
		for (uintptr_t at = notes[i].begin; at < notes[i].end; at += UNIT, pages++)
			ck_assert(noted[at / UNIT - 1]);
	}
	pmem2_notes_done((struct pmem2_note){0, 0});
	for (size_t i = 0; i < PAGES; i++)
		pages -= noted[i];
	ck_assert_uint_eq(pages, 0);
}

START_TEST(hold_what_was_noted)
{
	unsigned seed = (unsigned)getpid();
	bool noted[PAGES] = {false};

	printf("seed %u\n", seed);
	for (int round = 0; round < 20000; round++) {
		size_t page = (size_t)rand_r(&seed) % PAGES;
		size_t end = (page / (PAGES / MAPS) + 1) * (PAGES / MAPS);
		size_t count = 1 + (size_t)rand_r(&seed) % 4;

		count = count < end - page ? count : end - page;
		if (rand_r(&seed) % 500 == 0) {
			size_t size;

			pmem2_notes_begin(&size);
			pmem2_notes_done(map_of(page));
			memset(&noted[end - PAGES / MAPS], 0, PAGES / MAPS);
		} else {
			ck_assert(add(page, count));
			memset(&noted[page], 1, count);
		}
		if (round % 50 == 0)
			compare(noted);
	}
}
END_TEST

START_TEST(are_limited)
{
	size_t added = 0, count;

	while (pmem2_notes_add((struct pmem2_note){2 * added * UNIT, (2 * added + 1) * UNIT},
		everything, at_exit))
		added++;
	pmem2_notes_begin(&count);
	ck_assert_uint_eq(count, added);
	ck_assert_uint_eq(added, 511);
	/* what is there already needs no room */
	ck_assert(!add(100, 1));
	pmem2_notes_done(everything);
	ck_assert(!pmem2_notes_exist());
}
END_TEST

START_TEST(cannot_be_made_while_they_are_written)
{
	size_t count;

	ck_assert(add(5, 1));
	pmem2_notes_begin(&count);
	ck_assert(!add(7, 1));
	/* one who interrupts that finds them, and leaves them */
	pmem2_notes_begin(&count);
	ck_assert_uint_eq(count, 1);
	pmem2_notes_done(everything);
	ck_assert(pmem2_notes_exist());
	pmem2_notes_done(everything);
	ck_assert(!pmem2_notes_exist());
	ck_assert(add(7, 1));
}
END_TEST

static void *note_and_end(void *page)
{
	if (page != NULL)
		ck_assert(add((size_t)(uintptr_t)page, 1));
	return NULL;
}

START_TEST(are_written_when_the_thread_ends)
{
	pthread_t thread;

	pthread_create(&thread, NULL, note_and_end, NULL);
	pthread_join(thread, NULL);
	ck_assert_int_eq(exits, 0);
	pthread_create(&thread, NULL, note_and_end, (void *)1);
	pthread_join(thread, NULL);
	ck_assert_int_eq(exits, 1);
}
END_TEST

/* ---- a signal handler at any instant ---- */

static bool noted[PAGES];
static volatile sig_atomic_t looks, missed;

static void look(int number)
{
	size_t count;
	const struct pmem2_note *notes = pmem2_notes_begin(&count);

	(void)number;
	for (size_t page = 0; page < PAGES; page++) {
		bool found = !noted[page];

		for (size_t i = 0; i < count && !found; i++)
			found = notes[i].begin <= (1 + page) * UNIT &&
			        (2 + page) * UNIT <= notes[i].end;
		missed += !found;
	}
	if (notes != NULL)
		pmem2_notes_done((struct pmem2_note){0, 0});
	looks++;
}

START_TEST(are_whole_for_a_signal_handler)
{
	const struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
	unsigned seed = (unsigned)getpid();

	printf("seed %u\n", seed);
	signal(SIGALRM, look);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int round = 0; looks < 3000; round++) {
		size_t page = (size_t)rand_r(&seed) % (PAGES - 4);

		if (pmem2_notes_add((struct pmem2_note){(1 + page) * UNIT, (3 + page) * UNIT},
			    everything, at_exit)) {
			noted[page] = true;
			noted[page + 1] = true;
		}
		if (round % 100 == 0) {
			size_t count;

			memset(noted, 0, sizeof(noted));
			pmem2_notes_begin(&count);
			pmem2_notes_done(everything);
		}
	}
	setitimer(ITIMER_REAL, &never, NULL);
	ck_assert_int_eq(missed, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {hold_what_was_noted, are_limited,
		cannot_be_made_while_they_are_written, are_written_when_the_thread_ends,
		are_whole_for_a_signal_handler, NULL};

	return unit_run("notes", tests);
}
