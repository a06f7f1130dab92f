/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The model's table of lines that are on their way: many of several files, such as collide, and come
 * and go in any order, against a plain list for each line. And media that grow.
 *
 * PMEM2_TEST_CASES: random steps (200,000); PMEM2_TEST_SEED.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "powerfail/model.h"

enum { PLACES = 3000, MEDIA = 3, THREADS = 3, MOST = 64, FILE_LINES = 1 << 22 };

/* A line, and what it may hold, as plainly as it can be kept. */
static struct place {
	struct pf_medium *medium;
	size_t line;
	uint64_t durable;
	size_t count; /* versions on their way, oldest first */
	struct {
		int thread; /* -1: dirty */
		uint64_t value;
	} version[MOST];
} places[PLACES];

static struct pf_model model;
static struct pf_medium media[MEDIA];
static struct pf_thread threads[THREADS];
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * UINT64_C(0x2545F4914F6CDD1D) >> 11) % limit;
}

static const char *content(uint64_t value)
{
	static uint64_t words[PF_LINE / 8];

	for (size_t i = 0; i < PF_LINE / 8; i++)
		words[i] = value * (i + 1);
	return (const char *)words;
}

/* ---- the plain way ---- */

static void forget_versions(struct place *p, size_t count)
{
	p->count -= count;
	memmove(p->version, p->version + count, p->count * sizeof(p->version[0]));
}

static void add_plain(struct place *p, int thread, uint64_t value)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++)
		if (thread < 0 || model.keeps_all || p->version[i].thread != thread)
			p->version[kept++] = p->version[i];
	p->count = kept + 1;
	p->version[kept].thread = thread;
	p->version[kept].value = value;
}

static void drain_plain(int thread)
{
	for (struct place *p = places; p < places + PLACES; p++)
		for (size_t i = p->count; i-- > 0;)
			if (p->version[i].thread == thread) {
				p->durable = p->version[i].value;
				forget_versions(p, i + 1);
				break;
			}
}

/* ---- and the real one ---- */

static bool holds(const struct pf_medium *medium, size_t line, uint64_t value)
{
	return pmem2_pf_same_line(pmem2_pf_medium_line(medium, line), content(value));
}

/* Whether the model knows of the line what is true. */
static bool is_right(const struct place *p)
{
	uint32_t number = *pmem2_pf_slot(&model, p->medium, p->line);

	for (size_t i = p->count; i-- > 0;) {
		const struct pf_version *v = pmem2_pf_version(&model, number);

		if (number == 0 || v->medium != p->medium || v->line != p->line || v->superseded ||
			pmem2_pf_is_newest(&model, number) != (i + 1 == p->count) ||
			(v->thread != NULL ? (int)v->thread->id : -1) != p->version[i].thread ||
			!pmem2_pf_same_line(v->content, content(p->version[i].value)))
			return false;
		number = v->older;
	}
	return number == 0 && holds(p->medium, p->line, p->durable);
}

static void check_all(void)
{
	size_t lines = 0, dirty = 0, newest = 0, wrong = 0;

	for (const struct place *p = places; p < places + PLACES; p++) {
		wrong += !is_right(p);
		lines += p->count > 0;
		for (size_t i = 0; i < p->count; i++)
			dirty += p->version[i].thread < 0;
	}
	for (uint32_t i = 1; i < pmem2_pf_versions(&model); i++)
		newest += pmem2_pf_is_newest(&model, i);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(model.lines, lines);
	ck_assert_uint_eq(newest, lines);
	ck_assert_uint_eq(model.dirty, dirty);
	ck_assert_uint_eq(model.dropped, 0);
}

/* A line of any kind: beside others, anywhere, or at home in a few slots where the first table ends. */
static size_t choose_line(size_t i, struct pf_medium *medium)
{
	size_t line;

	if (i % 3 == 0)
		return i;
	do
		line = random_below(FILE_LINES);
	while (i % 3 == 1 &&
		(pmem2_pf_home(&model, medium, line) + 4) % pmem2_pf_slots(&model) > 7);
	return line;
}

static bool is_known(const struct place *p)
{
	for (const struct place *q = places; q < p; q++)
		if (q->medium == p->medium && q->line == p->line)
			return true;
	return false;
}

