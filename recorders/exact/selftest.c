/* SPDX-License-Identifier: BSD-3-Clause */
/* selftest.c -- whether this QEMU tells what it has to: a known program has to leave a known trace. */
#include "selftest.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refuse.h"
#include "selftest_code.h"
#include "powerfail/trace_read.h"

/* ---- what has to come out ---- */

enum { LINE = 64 }; /* bytes */

struct expected {
	enum pf_record_kind kind;
	unsigned offset, length, detail; /* detail: flags of a store, kind of a flush or drain */
	uint64_t value;                  /* of a store, its first bytes */
};

static const struct expected of_x86[] = {
	{PF_RECORD_STORE, 0, 4, 0, 0x11223344},
	{PF_RECORD_STORE, 16, 8, 0, 0x55},
	{PF_RECORD_FLUSH, 0, LINE, PF_FLUSH_CLWB, 0},
	{PF_RECORD_DRAIN, 0, 0, PF_DRAIN_SFENCE, 0},
	{PF_RECORD_STORE, 64, 4, PF_STORE_NON_TEMPORAL, 0x77},
	{PF_RECORD_DRAIN, 0, 0, PF_DRAIN_LOCKED, 0},
	{PF_RECORD_STORE, 128, 4, PF_STORE_LOCKED, 3},
	{PF_RECORD_FLUSH, 128, LINE, PF_FLUSH_CLFLUSHOPT, 0},
	{PF_RECORD_FLUSH, 0, LINE, PF_FLUSH_CLFLUSH, 0},
	{PF_RECORD_DRAIN, 0, 0, PF_DRAIN_MFENCE, 0},
	{PF_RECORD_EXIT, 0, 0, 0, 0},
};

static const struct expected of_arm[] = {
	{PF_RECORD_STORE, 0, 4, 0, 0x3344},
	{PF_RECORD_STORE, 32, 8, 0, 0x55},
	{PF_RECORD_FLUSH, 0, LINE, PF_FLUSH_DC_CVAC, 0},
	{PF_RECORD_DRAIN, 0, 0, PF_DRAIN_DSB, 0},
	{PF_RECORD_STORE, 128, 8, 0, 0x55},
	{PF_RECORD_STORE, 136, 8, 0, 5},
	{PF_RECORD_STORE, 128, 8, 0, 5},
	{PF_RECORD_FLUSH, 128, LINE, PF_FLUSH_DC_CIVAC, 0},
	{PF_RECORD_DRAIN, 0, 0, PF_DRAIN_DSB, 0},
	{PF_RECORD_EXIT, 0, 0, 0, 0},
};

static bool is_store(const struct pf_record *record, const struct expected *e)
{
	const struct pf_record_store *s = (const struct pf_record_store *)record;
	uint64_t value = 0;

	memcpy(&value, s->bytes, s->length < 8 ? s->length : 8);
	return s->offset == e->offset && s->length == e->length && s->flags == e->detail &&
	       value == e->value;
}

static bool is_flush(const struct pf_record *record, const struct expected *e)
{
	const struct pf_record_lines *l = (const struct pf_record_lines *)record;

	return l->offset == e->offset && l->length == e->length &&
	       pmem2_pf_flush_kind(l) == (enum pf_flush_kind)e->detail;
}

static bool is_as_expected(const struct pf_record *record, const struct expected *e)
{
	if (pmem2_pf_record_kind(record) != e->kind)
		return false;
	if (e->kind == PF_RECORD_STORE)
		return is_store(record, e);
	if (e->kind == PF_RECORD_FLUSH)
		return is_flush(record, e);
	return e->kind != PF_RECORD_DRAIN ||
	       pmem2_pf_drain_kind(record) == (enum pf_drain_kind)e->detail;
}

static bool is_event(const struct pf_record *record)
{
	enum pf_record_kind kind = pmem2_pf_record_kind(record);

	return kind == PF_RECORD_STORE || kind == PF_RECORD_FLUSH || kind == PF_RECORD_DRAIN ||
	       kind == PF_RECORD_EXIT || kind == PF_RECORD_BROKEN;
}

/* How many events are right, one after another; all of them, or too few. */
static size_t count_right(const char *trace, const struct expected *expected, size_t count)
{
	struct pf_reader reader;
	const struct pf_record *record;
	size_t right = 0;

	if (pmem2_pf_reader_open(&reader, trace) != 0)
		return 0;
	while ((record = pmem2_pf_reader_next(&reader)) != NULL) {
		if (!is_event(record))
			continue;
		if (right == count || !is_as_expected(record, &expected[right]))
			break;
		right++;
	}
	pmem2_pf_reader_close(&reader);
	return record == NULL ? right : right < count ? right : count - 1;
}

/* ---- the program ---- */

struct place {
	char directory[64], program[80], file[80], trace[80];
};

static bool write_file(const char *path, const void *bytes, size_t size, const void *more,
	size_t more_size, mode_t mode)
{
	FILE *out = fopen(path, "we");
	bool done = out != NULL && fwrite(bytes, 1, size, out) == size &&
	            fwrite(more, 1, more_size, out) == more_size;

	if (out != NULL)
		done = fclose(out) == 0 && done;
	return done && chmod(path, mode) == 0;
}

