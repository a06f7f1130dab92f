/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * scale.c -- 60,000 maps make a map or an unmap as dear as the first were, about.
 */
#include "api.h"

#include <time.h>

enum {
	MANY = 60000,
	SAMPLES = 2000, /* calls that a median is taken of */
	LIMIT = 10,     /* times as dear: about 1 is seen, thousands if each map were looked at */
};

static struct pmem2_map *maps[MANY];
static double map_ns[MANY], unmap_ns[MANY];

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* on a busy machine, too */
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(double *of)
{
	qsort(of, SAMPLES, sizeof(*of), by_value);
	return of[SAMPLES / 2];
}

/* makes the i-th map */
typedef void make(size_t i);

/* makes n maps, then deletes them, the first one first */
static void fill_and_empty(make *map, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double start = now();
		map(i);
		map_ns[i] = now() - start;
	}
	for (size_t i = 0; i < n; i++) {
		double start = now();
		ck_assert_int_eq(pmem2_map_delete(&maps[i]), 0);
		unmap_ns[i] = now() - start;
	}
}

/* few maps are there at the start of the one and at the end of the other */
static void scales(make *map, size_t n)
{
	double few[2], many[2];
	fill_and_empty(map, SAMPLES);
	fill_and_empty(map, n);
	few[0] = median(map_ns);
	many[0] = median(map_ns + n - SAMPLES);
	many[1] = median(unmap_ns);
	few[1] = median(unmap_ns + n - SAMPLES);
	ck_assert_msg(many[0] <= LIMIT * few[0] && many[1] <= LIMIT * few[1],
		"with %zu maps: map %.0f ns -> %.0f ns, unmap %.0f ns -> %.0f ns", n, few[0],
		many[0], few[1], many[1]);
}

static struct pmem2_config *cfg;
static struct pmem2_source *src;

static void map_file(size_t i)
{
	ck_assert_int_eq(pmem2_map_new(&maps[i], cfg, src), 0);
}

/* the kernel limits the mappings of a process: 65530 by default */
static size_t most_mappings(void)
{
	size_t most = 0;
	FILE *f = fopen("/proc/sys/vm/max_map_count", "re");
	if (f) {
		if (fscanf(f, "%zu", &most) != 1)
			most = 0;
		fclose(f);
	}
	return most > MANY + 1000 ? MANY : most > 6000 ? most - 1000 : 5000;
}

START_TEST(maps_of_a_file)
{
	cfg = api_config();
	src = api_source(api_file_in(api_shm(), PAGE));
	scales(map_file, most_mappings());
}
END_TEST

static struct pmem2_vm_reservation *rsv;

static void map_into_reservation(size_t i)
{
	size_t shuffled = i * 31337 % MANY;
	ck_assert_int_eq(pmem2_config_set_vm_reservation(cfg, rsv, shuffled * PAGE), 0);
	ck_assert_int_eq(pmem2_map_new(&maps[i], cfg, src), 0);
}

START_TEST(maps_in_a_reservation_in_no_order)
{
	cfg = api_config();
	src = api_source(api_file_in(api_shm(), PAGE));
	rsv = api_reserve((size_t)MANY * PAGE);
	scales(map_into_reservation, most_mappings());
	works(pmem2_vm_reservation_delete(&rsv));
}
END_TEST

API_MAIN("scale", maps_of_a_file, maps_in_a_reservation_in_no_order)
