/* SPDX-License-Identifier: BSD-3-Clause */
/* report_print.c -- a report for people, and for programs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "powerfail/frames.h"
#include "powerfail/report.h"
#include "powerfail/symbols.h"

enum { FIRST_FRAMES = 4, SHOWN_FRAMES = 5 }; /* of a stack: these, and one of the program's own */
enum { SHOWN = SHOWN_FRAMES * PF_INLINED };  /* functions of a stack */
enum { SHOWN_FINDINGS = 16 };                /* of a class, to people */

/* ---- call sites ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static const char *module_path(uintptr_t frame, const struct pf_names *names)
{
	const struct pf_module *m = pmem2_pf_module_of(frame, names->modules, names->module_count);

	return m != NULL ? m->path : "";
}

static bool is_libc(uintptr_t frame, const struct pf_names *names)
{
	return strncmp(base_name(module_path(frame, names)), "libc.so", 7) == 0;
}

/* Whether a frame is of a library of the system: of the code of others, most likely. */
static bool is_of_system(uintptr_t frame, const struct pf_names *names)
{
	const char *path = module_path(frame, names);

	return strcmp(path, names->program) != 0 &&
	       (strncmp(path, "/lib", 4) == 0 || strncmp(path, "/usr/lib", 8) == 0);
}

/* Without what libc and the start code do before main, or before a thread's function. */
static size_t without_start(const uintptr_t *frames, size_t count, const struct pf_names *names)
{
	if (count == PF_FRAMES)
		return count; /* it goes on */
	if (count > 2 && is_libc(frames[count - 2], names) && !is_libc(frames[count - 1], names))
		count--;
	while (count > 1 && is_libc(frames[count - 1], names))
		count--;
	return count;
}

/* How many frames are of the recorder that stands before libpmem and libc. */
static size_t of_recorder(const uintptr_t *frames, size_t count, const struct pf_names *names)
{
	size_t n = 0;

	while (n + 1 < count && strcmp(base_name(module_path(frames[n], names)), "preload.so") == 0)
		n++;
	return n;
}

/* A stack as it is shown: its functions, with those that were inlined. */
struct shown {
	size_t count, first; /* first: how many of them are of the innermost frame */
	size_t gap;          /* frames before this one are left out; 0: none are */
	const struct pf_symbol *symbol[SHOWN];
};

/* Whether it is of a header of the system: an intrinsic, or what memcpy(3) is made of. */
static bool is_of_header(const struct pf_symbol *s)
{
	return strncmp(s->file, "/usr/include/", 13) == 0 || strncmp(s->file, "/usr/lib/", 9) == 0;
}

static void add_site(struct shown *shown, const struct pf_site *site)
{
	size_t i = 0;

	while (i + 1 < site->count && is_of_header(&site->symbol[i]))
		i++;
	for (; i < site->count; i++)
		shown->symbol[shown->count++] = &site->symbol[i];
}

/* The functions of a stack's first frames, and of the first one outside libraries of the system; until the next call. */
static struct shown show(uint32_t stack, const struct pf_names *names)
{
	static struct pf_site sites[SHOWN_FRAMES]; /* under the lock of whoever asks */
	struct shown shown = {0};
	const uintptr_t *frames = NULL;
	size_t all = names->stack(stack, &frames, names->arg), own = 0, count, given;

	all = without_start(frames, all, names);
	count = of_recorder(frames, all, names);
	if (count > 0)
		frames += count;
	all -= count;
	while (own < all && is_of_system(frames[own], names))
		own++;
	count = given = all < FIRST_FRAMES ? all : FIRST_FRAMES;
	for (size_t i = 0; i < count; i++)
		sites[i].address = frames[i];
	if (own >= count && own < all)
		sites[count++].address = frames[own];
	pmem2_pf_symbolize(sites, count, names->modules, names->module_count);
	for (size_t i = 0; i < count; i++) {
		if (i == given && own > given)
			shown.gap = shown.count;
		add_site(&shown, &sites[i]);
		if (i == 0)
			shown.first = shown.count;
	}
	return shown;
}