/* An executable of one segment, which is loaded at a place that is free in each process. */
static bool write_program(const char *path, bool arm)
{
	const uint64_t at = 0x400000;
	size_t size = arm ? sizeof(selftest_arm) : sizeof(selftest_x86);
	struct {
		Elf64_Ehdr file;
		Elf64_Phdr segment;
	} head = {
		.file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				 EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = arm ? EM_AARCH64 : EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = at + sizeof(head),
			.e_phoff = sizeof(head.file),
			.e_ehsize = sizeof(head.file),
			.e_phentsize = sizeof(head.segment),
			.e_phnum = 1},
		.segment = {.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = at,
			.p_paddr = at,
			.p_filesz = sizeof(head) + size,
			.p_memsz = sizeof(head) + size,
			.p_align = 4096},
	};

	return write_file(path, &head, sizeof(head),
		arm ? (const void *)selftest_arm : (const void *)selftest_x86, size, 0700);
}

static bool make_place(struct place *p, bool arm)
{
	static const char page[4096];

	snprintf(p->directory, sizeof(p->directory), "/tmp/pmem2-exact.XXXXXX");
	if (mkdtemp(p->directory) == NULL)
		return false;
	snprintf(p->program, sizeof(p->program), "%s/program", p->directory);
	snprintf(p->file, sizeof(p->file), "%s/file", p->directory);
	snprintf(p->trace, sizeof(p->trace), "%s/trace", p->directory);
	return write_program(p->program, arm) &&
	       write_file(p->file, page, sizeof(page), page, 0, 0600);
}

static void remove_place(const struct place *p)
{
	unlink(p->program);
	unlink(p->file);
	unlink(p->trace);
	rmdir(p->directory);
}

/* ---- running it ---- */

/* Commas part the settings of a plug-in from its path: those of the path are doubled. */
static void plugin_path(char *to, size_t size)
{
	Dl_info self;
	size_t n = 0;

	if (dladdr(of_x86, &self) == 0)
		pmem2_exact_refuse("the plug-in does not know where it is");
	for (const char *c = self.dli_fname; *c != '\0' && n + 2 < size; c++) {
		to[n++] = *c;
		if (*c == ',')
			to[n++] = ',';
	}
	to[n] = '\0';
}

/* This environment, with settings for the self-test in place of those for the program. */
static char **make_environment(const struct place *p)
{
	static char trace[128], name[] = "PMEM2_EXACT_PROGRAM=self-test",
				self[] = "PMEM2_EXACT_SELFTEST=1";
	size_t count = 0, kept = 0;
	char **list;

	snprintf(trace, sizeof(trace), "PMEM2_EXACT_TRACE=%s", p->trace);
	while (environ[count] != NULL)
		count++;
	list = calloc(count + 4, sizeof(char *));
	for (size_t i = 0; list != NULL && i < count; i++)
		if (strncmp(environ[i], "PMEM2_EXACT_", 12) != 0 &&
			strncmp(environ[i], "QEMU_", 5) != 0)
			list[kept++] = environ[i];
	if (list == NULL)
		pmem2_exact_refuse("no memory for the self-test");
	list[kept++] = trace;
	list[kept++] = name;
	list[kept] = self;
	return list;
}

/* The status as of waitpid(2). */
static int run(const struct place *p, bool readable)
{
	char qemu[PATH_MAX] = "", plugin[PATH_MAX];
	static char cpu[] = "-cpu", max[] = "max", option[] = "-plugin", step[] = "-singlestep";
	char *arguments[] = {qemu, cpu, max, option, plugin, (char *)p->program, (char *)p->file,
		NULL, NULL};
	char **environment = make_environment(p);
	int status = -1, error;
	pid_t pid;

	if (readlink("/proc/self/exe", qemu, sizeof(qemu) - 1) < 0)
		pmem2_exact_refuse("/proc is needed");
	plugin_path(plugin, sizeof(plugin));
	if (!readable) {
		memmove(arguments + 2, arguments + 1, 6 * sizeof(arguments[0]));
		arguments[1] = step;
	}
	error = posix_spawn(&pid, qemu, NULL, NULL, arguments, environment);
	if (error != 0)
		pmem2_exact_refuse("%s: %s", qemu, strerror(error));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	free(environment);
	return status;
}

void pmem2_exact_selftest(bool arm, bool readable)
{
	const struct expected *expected = arm ? of_arm : of_x86;
	size_t count = (arm ? sizeof(of_arm) : sizeof(of_x86)) / sizeof(expected[0]), right = 0;
	struct place p = {.directory = ""};
	bool made = make_place(&p, arm);
	int status = made ? run(&p, readable) : 0;

	if (made)
		right = count_right(p.trace, expected, count);
	remove_place(&p);
	if (!made)
		pmem2_exact_refuse("the self-test cannot write to /tmp: %s", strerror(errno));
	if (status != 0 || right < count)
		pmem2_exact_refuse(
			"the self-test fails with this QEMU: of %zu events %zu are right, "
			"its status is %d; nothing that it records could be trusted",
			count, right, status);
}
