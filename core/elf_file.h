/* SPDX-License-Identifier: BSD-3-Clause */
/* elf_file.h -- whether a file is a whole shared object of this machine. */
#ifndef PMEM2_ELF_FILE_H
#define PMEM2_ELF_FILE_H

/*
 * What is wrong with the file, or NULL. ld.so believes the headers: where they tell of more than the
 * file has, as those of one that was cut short do, it dies of SIGBUS, and the program with it.
 */
const char *pmem2_elf_file_objection(const char *path);

#endif
