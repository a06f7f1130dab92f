/* SPDX-License-Identifier: BSD-3-Clause */
/* modules.c -- which executable or library lies where, by what the kernel tells of this process. */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "maps.h"
#include "record.h"
#include "stacks.h"

/* One after another in memory, all of one file. */
struct module {
	uint64_t begin, end;
	char path[PATH_MAX];
};

/* Those that were recorded. */
static struct range {
	uint64_t begin, end;
} * told;
static size_t count;

static bool is_told(uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (address >= told[i].begin && address < told[i].end)
			return true;
	return false;
}

static void note_told(uint64_t begin, uint64_t end)
{
	struct range *grown = realloc(told, (count + 1) * sizeof(*told));

	if (grown == NULL)
		return;
	told = grown;
	told[count++] = (struct range){begin, end};
}

/* Executables of a fixed place have the addresses of the file. false: it is no ELF file. */
static bool is_elf(const char *path, bool *fixed)
{
	Elf64_Ehdr header;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? pread(fd, &header, sizeof(header), 0) : -1;

	if (fd >= 0)
		close(fd);
	*fixed = n == sizeof(header) && header.e_type == ET_EXEC;
	return n == sizeof(header) && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
}

static void tell(const struct module *m)
{
	uint64_t begin = m->begin - pmem2_exact_base, end = m->end - pmem2_exact_base;
	bool fixed;

	if (m->path[0] != '/' || is_told(begin) || !is_elf(m->path, &fixed))
		return;
	note_told(begin, end);
	pmem2_exact_record_module(begin, end, fixed ? 0 : begin, m->path);
}

/* A line of /proc/self/maps: more of the module, or the next one. */
static void take(struct module *m, const char *line)
{
	uint64_t begin, end;
	size_t offset;
	int at = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %zx %*s %*s %n", &begin, &end, &offset, &at) <
		3)
		return;
	if (strcmp(line + at, m->path) != 0 || offset == 0) {
		tell(m);
		m->begin = begin;
		snprintf(m->path, sizeof(m->path), "%s", line + at);
	}
	m->end = end;
}

static void read_modules(void)
{
	FILE *in = fopen("/proc/self/maps", "re");
	static struct module m;
	char *line = NULL;
	size_t size = 0;

	m = (struct module){0};
	while (in != NULL && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		take(&m, line);
	}
	tell(&m);
	free(line);
	if (in != NULL)
		fclose(in);
}

void pmem2_exact_modules(const uint64_t *frames, size_t frame_count)
{
	for (size_t i = 0; i < frame_count; i++)
		if (!is_told(frames[i])) {
			read_modules();
			return;
		}
}

bool pmem2_exact_is_module(uint64_t address)
{
	return is_told(address);
}

void pmem2_exact_modules_forget(void)
{
	count = 0;
}