static void begin(bool keeps_all)
{
	const char *seed = getenv("PMEM2_TEST_SEED");
	uint64_t start = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 16 | getpid();

	printf("PMEM2_TEST_SEED=%llu\n", (unsigned long long)start);
	fflush(stdout);
	random_state = start * 2 + 1;
	ck_assert_int_eq(pmem2_pf_model_init(&model, keeps_all), 0);
	for (uint32_t i = 0; i < MEDIA; i++) {
		media[i].id = i;
		ck_assert_int_eq(pmem2_pf_medium_init(&media[i], -1, 0,
					 (size_t)FILE_LINES * PF_LINE),
			0);
	}
	for (uint32_t i = 0; i < THREADS; i++)
		threads[i] = (struct pf_thread){.id = i};
}

static void end(void)
{
	for (size_t i = 0; i < MEDIA; i++)
		pmem2_pf_medium_finish(&media[i]);
	pmem2_pf_model_finish(&model);
}

static void step(uint64_t value, unsigned flushes)
{
	struct place *p = &places[random_below(PLACES)];
	int thread = (int)random_below(THREADS);
	unsigned what = (unsigned)random_below(1000);

	if (what < flushes && p->count < MOST - 1) {
		pmem2_pf_model_flush(&model, &threads[thread], p->medium, p->line, content(value),
			(struct pf_origin){0});
		add_plain(p, thread, value);
	} else if (what % 4 == 0 && p->count < MOST - 1) {
		pmem2_pf_model_dirty(&model, p->medium, p->line, content(value),
			(struct pf_origin){0});
		add_plain(p, -1, value);
	} else if (what % 4 != 1 || what % 16 == 1) {
		pmem2_pf_model_write(&model, p->medium, p->line, content(value));
		p->durable = value;
		p->count = 0;
	} else {
		pmem2_pf_model_drain(&model, &threads[thread]);
		drain_plain(thread);
	}
	if (!is_right(p))
		ck_abort_msg("line %zu of file %u after step %llu: kind %u of thread %d", p->line,
			p->medium->id, (unsigned long long)value, what, thread);
}

START_TEST(lines_come_and_go)
{
	const char *cases = getenv("PMEM2_TEST_CASES");
	uint64_t steps = cases ? strtoull(cases, NULL, 0) : 200000;

	begin(_i == 1);
	memset(places, 0, sizeof(places));
	for (size_t i = 0; i < PLACES; i++)
		do {
			places[i].medium = &media[random_below(MEDIA)];
			places[i].line = choose_line(i, places[i].medium);
		} while (is_known(&places[i]));
	/* sometimes hardly anything but flushes: the table grows; and empties again */
	for (uint64_t i = 1; i <= steps; i++) {
		step(i, i / 10000 % 3 == 0 ? 999 : 900);
		if (i % 5000 == 0)
			check_all();
	}
	ck_assert_uint_ge(pmem2_pf_slots(&model), steps < 20000 ? 1024 : 4096);
	pmem2_pf_model_forget(&model);
	for (size_t i = 0; i < PLACES; i++)
		places[i].count = 0;
	check_all();
	end();
}
END_TEST

/* What was pending takes no memory any more when it is durable. */
START_TEST(memory_is_given_back)
{
	enum { MANY = 200000 };
	size_t wrong = 0;

	begin(false);
	for (int round = 1; round <= 2; round++) {
		for (size_t i = 0; i < MANY; i++)
			pmem2_pf_model_flush(&model, &threads[0], &media[i % MEDIA], i,
				content(i + (size_t)round), (struct pf_origin){0});
		ck_assert_uint_eq(model.lines, MANY);
		ck_assert_uint_eq(pmem2_pf_model_drain(&model, &threads[0]), MANY);
		ck_assert_uint_eq(model.versions.used, sizeof(struct pf_version));
		for (size_t i = 0; i < MANY; i++)
			wrong += !holds(&media[i % MEDIA], i, i + (size_t)round);
		ck_assert_uint_eq(wrong, 0);
	}
	end();
}
END_TEST

