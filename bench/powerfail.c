/* SPDX-License-Identifier: BSD-3-Clause */
/* What the backend that the environment names adds to a store: time of a flush and of a drain, memory. */
#include <fcntl.h>
#include <inttypes.h>
#include <libpmem2.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 64, LINES = 4096, EPOCH = 64, ROUNDS = 401, SPAWNS = 4000 };
enum { PAGE = 4096, TOUCHED = 16 << 20 }; /* bytes */

static const size_t large = (size_t)1 << 30; /* bytes of the file */

struct mapping {
	struct pmem2_map *map;
	char *base;
	pmem2_flush_fn flush;
	pmem2_drain_fn drain;
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(double), by_value);
	return values[ROUNDS / 2];
}

static struct mapping map_file(const char *path)
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct mapping m;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)large) || pmem2_source_from_fd(&source, fd) ||
		pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_map_new(&m.map, config, source)) {
		pmem2_perror("%s", path);
		exit(EXIT_FAILURE);
	}
	m.base = pmem2_map_get_address(m.map);
	m.flush = pmem2_get_flush_fn(m.map);
	m.drain = pmem2_get_drain_fn(m.map);
	return m;
}

/* ---- time ---- */

static void store(const struct mapping *m, size_t line, uint64_t value)
{
	*(volatile uint64_t *)(void *)(m->base + line * LINE) = value;
}

/* Nanoseconds of a store, of a store and a flush, and of a drain of EPOCH lines. */
static void measure_time(const struct mapping *m)
{
	static double plain[ROUNDS], flushed[ROUNDS], drained[ROUNDS];

	for (uint64_t round = 0; round < ROUNDS; round++) {
		double begin = now_ns(), flushes = 0, drains = 0;

		for (size_t line = 0; line < LINES; line++)
			store(m, line, 2 * round + 1);
		plain[round] = (now_ns() - begin) / LINES;

		for (size_t line = 0; line < LINES;) {
			size_t end = line + EPOCH;
			double middle;

			begin = now_ns();
			for (; line < end; line++) {
				store(m, line, 2 * round + 2);
				m->flush(m->base + line * LINE, LINE);
			}
			middle = now_ns();
			m->drain();
			flushes += middle - begin;
			drains += now_ns() - middle;
		}
		flushed[round] = flushes / LINES;
		drained[round] = drains / LINES * EPOCH;
	}
	printf("%-16s store %5.1f ns   store and flush %6.1f ns   flush adds %6.1f ns   "
	       "drain of %d lines %7.0f ns\n",
		pmem2_map_get_backend_name(m->map), median(plain), median(flushed),
		median(flushed) - median(plain), EPOCH, median(drained));
}

/* ---- memory ---- */

static size_t resident(void)
{
	FILE *in = fopen("/proc/self/statm", "r");
	size_t size = 0, pages = 0;

	if (in == NULL || fscanf(in, "%zu %zu", &size, &pages) != 2)
		return 0;
	fclose(in);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/*
 * Every step-th page from an offset on, with a drain for each line, or one for all: what the process has more for
 * it, the pages of its own mapping included, against what it touched.
 */
static void measure_memory(const struct mapping *m, size_t begin, size_t step, bool at_once,
	const char *what)
{
	size_t before = resident(), touched = 0, pending;

	for (size_t at = begin; touched < TOUCHED; at += step * PAGE, touched += PAGE)
		for (size_t i = 0; i < PAGE; i += LINE) {
			store(m, (at + i) / LINE, at | 1);
			m->flush(m->base + at + i, LINE);
			if (!at_once)
				m->drain();
		}
	pending = resident() - before;
	m->drain();
	printf("%-16s mapped %zu MiB, touched %d MiB %s: resident %.2f times that",
		pmem2_map_get_backend_name(m->map), large >> 20, TOUCHED >> 20, what,
		(double)(resident() - before) / (double)touched);
	if (at_once)
		printf(", %.2f before the drain", (double)pending / (double)touched);
	putchar('\n');
}

/* ---- how many processes a second ---- */

static int spawn_many(char *program)
{
	char *const arguments[] = {program, NULL}, *const environment[] = {NULL};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double begin = now_ns();
	pid_t pid;

	for (int i = 0; i < SPAWNS; i++) {
		if (i >= cpus)
			wait(NULL);
		if (posix_spawn(&pid, program, NULL, NULL, arguments, environment) != 0) {
			fprintf(stderr, "%s cannot be started\n", program);
			return EXIT_FAILURE;
		}
	}
	while (wait(NULL) > 0)
		;
	printf("%.0f\n", SPAWNS / ((now_ns() - begin) / 1e9));
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	struct mapping m;

	if (argc == 3 && strcmp(argv[1], "--spawn") == 0)
		return spawn_many(argv[2]);
	if (argc != 2) {
		fprintf(stderr, "usage: pmem2-bench-powerfail FILE | --spawn PROGRAM\n");
		return 2;
	}
	m = map_file(argv[1]);
	measure_time(&m);
	measure_memory(&m, large / 4, 1, false, "in one piece");
	measure_memory(&m, large / 2, 16, false, "page by page, 64 KiB apart");
	measure_memory(&m, large / 4 * 3, 1, true, "with one drain");
	pmem2_map_delete(&m.map);
	return EXIT_SUCCESS;
}
