/* SPDX-License-Identifier: BSD-3-Clause */
/* functions.c -- which functions the symbol tables of an executable or library know. */
#include "functions.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void pmem2_pf_functions_open(struct pf_functions *functions, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*functions = (struct pf_functions){0};
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && (size_t)st.st_size >= sizeof(ElfW(Ehdr))) {
		void *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (file != MAP_FAILED && memcmp(file, ELFMAG, SELFMAG) == 0)
			*functions = (struct pf_functions){file, (size_t)st.st_size};
		else if (file != MAP_FAILED)
			munmap(file, (size_t)st.st_size);
	}
	close(fd);
}

void pmem2_pf_functions_close(struct pf_functions *functions)
{
	if (functions->file != NULL)
		munmap((void *)functions->file, functions->size);
	*functions = (struct pf_functions){0};
}

static bool has(const struct pf_functions *f, uint64_t at, uint64_t size)
{
	return at <= f->size && size <= f->size - at;
}

static bool covers(const struct pf_functions *f, const ElfW(Shdr) * table, uintptr_t address)
{
	ElfW(Sym) symbol;

	if (!has(f, table->sh_offset, table->sh_size))
		return false;
	for (uint64_t at = 0; at + sizeof(symbol) <= table->sh_size; at += sizeof(symbol)) {
		int type;

		memcpy(&symbol, f->file + table->sh_offset + at, sizeof(symbol));
		type = symbol.st_info & 0xf;
		if ((type == STT_FUNC || type == STT_GNU_IFUNC) && symbol.st_shndx != SHN_UNDEF &&
			address >= symbol.st_value && address - symbol.st_value < symbol.st_size)
			return true;
	}
	return false;
}

bool pmem2_pf_functions_cover(const struct pf_functions *f, uintptr_t address)
{
	ElfW(Ehdr) head;
	ElfW(Shdr) section;

	if (f->file == NULL)
		return false;
	memcpy(&head, f->file, sizeof(head));
	if (!has(f, head.e_shoff, (uint64_t)head.e_shnum * sizeof(section)))
		return false;
	for (size_t i = 0; i < head.e_shnum; i++) {
		memcpy(&section, f->file + head.e_shoff + i * sizeof(section), sizeof(section));
		if ((section.sh_type == SHT_SYMTAB || section.sh_type == SHT_DYNSYM) &&
			covers(f, &section, address))
			return true;
	}
	return false;
}
