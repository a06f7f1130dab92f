/* SPDX-License-Identifier: BSD-3-Clause */
/* What the example programs of Debian's packages include, and the packages do not have. */
#ifndef TESTS_PRELOAD_DEBIAN_EX_COMMON_H
#define TESTS_PRELOAD_DEBIAN_EX_COMMON_H

#include <stdint.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREATE_MODE_RW (S_IRUSR | S_IWUSR)

/* 0 if the file is there */
static inline int file_exists(const char *path)
{
	return access(path, F_OK);
}

/* The number of the highest bit that is set. */
static inline unsigned char find_last_set_64(uint64_t word)
{
	return (unsigned char)(63 - __builtin_clzll(word));
}

#endif
