/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the backend takes for durable, after random stores, copies, flushes and drains by two
 * threads, against a plain model; at every granularity.
 *
 * PMEM2_TEST_CASES: random sequences (of 300 operations) for each; PMEM2_TEST_SEED.
 */
#include <check.h>
#include <fcntl.h>
#include <libpmem2/backend.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"
#include "plain.h"
#include "powerfail/medium.h"
#include "session.h"
#include "settings.h"

enum { SIZE = LINES * LINE, STEPS = 300 };

struct step {
	enum { STORE, FLUSH, DRAIN, PERSIST, MOVE, SET } what;
	enum pmem2_granularity by; /* whose function it is: any may be called on any memory */
	int thread;
	size_t offset, size;
	unsigned flags;
	uint64_t value;
};

static char (*live)[LINE]; /* the map */
static struct plain plain;
static const struct pmem2_variant *variants[3]; /* by granularity */
static enum pmem2_granularity granularity;
static bool compares; /* instead of asking the kernel what was written to */
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * UINT64_C(0x2545F4914F6CDD1D) >> 11) % limit;
}

static struct step random_step(void)
{
	struct step s = {
		.what = random_below(6),
		.by = random_below(4) == 0 ? random_below(3) : granularity,
		.thread = (int)random_below(2),
		.offset = random_below(SIZE),
		.flags = (unsigned)random_below(64),
		.value = random_state,
	};

	s.size = random_below(random_below(8) == 0 ? 1000 : 130);
	if (s.size > SIZE - s.offset)
		s.size = SIZE - s.offset;
	/* few lines, so that threads meet on them */
	if (random_below(2) == 0) {
		s.offset %= 4 * LINE;
		s.size %= 2 * LINE;
	}
	return s;
}

/* ---- what a step does to the real thing ---- */

static void run(const struct step *s)
{
	const struct pmem2_variant *variant = variants[s->by];
	char *at = &live[0][0] + s->offset;
	uint64_t source[128];

	for (size_t i = 0; i < 128; i++)
		source[i] = s->value * (i + 1);
	switch (s->what) {
	case STORE:
		memcpy(at, &s->value, s->size < 8 ? s->size : 8);
		break;
	case FLUSH:
		variant->flush(at, s->size);
		break;
	case DRAIN:
		variant->drain();
		break;
	case PERSIST:
		variant->persist(at, s->size);
		break;
	case MOVE:
		variant->memmove(at, source, s->size, s->flags);
		break;
	case SET:
		variant->memset(at, (int)s->value, s->size, s->flags);
		break;
	}
}

/* ---- and to the plain one ---- */

/* A line's flush is nothing to the page cache, and msync(2) makes all durable. */
static void expect_flush(const struct step *s)
{
	const char(*now)[LINE] = (const char(*)[LINE])live;

	if (s->by == PMEM2_GRANULARITY_PAGE)
		plain_msync(&plain, now, s->offset, s->size);
	else if (s->by == PMEM2_GRANULARITY_CACHE_LINE && granularity != PMEM2_GRANULARITY_PAGE)
		plain_flush(&plain, s->thread, now, s->offset, s->size);
}

/* At BYTE the fence is enough, if it is the one of that granularity. */
static void expect_drain(const struct step *s)
{
	if (s->by == PMEM2_GRANULARITY_BYTE && granularity == PMEM2_GRANULARITY_BYTE)
		plain_fence(&plain, s->thread, (const char(*)[LINE])live);
	else if (s->by != PMEM2_GRANULARITY_PAGE)
		plain_drain(&plain, s->thread);
}

static void expect(const struct step *s)
{
	bool copy = s->what == MOVE || s->what == SET;
	bool flushes = s->what == FLUSH || s->what == PERSIST ||
	               (copy && !(s->flags & PMEM2_F_MEM_NOFLUSH));
	bool drains = s->what == DRAIN || s->what == PERSIST ||
	              (copy && !(s->flags & (PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_NODRAIN)));

	if (flushes)
		expect_flush(s);
	if (drains)
		expect_drain(s);
}

/* ---- two threads that take turns ---- */

static struct {
	pthread_t thread;
	sem_t go, done;
	const struct step *step; /* NULL: end */
} workers[2];

static void *work(void *arg)
{
	int i = (int)(intptr_t)arg;

	while (sem_wait(&workers[i].go) == 0 && workers[i].step != NULL) {
		run(workers[i].step);
		sem_post(&workers[i].done);
	}
	return NULL;
}

