/* SPDX-License-Identifier: BSD-3-Clause */
/* The summary: the machine, which rows hold their targets, and a short table of medians. */
#include <string.h>
#include <sys/utsname.h>

#include "output.h"
#include "targets.h"

static const struct {
	const char *text;
	struct row row;
} headlines[] = {
	{"durable copy of 64 B, in cache", {"durable", "memcpy", "aligned", "L2", 64}},
	{"durable copy of 1 KiB, in cache", {"durable", "memcpy", "aligned", "L2", 1024}},
	{"durable copy of 64 KiB, in cache", {"durable", "memcpy", "aligned", "L2", 65536}},
	{"durable copy of 64 KiB, cold", {"durable", "memcpy", "aligned", "cold", 65536}},
	{"durable copy of 8 MiB, cold", {"durable", "memcpy", "aligned", "cold", 8 << 20}},
	{"plain copy of 64 B, cold", {"copy", "memcpy", "aligned", "cold", 64}},
	{"plain copy of 1 KiB at an odd address, cold", {"copy", "memcpy", "odd", "cold", 1024}},
	{"plain copy of 64 KiB, cold", {"copy", "memcpy", "aligned", "cold", 65536}},
	{"plain copy of 8 MiB, cold", {"copy", "memcpy", "aligned", "cold", 8 << 20}},
	{"copy of 24 B with NODRAIN, in cache", {"copy", "NODRAIN", "+8", "L2", 24}},
	{"copy of 4 KiB with NOFLUSH, in cache", {"copy", "NOFLUSH", "aligned", "L2", 4096}},
	{"persist of a modified line", {"flush", "persist", "", "dirty", 64}},
	{"persist of 64 KiB, modified", {"flush", "persist", "", "dirty", 65536}},
	{"map_new and map_delete", {"maps", "map_new+delete 4K", "", "", 0}},
	{"the same beside 10,000 maps", {"maps", "map_new+delete 4K", "", "", 10000}},
	{"map_from_existing and map_delete beside 10,000 maps",
		{"maps", "from_existing+delete", "", "", 10000}},
	{"vm_reservation_map_find among 10,000 maps", {"lookup", "find", "", "", 10000}},
	{"persist at PAGE with 10,000 maps, tmpfs", {"page", "persist", "", "tmpfs", 10000}},
	{"16 scattered pages at PAGE, disk: deferred, peer",
		{"batch", "deferred / peer", "scattered", "disk", 16}},
	{"64 scattered pages at PAGE, disk: deferred, peer",
		{"batch", "deferred / peer", "scattered", "disk", 64}},
	{"64 scattered pages at PAGE, disk: deferred, fdatasync by hand",
		{"batch", "deferred / fdatasync", "scattered", "disk", 64}},
	{"one page at PAGE, disk: deferred, not deferred",
		{"batch", "deferred / default", "dense", "disk", 1}},
};

static void print_machine(FILE *out, const char *peer)
{
	FILE *cpuinfo = fopen("/proc/cpuinfo", "re");
	char line[256], family[64] = "", model[64] = "", name[200] = "unknown";
	struct utsname uts;

	while (cpuinfo != NULL && fgets(line, sizeof(line), cpuinfo) != NULL) {
		sscanf(line, "cpu family : %60[^\n]", family);
		sscanf(line, "model : %60[^\n]", model);
		sscanf(line, "model name : %190[^\n]", name);
	}
	if (cpuinfo != NULL)
		fclose(cpuinfo);
	uname(&uts);
	fprintf(out, "%s (family %s, model %s), %s %s; peer: %s\n\n", name, family, model,
		uts.sysname, uts.release, peer);
}

static bool same_row(const struct row *a, const struct row *b)
{
	return a->size == b->size && strcmp(a->group, b->group) == 0 && strcmp(a->op, b->op) == 0 &&
	       strcmp(a->place, b->place) == 0 && strcmp(a->state, b->state) == 0;
}

static void print_ns(FILE *out, double ns)
{
	if (ns < 100)
		fprintf(out, "%.1f ns", ns);
	else if (ns < 10000)
		fprintf(out, "%.0f ns", ns);
	else if (ns < 1e6)
		fprintf(out, "%.1f us", ns / 1e3);
	else
		fprintf(out, "%.2f ms", ns / 1e6);
}

static void print_headlines(FILE *out, const struct results *results)
{
	fprintf(out, "| operation | ours | peer | ratio |\n|---|---|---|---|\n");
	for (size_t h = 0; h < sizeof(headlines) / sizeof(headlines[0]); h++) {
		for (size_t i = 0; i < results->n; i++) {
			struct timing t = result_median(&results->list[i]);

			if (!same_row(&headlines[h].row, &results->list[i].row))
				continue;
			fprintf(out, "| %s | ", headlines[h].text);
			print_ns(out, t.ns[0]);
			fprintf(out, " | ");
			print_ns(out, t.ns[1]);
			fprintf(out, " | %.2f |\n", t.ratio);
		}
	}
}

static void print_misses(FILE *out, const struct results *results)
{
	size_t misses = 0, with_target = 0;

	for (size_t i = 0; i < results->n; i++) {
		const struct row *row = &results->list[i].row;
		const struct target *target = target_of(row);
		struct timing t = result_median(&results->list[i]);

		if (target == NULL)
			continue;
		with_target++;
		if (target_holds(target, t.ratio))
			continue;
		if (misses++ == 0)
			fprintf(out,
				"| group | operation | place | state | size | ours, ns | peer, ns "
				"| ratio | target |\n|---|---|---|---|---|---|---|---|---|\n");
		fprintf(out, "| %s | %s | %s | %s | %zu | %.1f | %.1f | %.2f | %.2f |\n",
			row->group, row->op, row->place, row->state, row->size, t.ns[0], t.ns[1],
			t.ratio, target->ratio);
	}
	fprintf(out, "%s%zu of %zu rows hold their targets.\n", misses != 0 ? "\n" : "",
		with_target - misses, with_target);
}

static void print_bimodal(FILE *out, const struct results *results)
{
	size_t n = 0;

	for (size_t i = 0; i < results->n; i++) {
		const struct row *row = &results->list[i].row;
		struct spread spread = result_spread(&results->list[i]);

		if (!spread.bimodal)
			continue;
		if (n++ == 0)
			fprintf(out, "\nRows that come out in two ways, by the process:\n\n"
				     "| group | operation | place | state | size | ratio |\n"
				     "|---|---|---|---|---|---|\n");
		fprintf(out, "| %s | %s | %s | %s | %zu | %.2f..%.2f |\n", row->group, row->op,
			row->place, row->state, row->size, spread.least, spread.most);
	}
}

/* the same library on both sides: what is not 1.00 is noise */
static void print_noise(FILE *out, const struct results *results)
{
	size_t noisy = 0;

	for (size_t i = 0; i < results->n; i++) {
		double ratio = result_median(&results->list[i]).ratio;

		noisy += ratio < 0.95 || ratio > 1.05;
	}
	fprintf(out, "%zu of %zu rows are off 1.00 by more than 0.05.\n", noisy, results->n);
}

void output_summary(FILE *out, const struct results *results, const char *peer, bool self)
{
	print_machine(out, peer);
	if (self) {
		print_noise(out, results);
	} else {
		print_headlines(out, results);
		fputc('\n', out);
		print_misses(out, results);
	}
	print_bimodal(out, results);
}
