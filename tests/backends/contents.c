/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What memmove and memset leave in memory, for each variant of one backend that this CPU can run,
 * against plain loops.
 *
 * PMEM2_TEST_CASES: random cases for each variant (200000), and with fewer than 2000 every eighth of the
 * alignments of the source; PMEM2_TEST_SEED: where they begin.
 */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "variants.h"

/* each variant as often as there are ways to use non-temporal stores */
static const struct pmem2_variant *usable[64];
static int usable_count;
static struct pmem2_tuning *tuning; /* of the backend under test */

static const struct way {
	unsigned nt_evicts, shape;
} ways[] = {{0, PMEM2_SHAPE_AMD}, {1, PMEM2_SHAPE_AMD}, {1, PMEM2_SHAPE_INTEL}};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static const struct pmem2_variant *under_test(int i)
{
	tuning->nt_evicts = ways[i % WAYS].nt_evicts;
	tuning->shape = ways[i % WAYS].shape;
	return usable[i];
}

static long cases(void)
{
	const char *given = getenv("PMEM2_TEST_CASES");

	return given ? atol(given) : 200000;
}

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * UINT64_C(0x2545F4914F6CDD1D) >> 11) % limit;
}

static void plain_move(char *dest, const char *src, size_t len)
{
	if (dest <= src)
		for (size_t i = 0; i < len; i++)
			dest[i] = src[i];
	else
		for (size_t i = len; i-- > 0;)
			dest[i] = src[i];
}

static void plain_set(char *dest, char c, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dest[i] = c;
}

enum {
	SIZES = 321,
	MARGIN = 128, /* bytes watched on either side of a destination */
	ROOM = MARGIN + 64 + SIZES + MARGIN
};

/* One case of the exhaustive loop; dest is all canaries before and after. */
static void check_move(const struct pmem2_variant *v, char *dest, size_t d, const char *src,
	size_t s, size_t len)
{
	static const char canaries[ROOM];
	char *at = dest + MARGIN + d;

	errno = 77;
	void *ret = v->memmove(at, src + s, len, 0);

	if (ret != at || errno != 77 || memcmp(at, src + s, len) ||
		memcmp(dest, canaries, MARGIN + d) ||
		memcmp(at + len, canaries, ROOM - MARGIN - d - len))
		ck_abort_msg("%s memmove: %zu bytes to %zu from %zu", v->name, len, d, s);
	memset(at, 0, len);
}

static void check_set(const struct pmem2_variant *v, char *dest, size_t d, size_t len)
{
	static const char canaries[ROOM];
	char *at = dest + MARGIN + d;
	char expected[SIZES];

	memset(expected, 0xA5, sizeof(expected));
	errno = 77;
	void *ret = v->memset(at, 0x7A5, len, 0);

	if (ret != at || errno != 77 || memcmp(at, expected, len) ||
		memcmp(dest, canaries, MARGIN + d) ||
		memcmp(at + len, canaries, ROOM - MARGIN - d - len))
		ck_abort_msg("%s memset: %zu bytes to %zu", v->name, len, d);
	memset(at, 0, len);
}

START_TEST(every_small_size_and_alignment)
{
	const struct pmem2_variant *v = under_test(_i);
	char *dest = aligned_alloc(64, (ROOM + 63) / 64 * 64);
	char *src = aligned_alloc(64, 512);
	size_t step = cases() < 2000 ? 8 : 1;

	memset(dest, 0, ROOM);
	for (int i = 0; i < 512; i++)
		src[i] = (char)(1 + i % 251);
	for (size_t len = 0; len < SIZES; len++)
		for (size_t d = 0; d < 64; d++) {
			check_set(v, dest, d, len);
			for (size_t s = (len + d) % step; s < 64; s += step)
				check_move(v, dest, d, src, s, len);
		}
	free(dest);
	free(src);
}
END_TEST

enum { ARENA = 16 << 20 };

/* mostly small, some to 64 KiB, a few to 4 MiB */
static size_t random_size(void)
{
	uint64_t kind = random_below(1000);
	int bits = kind < 900 ? 10 : kind < 995 ? 16 : 22;

	return random_below((UINT64_C(1) << random_below(bits + 1)) + 1);
}

/* A place for len bytes such that the ranges overlap in half of the cases, both ways. */
static size_t random_source(size_t d, size_t len)
{
	size_t reach = len + 1;

	if (random_below(4) == 0 && len > 64)
		reach = 64;
	if (random_below(2) && d >= reach)
		return d - random_below(reach);
	if (random_below(2) && d + reach + len <= ARENA)
		return d + random_below(reach);
	return random_below(ARENA - len);
}

