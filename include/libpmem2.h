/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2.h -- persistent memory: map it, store to it, make the stores durable.
 *
 * Everything a program needs comes with this header. libpmem2/backend.h is for
 * those who write a flush backend.
 *
 * In C it also declares the functions of 2019, unless PMEM2_NO_LEGACY is defined before. In C++ only
 * libpmem2/legacy.h declares them: there the function pmem2_map hides the structure, and
 * "pmem2_map *map" would not compile.
 *
 * If PMEM2_NO_EXTENSIONS is defined before, no function is declared that PMDK's header does not have:
 * the program can use these names itself.
 */
#ifndef LIBPMEM2_H
#define LIBPMEM2_H 1

#include <libpmem2/base.h>

#if !defined(__cplusplus) && !defined(PMEM2_NO_LEGACY) && !defined(PMEM2_NO_EXTENSIONS)
#include <libpmem2/legacy.h>
#endif

#endif