static void hand_over(int i, const struct step *step)
{
	workers[i].step = step;
	sem_post(&workers[i].go);
	if (step != NULL)
		sem_wait(&workers[i].done);
}

static const struct pf_medium *medium_of(const void *address)
{
	for (size_t i = 0; i < pmem2_pf_engine.map_count; i++)
		if (pmem2_pf_engine.maps[i].address == address)
			return pmem2_pf_engine.maps[i].medium;
	ck_abort_msg("the map is not followed");
	return NULL;
}

static void compare(const struct pf_medium *medium, int step, const struct step *s)
{
	if (memcmp(medium->durable, plain.durable, SIZE) == 0)
		return;
	for (size_t i = 0; i < LINES; i++)
		if (memcmp(medium->durable + i * LINE, plain.durable[i], LINE) != 0)
			ck_abort_msg("line %zu after step %d: kind %d of granularity %d, thread "
				     "%d, %zu+%zu, flags %#x",
				i, step, s->what, s->by, s->thread, s->offset, s->size, s->flags);
}

static void sequence(void)
{
	char path[] = "model.XXXXXX";
	struct pmem2_attached map = {.length = SIZE, .granularity = granularity};

	map.fd = mkstemp(path);
	ck_assert(map.fd >= 0 && unlink(path) == 0 && ftruncate(map.fd, SIZE) == 0);
	map.address = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd, 0);
	ck_assert(map.address != MAP_FAILED);
	live = map.address;
	for (size_t i = 0; i < SIZE / 2; i++)
		((char *)map.address)[i] = (char)random_below(256);
	memcpy(plain.durable, live, SIZE);
	memset(plain.durable_since, 0, sizeof(plain.durable_since));
	plain.flushes = 0;

	ck_assert_int_eq(pmem2_backend_v1.attach(&map), 0);
	close(map.fd);
	map.fd = -1;
	if (compares)
		pmem2_pf_engine.maps[0].watched = false;
	for (int i = 0; i < STEPS; i++) {
		struct step s = random_step();

		hand_over(s.thread, &s);
		expect(&s);
		compare(medium_of(map.address), i, &s);
	}
	/* nothing of one sequence is pending in the next */
	for (int i = 0; i < 2; i++)
		hand_over(i, &(const struct step){.what = DRAIN, .by = 1});
	pmem2_backend_v1.detach(&map);
	munmap(map.address, SIZE);
}

static void sequences(void)
{
	const char *cases = getenv("PMEM2_TEST_CASES");
	const char *seed = getenv("PMEM2_TEST_SEED");
	uint64_t start = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 16 | getpid();

	printf("granularity %d: PMEM2_TEST_SEED=%llu\n", granularity, (unsigned long long)start);
	fflush(stdout);
	random_state = start * 2 + 1;
	for (int i = 0; i < 2; i++) {
		sem_init(&workers[i].go, 0, 0);
		sem_init(&workers[i].done, 0, 0);
		pthread_create(&workers[i].thread, NULL, work, (void *)(intptr_t)i);
	}
	for (long n = cases ? atol(cases) / 100 + 1 : 50; n > 0; n--)
		sequence();
	for (int i = 0; i < 2; i++) {
		hand_over(i, NULL);
		pthread_join(workers[i].thread, NULL);
	}
}

START_TEST(durable_as_in_the_plain_model)
{
	granularity = (enum pmem2_granularity)(_i / 3);
	for (const struct pmem2_variant *const *v = pmem2_backend_v1.variants; *v; v++)
		for (unsigned g = 0; g < 3; g++)
			if ((*v)->serves & 1u << g)
				variants[g] = *v;
	ck_assert_int_eq(pmem2_pf_session_start(), 0);
	/* to look for what nobody flushed must not change anything, whether the kernel helps or not */
	pmem2_pf_engine.settings->dirty = _i % 3 != 0 ? PF_DIRTY_ON : PF_DIRTY_OFF;
	compares = _i % 3 == 2;
	sequences();
}
END_TEST

START_TEST(private_and_anonymous_memory_is_not_followed)
{
	struct pmem2_attached map = {.length = SIZE, .fd = -1};

	map.address = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_int_eq(pmem2_backend_v1.attach(&map), 0);
	ck_assert_uint_eq(pmem2_pf_engine.map_count, 0);
	pmem2_backend_v1.detach(&map);
	munmap(map.address, SIZE);

	map.fd = open("/proc/self/exe", O_RDONLY);
	map.address = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, map.fd, 0);
	ck_assert_int_eq(pmem2_backend_v1.attach(&map), 0);
	ck_assert_uint_eq(pmem2_pf_engine.map_count, 0);
	pmem2_backend_v1.detach(&map);
	munmap(map.address, SIZE);
	close(map.fd);
}
END_TEST