static void random_case(const struct pmem2_variant *v, char *arena, char *shadow)
{
	size_t len = random_size();
	size_t d = MARGIN + random_below(ARENA - 2 * MARGIN - len);
	size_t s = random_source(d, len);
	unsigned flags = (unsigned)random_below(64);
	bool set = random_below(4) == 0;
	char c = (char)random_below(256);
	void *ret;

	if (random_below(4) == 0) {
		d &= ~(size_t)7;
		len &= ~(size_t)7;
	}
	for (size_t i = 0; i < len && i < 4096; i += 8) {
		uint64_t fresh = random_state * (i + 1);
		memcpy(arena + s + i, &fresh, len - i < 8 ? len - i : 8);
		memcpy(shadow + s + i, &fresh, len - i < 8 ? len - i : 8);
	}

	if (set) {
		plain_set(shadow + d, c, len);
		ret = v->memset(arena + d, c, len, flags);
	} else {
		plain_move(shadow + d, shadow + s, len);
		ret = v->memmove(arena + d, arena + s, len, flags);
	}
	if (ret != arena + d || memcmp(arena + d - MARGIN, shadow + d - MARGIN, len + 2 * MARGIN))
		ck_abort_msg("%s %s: %zu bytes to %zu from %zu, flags %#x", v->name,
			set ? "memset" : "memmove", len, d, s, flags);
}

START_TEST(random_cases)
{
	const struct pmem2_variant *v = under_test(_i);
	const char *seed = getenv("PMEM2_TEST_SEED");
	char *arena = aligned_alloc(4096, ARENA);
	char *shadow = aligned_alloc(4096, ARENA);
	uint64_t start = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 16 | getpid();

	printf("%s: PMEM2_TEST_SEED=%llu\n", v->name, (unsigned long long)start);
	fflush(stdout);
	random_state = start * 2 + 1;
	memset(arena, 0x11, ARENA);
	memset(shadow, 0x11, ARENA);
	for (long n = cases() / WAYS; n >= 0; n--)
		random_case(v, arena, shadow);
	ck_assert_msg(!memcmp(arena, shadow, ARENA), "%s: a stray store", v->name);
	free(arena);
	free(shadow);
}
END_TEST

/* Nothing is read or written outside the ranges: beyond them is a page without access. */
START_TEST(ends_of_memory)
{
	const struct pmem2_variant *v = under_test(_i);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *area[2];

	for (int i = 0; i < 2; i++) {
		area[i] = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ck_assert(area[i] != MAP_FAILED);
		area[i] += page;
		ck_assert(!mprotect(area[i], page, PROT_READ | PROT_WRITE));
	}
	for (unsigned flags = 0; flags < 64; flags++)
		for (size_t len = 0; len < 700; len++) {
			size_t end = page - len;

			v->memmove(area[0] + end, area[1] + end, len, flags);
			v->memmove(area[0], area[1] + end, len, flags);
			v->memmove(area[0] + end, area[1], len, flags);
			v->memset(area[0] + end, 1, len, flags);
			v->memset(area[0], 1, len, flags);
			v->flush(area[0] + end, len);
			v->persist(area[0], len);
			v->deep_persist(area[0] + end, len);
		}
	/* a length of 0 touches nothing, whatever the address */
	v->memmove(area[0] - 1, area[1] - 1, 0, 0);
	v->flush(area[0] - 1, 0);
	v->persist(area[0] - 1, 0);
	v->deep_persist(area[0] - 1, 0);
}
END_TEST

static Suite *contents(const char *backend)
{
	Suite *suite = suite_create(backend);
	TCase *tc = tcase_create("contents");

	for (const struct pmem2_backend *const *b = test_backends(); *b; b++)
		for (const struct pmem2_variant *const *v = (*b)->variants; *v; v++) {
			if (strcmp((*b)->name, backend))
				continue;
			if ((*v)->needs & ~test_cpu()) {
				printf("%s: not on this CPU\n", (*v)->name);
				continue;
			}
			for (int i = 0; i < WAYS; i++)
				usable[usable_count++] = *v;
			tuning = (*b)->tuning;
		}
	tcase_set_timeout(tc, 0); /* Meson's is enough */
	tcase_add_loop_test(tc, every_small_size_and_alignment, 0, usable_count);
	tcase_add_loop_test(tc, random_cases, 0, usable_count);
	tcase_add_loop_test(tc, ends_of_memory, 0, usable_count);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(int argc, char **argv)
{
	SRunner *runner = srunner_create(contents(argc > 1 ? argv[1] : "generic_msync"));

	if (!usable_count) {
		printf("skipped: this CPU runs no variant of %s\n", argv[1]);
		return 77;
	}
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
