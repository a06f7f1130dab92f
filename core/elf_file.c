/* SPDX-License-Identifier: BSD-3-Clause */
/* elf_file.c -- whether a file is a whole shared object of this machine. */
#include "elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* the header of what this is part of, which the linker names */
extern const Elf64_Ehdr own_header __asm__("__ehdr_start")
	__attribute__((__visibility__("hidden")));

static const char cut_short[] = "it is cut short";

static bool fits(uint64_t offset, uint64_t size, uint64_t file_size)
{
	return offset <= file_size && size <= file_size - offset;
}

/* What is wrong with the header; the tables that it tells of are in the file if nothing is. */
static const char *judge_header(const Elf64_Ehdr *header, uint64_t file_size)
{
	if (header->e_ident[EI_CLASS] != own_header.e_ident[EI_CLASS] ||
		header->e_ident[EI_DATA] != own_header.e_ident[EI_DATA] ||
		header->e_machine != own_header.e_machine)
		return "it is for another machine";
	if (header->e_type != ET_DYN)
		return "it is no shared object";
	if (header->e_phentsize != sizeof(Elf64_Phdr) ||
		(header->e_shnum != 0 && header->e_shentsize != sizeof(Elf64_Shdr)))
		return "its header is of no known form";
	if (!fits(header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr), file_size) ||
		!fits(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), file_size))
		return cut_short;

	return NULL;
}

static const char *judge(int fd)
{
	struct stat st;
	Elf64_Ehdr header = {0};
	Elf64_Phdr segment;

	if (fstat(fd, &st) != 0)
		return strerror(errno);

	ssize_t got = pread(fd, &header, sizeof(header), 0);
	if (got < 0)
		return strerror(errno);
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return "it is no ELF file";
	if (got != (ssize_t)sizeof(header))
		return cut_short;

	const char *wrong = judge_header(&header, (uint64_t)st.st_size);
	for (size_t i = 0; wrong == NULL && i < header.e_phnum; i++) {
		off_t at = (off_t)(header.e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) != (ssize_t)sizeof(segment))
			wrong = "its segments cannot be read";
		else if (!fits(segment.p_offset, segment.p_filesz, (uint64_t)st.st_size))
			wrong = cut_short;
	}

	return wrong;
}

const char *pmem2_elf_file_objection(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);

	const char *wrong = judge(fd);
	close(fd);

	return wrong;
}