/* Larger than what is compared without a question: pages that are not in memory are passed over. */
START_TEST(stores_to_a_large_map_are_found)
{
	enum { LARGE = 5 * 1024 * 1024 + 4096, STORES = 100 };
	char path[] = "model.XXXXXX";
	struct pmem2_attached map = {.length = LARGE, .granularity = PMEM2_GRANULARITY_BYTE};

	map.fd = mkstemp(path);
	ck_assert(map.fd >= 0 && unlink(path) == 0 && ftruncate(map.fd, LARGE) == 0);
	map.address = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd, 0);
	ck_assert(map.address != MAP_FAILED);
	ck_assert_int_eq(pmem2_pf_session_start(), 0);
	ck_assert_int_eq(pmem2_backend_v1.attach(&map), 0);
	if (_i == 0)
		pmem2_pf_engine.maps[0].watched = false;

	char *at = map.address;
	random_state = (uint64_t)time(NULL) << 16 | 1;
	printf("a large map: state %#llx\n", (unsigned long long)random_state);
	at[0] = at[LARGE - 1] = 'x';
	for (int i = 0; i < STORES; i++)
		at[random_below(LARGE)] = (char)i;
	for (const struct pmem2_variant *const *v = pmem2_backend_v1.variants; *v; v++)
		if ((*v)->serves & PMEM2_SERVES_BYTE)
			(*v)->drain();
	ck_assert_int_eq(memcmp(medium_of(map.address)->durable, at, LARGE), 0);

	pmem2_backend_v1.detach(&map);
	munmap(map.address, LARGE);
	close(map.fd);
}
END_TEST

static void drain_all(unsigned granularity_bit)
{
	for (const struct pmem2_variant *const *v = pmem2_backend_v1.variants; *v; v++)
		if ((*v)->serves & granularity_bit) {
			(*v)->drain();
			return;
		}
}

/*
 * What drains look at, if only cheap looks are wanted: no more than 32 MiB each, of a file of which each page
 * table has data; and of a file of holes, the two page tables of its data.
 */
START_TEST(looks_cost_what_has_data)
{
	enum { TABLE = 2 << 20, DRAINS = 100 };
	size_t size = _i == 0 ? (size_t)256 << 20 : (size_t)1 << 40, most;
	char path[] = "model.XXXXXX", byte = 1;
	struct pmem2_attached map = {.length = size, .granularity = PMEM2_GRANULARITY_CACHE_LINE};
	struct stat before, after;

	map.fd = mkstemp(path);
	ck_assert(map.fd >= 0 && unlink(path) == 0 && ftruncate(map.fd, (off_t)size) == 0);
	for (size_t at = 0; _i == 0 && at < size; at += TABLE)
		ck_assert_int_eq(pwrite(map.fd, &byte, 1, (off_t)at), 1);
	map.address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd, 0);
	ck_assert(map.address != MAP_FAILED);
	ck_assert_int_eq(pmem2_pf_session_start(), 0);
	pmem2_pf_engine.settings->dirty = PF_DIRTY_IF_CHEAP;
	ck_assert_int_eq(pmem2_backend_v1.attach(&map), 0);

	char *at = map.address;
	at[5] = at[size / 2] = 2;
	ck_assert_int_eq(fstat(map.fd, &before), 0);
	pmem2_pf_engine.walked = 0;
	for (int i = 0; i < DRAINS; i++) {
		at[5] = (char)i;
		drain_all(PMEM2_SERVES_CACHE_LINE);
	}
	most = _i == 0 ? size + DRAINS * ((size_t)32 << 20) : (size_t)DRAINS * 2 * TABLE;
	ck_assert_uint_le(pmem2_pf_engine.walked, most);
	ck_assert(fstat(map.fd, &after) == 0 && after.st_blocks == before.st_blocks);

	pmem2_backend_v1.detach(&map);
	munmap(map.address, size);
	close(map.fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("model");
	TCase *tc = tcase_create("model");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0);
	tcase_add_loop_test(tc, durable_as_in_the_plain_model, 0, 9);
	tcase_add_loop_test(tc, stores_to_a_large_map_are_found, 0, 2);
	tcase_add_loop_test(tc, looks_cost_what_has_data, 0, 2);
	tcase_add_test(tc, private_and_anonymous_memory_is_not_followed);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