static void put_text(const struct shown *shown, size_t count, char *text, size_t size)
{
	size_t used = 0;

	snprintf(text, size, "%s", shown->count == 0 ? "(not known)" : "");
	for (size_t i = 0; i < count && used < size; i++) {
		const struct pf_symbol *s = shown->symbol[i];

		used += (size_t)snprintf(text + used, size - used, "%s%s%s", i > 0 ? " < " : "",
			i > 0 && i == shown->gap ? "... < " : "", s->function);
		if (s->file[0] != '\0' && used < size)
			used += (size_t)snprintf(text + used, size - used, " (%s:%u)",
				base_name(s->file), s->line);
		if (strcmp(s->function, "main") == 0)
			break;
	}
}

void pmem2_pf_stack_text(uint32_t stack, const struct pf_names *names, char *text, size_t size)
{
	struct shown shown = show(stack, names);

	put_text(&shown, shown.count, text, size);
}

void pmem2_pf_site_text(uint32_t stack, const struct pf_names *names, char *text, size_t size)
{
	struct shown shown = show(stack, names);

	put_text(&shown, shown.first < 2 ? shown.first : 2, text, size);
}

/* ---- order ---- */

/* Losses by place, since they are in the order of the files; the others most frequent first. */
static int by_weight(const void *a, const void *b)
{
	const struct pf_finding *f = *(const struct pf_finding *const *)a;
	const struct pf_finding *g = *(const struct pf_finding *const *)b;

	if (f->class != g->class)
		return f->class < g->class ? -1 : 1;
	if (f->count != g->count)
		return f->count > g->count ? -1 : 1;
	return f < g ? -1 : 1;
}

/* Those from `first` on, sorted; NULL if there are none. */
static struct pf_finding **sorted(const struct pf_report *report, size_t first, size_t *count)
{
	size_t all = pmem2_pf_findings(report);
	struct pf_finding **list;

	*count = all > first ? all - first : 0;
	list = *count > 0 ? malloc(*count * sizeof(struct pf_finding *)) : NULL;
	if (list == NULL) {
		*count = 0;
		return NULL;
	}
	for (size_t i = 0; i < *count; i++)
		list[i] = pmem2_pf_finding(report, first + i);
	qsort(list, *count, sizeof(struct pf_finding *), by_weight);
	return list;
}

/* ---- for people ---- */

static void print_bytes(const char *bytes, size_t length, FILE *out)
{
	for (size_t i = 0; i < length && i < PF_GLIMPSE; i++)
		fprintf(out, " %02x", (unsigned char)bytes[i]);
	fputs(length > PF_GLIMPSE ? " ..." : "", out);
}

static void print_place(const struct pf_finding *f, const struct pf_names *names, FILE *out)
{
	fprintf(out, "%s+0x%zx, %zu bytes", names->file(f->file, names->arg), f->offset, f->length);
}

static void print_finding(const struct pf_finding *f, const struct pf_names *names, FILE *out)
{
	char stack[1024];

	pmem2_pf_stack_text(f->stack, names, stack, sizeof(stack));
	if (f->class >= PF_STRAY_FLUSH) {
		fprintf(out, "%8" PRIu64 "  %s", f->count, stack);
		if (f->class == PF_STRAY_FLUSH) {
			fprintf(out, "; first: %zu bytes at 0x%zx", f->length, f->offset);
		} else if (f->length > 0) {
			fputs("; first: ", out);
			print_place(f, names, out);
		}
		fputc('\n', out);
		return;
	}

	fputs("  ", out);
	print_place(f, names, out);
	fputs(":", out);
	print_bytes(f->live, f->length, out);
	fputs(", durable are", out);
	print_bytes(f->durable, f->length, out);
	fputc('\n', out);
	if (f->stack != 0)
		fprintf(out, "          %s by %s\n",
			f->class == PF_MISSING_FLUSH ? "stored" : "flushed", stack);
}

/* Those of the class that begins there; returns where the next one does. */
static size_t print_class(const struct pf_report *report, struct pf_finding **list, size_t begin,
	size_t count, const struct pf_names *names, FILE *out)
{
	enum pf_class class = list[begin]->class;
	size_t end = begin;

	while (end < count && list[end]->class == class)
		end++;
	fprintf(out, "%s: %" PRIu64 "\n", pmem2_pf_class_name(class, false), report->count[class]);
	for (size_t i = begin; i < end && i < begin + SHOWN_FINDINGS; i++)
		print_finding(list[i], names, out);
	if (end > begin + SHOWN_FINDINGS)
		fprintf(out, "  and at %zu more\n", end - begin - SHOWN_FINDINGS);
	return end;
}

