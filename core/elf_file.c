/* SPDX-License-Identifier: BSD-3-Clause */
/* elf_file.c -- whether a file is a whole shared object of this machine. */
#include "elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
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

/* errno is 0 if the file was read, and is shorter. */
static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
	errno = 0;
	return offset <= INT64_MAX && pread(fd, to, size, (off_t)offset) == (ssize_t)size;
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
	errno = 0;
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return "it is no ELF file";
	if (got != (ssize_t)sizeof(header))
		return cut_short;

	const char *wrong = judge_header(&header, (uint64_t)st.st_size);
	for (size_t i = 0; wrong == NULL && i < header.e_phnum; i++) {
		if (!read_at(fd, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment)))
			wrong = errno != 0 ? strerror(errno) : "its segments cannot be read";
		else if (!fits(segment.p_offset, segment.p_filesz, (uint64_t)st.st_size))
			wrong = cut_short;
	}

	return wrong;
}

/* Closes it, and keeps errno. */
static void let_go(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

const char *pmem2_elf_file_objection(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);

	const char *wrong = judge(fd);
	let_go(fd);

	return wrong;
}

/* ---- what it exports ---- */

enum {
	SYMBOL_NAME_MAX = 64, /* bytes of a name that are looked at */
};

struct symbols {
	int fd;
	Elf64_Shdr table, names;
	uint64_t count;
};

/* Finds the table of dynamic symbols; false: there is none, or errno. */
static bool find_symbols(struct symbols *symbols)
{
	Elf64_Ehdr header;

	if (!read_at(symbols->fd, &header, sizeof(header), 0))
		return false;
	for (size_t i = 0; i < header.e_shnum; i++) {
		if (!read_at(symbols->fd, &symbols->table, sizeof(symbols->table),
			    header.e_shoff + i * sizeof(symbols->table)))
			return false;
		if (symbols->table.sh_type != SHT_DYNSYM)
			continue;
		symbols->count = symbols->table.sh_size / sizeof(Elf64_Sym);
		return symbols->table.sh_link < header.e_shnum &&
		       read_at(symbols->fd, &symbols->names, sizeof(symbols->names),
			       header.e_shoff + symbols->table.sh_link * sizeof(symbols->names));
	}

	return false;
}

/* The next symbol that the file defines, from *i on, and its name; false: none is left, or errno. */
static bool next_symbol(const struct symbols *symbols, uint64_t *i, Elf64_Sym *symbol, char *name)
{
	for (; *i < symbols->count; ++*i) {
		if (!read_at(symbols->fd, symbol, sizeof(*symbol),
			    symbols->table.sh_offset + *i * sizeof(*symbol)))
			return false;
		if (symbol->st_shndx == SHN_UNDEF)
			continue;
		errno = 0;
		uint64_t at = symbols->names.sh_offset + symbol->st_name;
		ssize_t got =
			at <= INT64_MAX ? pread(symbols->fd, name, SYMBOL_NAME_MAX, (off_t)at) : 0;
		if (got <= 0)
			return false;
		name[got < SYMBOL_NAME_MAX ? got : SYMBOL_NAME_MAX - 1] = '\0';
		++*i;
		return true;
	}

	return false;
}

/* "pmem2_backend_v0" is another version of "pmem2_backend_v1": all but the last digit is equal. */
static bool is_other_version(const char *name, const char *symbol)
{
	return strncmp(name, symbol, strlen(symbol) - 1) == 0;
}

static bool is_fit(const Elf64_Sym *found, const char *symbol, size_t size, char *why,
	size_t why_size)
{
	if (ELF64_ST_TYPE(found->st_info) != STT_OBJECT)
		snprintf(why, why_size,
			"its %s is no data: it was not declared as the contract has it", symbol);
	else if (found->st_size < size)
		snprintf(why, why_size,
			"its %s has %llu bytes, and the contract's has %zu: it was built for another version",
			symbol, (unsigned long long)found->st_size, size);
	else
		return true;
	return false;
}

bool pmem2_elf_file_exports(const char *path, const char *symbol, size_t size, const char *kind,
	char *why, size_t why_size)
{
	struct symbols symbols = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
	char name[SYMBOL_NAME_MAX], other[SYMBOL_NAME_MAX] = "";
	Elf64_Sym found;
	bool exports = false, is_there = false;

	if (symbols.fd < 0) {
		snprintf(why, why_size, "%s", strerror(errno));
		return false;
	}

	bool known = find_symbols(&symbols);
	for (uint64_t i = 0; known && !is_there && next_symbol(&symbols, &i, &found, name);) {
		is_there = strcmp(name, symbol) == 0;
		if (!is_there && is_other_version(name, symbol))
			memcpy(other, name, sizeof(other));
	}

	if (errno != 0)
		snprintf(why, why_size, "%s", strerror(errno));
	else if (is_there)
		exports = is_fit(&found, symbol, size, why, why_size);
	else if (!known)
		snprintf(why, why_size, "its table of symbols cannot be read");
	else if (other[0] != '\0')
		snprintf(why, why_size, "it has %s and no %s: it was built for another version",
			other, symbol);
	else
		snprintf(why, why_size, "it has no symbol %s: it is no %s of libpmem2", symbol,
			kind);
	let_go(symbols.fd);
	return exports;
}