/* A table that cannot grow is filled but for a slot; what has no place in it is counted. */
START_TEST(no_memory_for_the_table)
{
	size_t slots;

	begin(false);
	slots = pmem2_pf_slots(&model);
	model.slots.reserved = model.slots.committed = model.slots.used;
	for (int round = 1; round <= 2; round++) {
		for (size_t i = 0; i < slots + 9; i++)
			pmem2_pf_model_flush(&model, &threads[0], &media[0], i,
				content((uint64_t)round), (struct pf_origin){0});
		ck_assert_uint_eq(model.dropped, 10u * (unsigned)round);
		/* a line that is there can go on */
		pmem2_pf_model_flush(&model, &threads[1], &media[0], 5, content(7),
			(struct pf_origin){0});
		ck_assert_uint_eq(pmem2_pf_model_drain(&model, &threads[0]), slots - 1);
		ck_assert_uint_eq(pmem2_pf_model_drain(&model, &threads[1]), 1);
		ck_assert_uint_eq(model.lines, 0);
		ck_assert(holds(&media[0], 5, 7));
	}
	end();
}
END_TEST

/* What a file holds, and its holes stay such; or it is in more pieces than are mapped one by one. */
START_TEST(holes_stay)
{
	enum { PAGES = 300, AT = 3 };
	struct pf_medium *m = &media[0];
	struct stat before, after;
	int fd = memfd_create("holes", MFD_CLOEXEC), wrong = 0, until = _i == 0 ? 100 : 260;

	ck_assert(fd >= 0 && ftruncate(fd, (AT + PAGES) * PF_PAGE) == 0);
	for (int i = 0; i < PAGES; i += i < until ? 2 : 1)
		ck_assert_int_eq(pwrite(fd, &i, sizeof(i), (AT + i) * PF_PAGE + 8), sizeof(i));
	ck_assert(pwrite(fd, "before", 6, 0) == 6 && fstat(fd, &before) == 0);
	ck_assert_int_eq(pmem2_pf_medium_init(m, fd, AT * PF_PAGE, PAGES * PF_PAGE - 5), 0);
	for (int i = 0; i < PAGES; i++) {
		int is, want = i < until && i % 2 != 0 ? 0 : i;

		memcpy(&is, m->durable + i * PF_PAGE + 8, sizeof(is));
		wrong += is != want;
	}
	ck_assert_int_eq(wrong, 0);
	ck_assert(fstat(fd, &after) == 0);
	if (_i == 0)
		ck_assert_int_eq(after.st_blocks, before.st_blocks);

	pmem2_pf_medium_finish(m);
	close(fd);
}
END_TEST

/* A file that grows again and again keeps what was in it, and what is on its way. */
START_TEST(media_grow)
{
	static const size_t sizes[] = {1, 2, 3, 100, 101, 5000, 100000};
	struct pf_medium *m = &media[0];
	int fd = memfd_create("lines", MFD_CLOEXEC);

	begin(false);
	pmem2_pf_medium_finish(m);
	ck_assert(fd >= 0 && ftruncate(fd, PF_PAGE) == 0 && write(fd, "first", 5) == 5);
	ck_assert_int_eq(pmem2_pf_medium_init(m, fd, 0, PF_PAGE), 0);
	close(fd);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_int_eq(pmem2_pf_medium_grow(m, sizes[i] * PF_PAGE), 0);
		ck_assert_uint_eq(m->size, sizes[i] * PF_PAGE);
		pmem2_pf_model_drain(&model, &threads[0]);
		ck_assert_str_eq(m->durable, "first");
		for (size_t j = 0; j < i; j++)
			ck_assert(holds(m, sizes[j] * PF_PAGE / PF_LINE - 1, j + 1));
		pmem2_pf_model_flush(&model, &threads[0], m, m->size / PF_LINE - 1, content(i + 1),
			(struct pf_origin){0});
	}
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lines");
	TCase *tc = tcase_create("lines");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0);
	tcase_add_loop_test(tc, lines_come_and_go, 0, 2);
	tcase_add_test(tc, memory_is_given_back);
	tcase_add_test(tc, no_memory_for_the_table);
	tcase_add_loop_test(tc, holes_stay, 0, 2);
	tcase_add_test(tc, media_grow);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
