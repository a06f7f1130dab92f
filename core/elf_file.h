/* SPDX-License-Identifier: BSD-3-Clause */
/* elf_file.h -- whether a file is a whole shared object of this machine. */
#ifndef PMEM2_ELF_FILE_H
#define PMEM2_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What is wrong with the file, or NULL. ld.so believes the headers: where they tell of more than the
 * file has, as those of one that was cut short do, it dies of SIGBUS, and the program with it. errno
 * says why if the file could not be read, and is 0 if it was read and is wrong.
 */
const char *pmem2_elf_file_objection(const char *path);

/*
 * Whether the file, to which there is no objection, exports the symbol, as data of at least size bytes.
 * If not, why gets a phrase, and errno is as above. kind: what such a file is, "flush backend".
 */
bool pmem2_elf_file_exports(const char *path, const char *symbol, size_t size, const char *kind,
	char *why, size_t why_size);

#endif
