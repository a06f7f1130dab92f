/* SPDX-License-Identifier: BSD-3-Clause */
/* emulate.c -- runs a program under QEMU, with the recorder of --exact. */
#include "emulate.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/say.h"

/* How QEMU runs programs of an architecture. */
struct emulator {
	int machine; /* of ELF */
	const char *qemu;
	const char *cpu;
	const char
		*libraries; /* of programs for another architecture; NULL: those of this machine */
};

static const struct emulator emulators[] = {
	{EM_X86_64, "qemu-x86_64", "max", NULL},
	/* QEMU tells no plug-in of the stores of SVE and SME */
	{EM_AARCH64, "qemu-aarch64", "max,sve=off,sme=off", "/usr/aarch64-linux-gnu"},
};

static char program_path[PATH_MAX];

/* ---- what is to be run ---- */

/* As execvp(3) finds it. */
static bool find_program(const char *name)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/') != NULL)
		return realpath(name, program_path) != NULL;
	while (path != NULL) {
		size_t n = strcspn(path, ":");
		char candidate[PATH_MAX];

		snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)n, path, name);
		if (access(candidate, X_OK) == 0 && realpath(candidate, program_path) != NULL)
			return true;
		path = path[n] == ':' ? path + n + 1 : NULL;
	}
	errno = ENOENT;
	return false;
}

static const struct emulator *find_emulator(void)
{
	Elf64_Ehdr header = {.e_machine = EM_NONE};
	int fd = open(program_path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? pread(fd, &header, sizeof(header), 0) : -1;

	if (fd >= 0)
		close(fd);
	if (n != sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
		say_failed(
			"%s is no executable, but a script most likely: --exact wants the program "
			"itself",
			program_path);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(emulators) / sizeof(emulators[0]); i++)
		if (emulators[i].machine == header.e_machine &&
			header.e_ident[EI_CLASS] == ELFCLASS64)
			return &emulators[i];
	say_failed("%s is for another architecture: --exact knows x86-64 and AArch64",
		program_path);
	return NULL;
}

/* ---- QEMU ---- */

/* Its major version; 0: it is not there. */
static int version_of(const char *qemu)
{
	char command[64];
	int major = 0;
	FILE *in;

	snprintf(command, sizeof(command), "%s --version 2>/dev/null", qemu);
	in = popen(command, "re");
	if (in == NULL)
		return 0;
	if (fscanf(in, "%*s version %d", &major) != 1)
		major = 0;
	pclose(in);
	return major;
}

/* Debian 12 builds it with plug-ins, Debian 13 does not. */
static bool loads_plugins(const char *qemu)
{
	char command[64], *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *in;

	snprintf(command, sizeof(command), "%s -h 2>/dev/null", qemu);
	in = popen(command, "re");
	while (in != NULL && getline(&line, &size, in) > 0)
		found = found || strncmp(line, "-plugin ", 8) == 0;
	free(line);
	if (in != NULL)
		pclose(in);
	return found;
}

/* The setting of -plugin, in which a comma of the path is doubled. */
static char *plugin_setting(void)
{
	static char setting[2 * PATH_MAX];
	const char *directory = secure_getenv("PMEM2_RECORDER_DIR");
	char path[PATH_MAX];
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/exact.so", directory != NULL ? directory : RECORDER_DIR);
	if (access(path, R_OK) != 0) {
		say_failed(
			"the recorder %s is not there: %s; it is built where Zydis is (libzydis-dev), "
			"for x86-64",
			path, strerror(errno));
		return NULL;
	}
	for (const char *c = path; *c != '\0'; c++) {
		setting[n++] = *c;
		if (*c == ',')
			setting[n++] = ',';
	}
	setting[n] = '\0';
	return setting;
}

static char **compose(const struct emulator *e, int version, char *plugin, char *const *program)
{
	size_t count = 0, n = 0;
	char **list;

	while (program[count] != NULL)
		count++;
	list = calloc(count + 10, sizeof(char *));
	if (list == NULL) {
		say_failed("no memory");
		return NULL;
	}
	list[n++] = (char *)e->qemu;
	list[n++] = (char *)"-cpu";
	list[n++] = (char *)e->cpu;
	if (e->libraries != NULL && getenv("QEMU_LD_PREFIX") == NULL) {
		list[n++] = (char *)"-L";
		list[n++] = (char *)e->libraries;
	}
	if (version < 9) /* it tells no plug-in of registers, but for those of a block's begin */
		list[n++] = (char *)"-singlestep";
	list[n++] = (char *)"-plugin";
	list[n++] = plugin;
	list[n++] = program_path;
	memcpy(list + n, program + 1, count * sizeof(char *));
	return list;
}

char **emulate_arguments(char *const *program)
{
	const struct emulator *e;
	char *plugin;
	int version;

	if (!find_program(program[0])) {
		say_failed("%s: %s", program[0], strerror(errno));
		return NULL;
	}
	e = find_emulator();
	plugin = e != NULL ? plugin_setting() : NULL;
	if (plugin == NULL)
		return NULL;
	version = version_of(e->qemu);
	if (version == 0) {
		say_failed("--exact needs %s, of Debian's package qemu-user", e->qemu);
		return NULL;
	}
	if (!loads_plugins(e->qemu)) {
		say_failed(
			"this %s loads no plug-ins, which --exact needs: that of Debian 12 does, or one "
			"that is built with --enable-plugins",
			e->qemu);
		return NULL;
	}
	return compose(e, version, plugin, program);
}

void emulate_environment(const char *trace)
{
	setenv("PMEM2_EXACT_TRACE", trace, 1);
	setenv("PMEM2_EXACT_PROGRAM", program_path, 1);
	setenv("PMEM_IS_PMEM_FORCE", "1", 0); /* libpmem has no other way to flush without DAX */
}
