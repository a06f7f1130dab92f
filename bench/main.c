/* SPDX-License-Identifier: BSD-3-Clause */
/* Times this libpmem2 against another one; see README.md. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "output.h"
#include "processes.h"

struct options {
	const char *ours, *backends, *peer, *dir, *disk_dir, *csv, *summary, *group, *op;
	unsigned runs, processes;
	bool self, rows;
};

static const char usage[] =
	"usage: pmem2-bench [options] --peer LIBRARY | --self\n"
	"  --peer FILE       the libpmem2.so.1 to compare with\n"
	"  --self            compare ours with itself: how much is noise\n"
	"  --ours FILE       another libpmem2.so.1 of ours than this build's\n"
	"  --backends DIR    and its backends\n"
	"  --dir DIR         a directory on tmpfs (/dev/shm)\n"
	"  --disk-dir DIR    one on a disk; without it these rows are left out\n"
	"  --processes N     in how many processes everything is measured; medians are shown (3)\n"
	"  --runs N          how often in each (1)\n"
	"  --group NAME      only this group of rows\n"
	"  --op WORD         only operations with WORD in their name\n"
	"  --csv FILE, --summary FILE\n";

static const struct option long_options[] = {
	{"peer", required_argument, NULL, 'p'},
	{"self", no_argument, NULL, 's'},
	{"ours", required_argument, NULL, 'o'},
	{"backends", required_argument, NULL, 'b'},
	{"dir", required_argument, NULL, 'd'},
	{"disk-dir", required_argument, NULL, 'D'},
	{"processes", required_argument, NULL, 'P'},
	{"rows", no_argument, NULL, 'R'},
	{"runs", required_argument, NULL, 'r'},
	{"group", required_argument, NULL, 'g'},
	{"op", required_argument, NULL, 'O'},
	{"csv", required_argument, NULL, 'c'},
	{"summary", required_argument, NULL, 'm'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static unsigned count(const char *option, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end != '\0' || n < 1 || n > RUNS_MAX)
		errx(2, "%s takes 1 to %d, not \"%s\"", option, RUNS_MAX, text);
	return (unsigned)n;
}

static void set_option(struct options *options, int option)
{
	switch (option) {
	case 'p':
		options->peer = optarg;
		break;
	case 's':
		options->self = true;
		break;
	case 'o':
		options->ours = optarg;
		options->backends = NULL;
		break;
	case 'b':
		options->backends = optarg;
		break;
	case 'd':
		options->dir = optarg;
		break;
	case 'D':
		options->disk_dir = optarg;
		break;
	case 'g':
		options->group = optarg;
		break;
	case 'O':
		options->op = optarg;
		break;
	case 'c':
		options->csv = optarg;
		break;
	case 'm':
		options->summary = optarg;
		break;
	case 'r':
		options->runs = count("--runs", optarg);
		break;
	case 'P':
		options->processes = count("--processes", optarg);
		break;
	case 'R':
		options->rows = true;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void load(struct bench *bench, const struct options *options)
{
	struct library_origin ours = {.path = options->ours, .backends = options->backends};
	struct library_origin peer = {.path = options->peer};
	int fd = bench->fd;

	library_load(&bench->ours[CONTRACT_DURABLE], "ours", &ours, fd);
	ours.copy = true;
	if (options->self)
		library_load(&bench->peer[CONTRACT_DURABLE], "ours again", &ours, fd);
	else
		library_load(&bench->peer[CONTRACT_DURABLE], "peer", &peer, fd);
	ours.nt_evicts = "1";
	library_load(&bench->ours[CONTRACT_NT], "ours, nt", &ours, fd);
	if (options->self)
		library_load(&bench->peer[CONTRACT_NT], "ours again, nt", &ours, fd);
	else
		bench->peer[CONTRACT_NT] = bench->peer[CONTRACT_DURABLE];
	library_force_granularity(PMEM2_GRANULARITY_CACHE_LINE);
}

static int open_file(const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/pmem2-bench.XXXXXX", dir);
	int fd = mkstemp(path);
	if (fd < 0)
		err(1, "%s", path);
	unlink(path);
	return fd;
}

static void run_groups(struct bench *bench)
{
	bench->results.next = 0;
	objects_group(bench);
	maps_group(bench);
	lookup_group(bench);
	page_group(bench);
	batch_group(bench);
	flush_group(bench);
	random_group(bench);
	bare_group(bench);
	copy_group(bench);
	overlap_group(bench);
	memset_group(bench);
	threads_group(bench);
}

static FILE *open_output(const char *path)
{
	FILE *out = fopen(path, "we");

	if (out == NULL)
		err(1, "%s", path);
	return out;
}

static void print_results(const struct bench *bench, const struct options *options)
{
	const char *peer = options->self ? options->ours : options->peer;

	output_table(stdout, &bench->results, bench->self);
	if (options->csv != NULL) {
		FILE *out = open_output(options->csv);

		output_csv(out, &bench->results);
		fclose(out);
	}
	if (options->summary != NULL) {
		FILE *out = open_output(options->summary);

		output_summary(out, &bench->results, peer, bench->self);
		fclose(out);
	}
}

/*
 * Starts the program again with more room for the thread-local variables of libraries that are
 * loaded late: glibc keeps 1.6 KB for those that cannot wait, less than three copies of ours take.
 */
static void make_room_for_copies(char **argv)
{
	if (getenv("GLIBC_TUNABLES") != NULL)
		return;
	setenv("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=16384", 1);
	execv("/proc/self/exe", argv);
	err(1, "cannot start again");
}

static void measure_here(struct bench *bench, const struct options *options)
{
	bench->fd = open_file(options->dir);
	memory_init(&bench->memory, bench->fd);
	load(bench, options);
	harness_init();
	for (unsigned run = 1; run <= options->runs; run++)
		run_groups(bench);
}

int main(int argc, char **argv)
{
	struct options options = {.ours = BENCH_LIBRARY,
		.backends = BENCH_BACKENDS,
		.dir = "/dev/shm",
		.runs = 1,
		.processes = 3};
	static struct bench bench;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		set_option(&options, option);
	if (optind != argc || options.self == (options.peer != NULL)) {
		fputs(usage, stderr);
		return 2;
	}
	make_room_for_copies(argv);
	bench.self = options.self;
	bench.disk_dir = options.disk_dir;
	bench.group = options.group;
	bench.op = options.op;
	if (options.rows) {
		measure_here(&bench, &options);
		processes_print(stdout, &bench.results);
		return 0;
	}
	for (unsigned i = 1; i <= options.processes; i++) {
		fprintf(stderr, "process %u of %u\n", i, options.processes);
		processes_measure(&bench.results, argv);
	}
	print_results(&bench, &options);
	return 0;
}