void pmem2_pf_report_text(const struct pf_report *report, size_t first,
	const struct pf_names *names, FILE *out)
{
	size_t count;
	struct pf_finding **list = sorted(report, first, &count);

	fprintf(out,
		"powerfail: %s, process %u: %" PRIu64 " flushes of %" PRIu64 " lines, %" PRIu64
		" drains\n",
		base_name(names->program), names->process, report->flushes, report->lines,
		report->drains);
	for (size_t i = 0; i < count;)
		i = print_class(report, list, i, count, names, out);
	if (report->omitted > 0)
		fprintf(out, "%" PRIu64 " more call sites or places are left out\n",
			report->omitted);
	free(list);
}

/* ---- for programs ---- */

void pmem2_pf_json_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if (*c < ' ' || *c >= 0x7f)
			fprintf(out, "\\u%04x", *c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
}

static void json_bytes(const char *name, const char *bytes, size_t length, FILE *out)
{
	fprintf(out, ", \"%s\": \"", name);
	for (size_t i = 0; i < length && i < PF_GLIMPSE; i++)
		fprintf(out, "%02x", (unsigned char)bytes[i]);
	fputc('"', out);
}

static void json_stack(uint32_t stack, const struct pf_names *names, FILE *out)
{
	struct shown shown = show(stack, names);

	fputs(", \"site\": [", out);
	for (size_t i = 0; i < shown.count; i++) {
		const struct pf_symbol *s = shown.symbol[i];

		fprintf(out, "%s{\"function\": ", i > 0 ? ", " : "");
		pmem2_pf_json_string(s->function, out);
		if (s->file[0] != '\0') {
			fputs(", \"file\": ", out);
			pmem2_pf_json_string(s->file, out);
			fprintf(out, ", \"line\": %u", s->line);
		}
		fputc('}', out);
	}
	fputc(']', out);
}

static void json_finding(const struct pf_finding *f, const struct pf_names *names, FILE *out)
{
	fprintf(out, "    {\"class\": \"%s\", \"count\": %" PRIu64,
		pmem2_pf_class_name(f->class, true), f->count);
	if (f->class == PF_STRAY_FLUSH) {
		fprintf(out, ", \"address\": %zu, \"length\": %zu", f->offset, f->length);
	} else if (f->length > 0) {
		fputs(", \"file\": ", out);
		pmem2_pf_json_string(names->file(f->file, names->arg), out);
		fprintf(out, ", \"offset\": %zu, \"length\": %zu", f->offset, f->length);
	}
	if (f->class <= PF_MISSING_DRAIN) {
		json_bytes("live", f->live, f->length, out);
		json_bytes("durable", f->durable, f->length, out);
	}
	json_stack(f->stack, names, out);
	fputc('}', out);
}

void pmem2_pf_report_json(const struct pf_report *report, const struct pf_names *names, FILE *out)
{
	size_t count;
	struct pf_finding **list = sorted(report, 0, &count);

	fputs("{\n  \"program\": ", out);
	pmem2_pf_json_string(names->program, out);
	fprintf(out,
		",\n  \"process\": %u,\n  \"flushes\": %" PRIu64 ",\n  \"lines\": %" PRIu64
		",\n  \"drains\": %" PRIu64,
		names->process, report->flushes, report->lines, report->drains);
	fputs(",\n  \"counts\": {", out);
	for (int class = 0; class < PF_CLASSES; class ++)
		fprintf(out, "%s\"%s\": %" PRIu64, class > 0 ? ", " : "",
			pmem2_pf_class_name(class, true), report->count[class]);
	fputs("},\n  \"findings\": [", out);
	for (size_t i = 0; i < count; i++) {
		fputs(i > 0 ? ",\n" : "\n", out);
		json_finding(list[i], names, out);
	}
	fputs(count > 0 ? "\n  ]\n}\n" : "]\n}\n", out);
	free(list);
}
