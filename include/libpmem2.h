/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2.h -- persistent memory: map it, store to it, make the stores durable.
 *
 * Everything a program needs comes with this header. libpmem2/backend.h is for
 * those who write a flush backend.
 *
 * In C it declares the functions of 2019 as well, unless PMEM2_NO_LEGACY is defined before it. In
 * C++ they come with libpmem2/legacy.h alone: there the function pmem2_map hides the structure, and
 * "pmem2_map *map" would not compile.
 *
 * PMEM2_NO_EXTENSIONS, defined before it, leaves out each function that PMDK's header does not have:
 * their names are then the program's to use.
 */
#ifndef LIBPMEM2_H
#define LIBPMEM2_H 1

#include <libpmem2/base.h>

#if !defined(__cplusplus) && !defined(PMEM2_NO_LEGACY) && !defined(PMEM2_NO_EXTENSIONS)
#include <libpmem2/legacy.h>
#endif

#endif
