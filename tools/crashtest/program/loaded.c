/* SPDX-License-Identifier: BSD-3-Clause */
/* loaded.c -- which libpmem2 a program loads, as the dynamic loader tells it. */
#include "loaded.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/command.h"

/* Where execvp(3) finds a program; false: nowhere. */
static bool find_program(const char *name, char *path, size_t size)
{
	const char *from = getenv("PATH");

	if (strchr(name, '/') != NULL) {
		snprintf(path, size, "%s", name);
		return true;
	}
	for (from = from != NULL ? from : "/bin:/usr/bin"; *from != '\0';) {
		int n = (int)strcspn(from, ":");

		snprintf(path, size, "%.*s/%s", n > 0 ? n : 1, n > 0 ? from : ".", name);
		if (access(path, X_OK) == 0)
			return true;
		from += n + (from[n] == ':');
	}
	return false;
}

/* The dynamic loader that a program names; false: it is no dynamic program. */
static bool find_loader(const char *program, char *loader, size_t size)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr head;
	Elf64_Phdr part = {0};
	bool found = false;

	if (fd < 0)
		return false;
	if (pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
		memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == ELFCLASS64)
		for (int i = 0; i < head.e_phnum && part.p_type != PT_INTERP; i++)
			if (pread(fd, &part, sizeof(part),
				    (off_t)(head.e_phoff + (size_t)i * sizeof(part))) !=
				(ssize_t)sizeof(part))
				break;
	if (part.p_type == PT_INTERP && part.p_filesz > 0 && part.p_filesz < size) {
		found = pread(fd, loader, part.p_filesz, (off_t)part.p_offset) ==
		        (ssize_t)part.p_filesz;
		loader[part.p_filesz] = '\0';
	}
	close(fd);
	return found;
}

/* What `LOADER --list PROGRAM` says about libpmem2; nothing of the program runs. */
static bool find_library(const char *loader, const char *program, char *library, size_t size)
{
	char *command = NULL, line[PATH_MAX + 256], *at;
	size_t room;
	FILE *text = open_memstream(&command, &room), *in;
	bool found = false;

	if (text == NULL)
		return false;
	command_quote(text, loader);
	fputs(" --list ", text);
	command_quote(text, program);
	fputs(" 2>/dev/null", text);
	if (fclose(text) != 0 || (in = popen(command, "re")) == NULL) {
		free(command);
		return false;
	}
	while (fgets(line, sizeof(line), in) != NULL) {
		if (found || strstr(line, "libpmem2.so") == NULL)
			continue;
		at = strstr(line, "=> ");
		at = at != NULL ? at + 3 : line + strspn(line, " \t");
		at[strcspn(at, " \n")] = '\0';
		snprintf(library, size, "%s", at);
		found = true;
	}
	pclose(in);
	free(command);
	return found;
}

/* Whether a library has the function that only this implementation has. */
static bool is_ours(const char *library)
{
	static const char name[] = "pmem2_map_get_backend_name";
	int fd = open(library, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ours = false;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
		void *content = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (content != MAP_FAILED) {
			ours = memmem(content, (size_t)st.st_size, name, sizeof(name)) != NULL;
			munmap(content, (size_t)st.st_size);
		}
	}
	if (fd >= 0)
		close(fd);
	return ours;
}

void loaded_explain(const char *program, char *text, size_t size)
{
	char path[PATH_MAX], loader[PATH_MAX], library[PATH_MAX];

	if (!find_program(program, path, sizeof(path)) ||
		!find_loader(path, loader, sizeof(loader)))
		snprintf(text, size,
			"it is no dynamically linked program: what runs it has to load this "
			"libpmem2, from %s",
			LIBRARY_DIR);
	else if (!find_library(loader, path, library, sizeof(library)))
		snprintf(text, size,
			"it is not linked to libpmem2.so: if it loads that later, it has to be the "
			"one of %s",
			LIBRARY_DIR);
	else if (is_ours(library))
		snprintf(text, size, "it is linked to %.3000s, which is right", library);
	else
		snprintf(text, size,
			"it is linked to %.3000s, which is another implementation; "
			"LD_LIBRARY_PATH=%s has it load this one",
			library, LIBRARY_DIR);
}
