/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2.h -- persistent memory: map it, store to it, make the stores durable.
 *
 * Everything a program needs comes with this header. libpmem2/backend.h is for
 * those who write a flush backend.
 */
#ifndef LIBPMEM2_H
#define LIBPMEM2_H 1

#include <libpmem2/base.h>
#include <libpmem2/legacy.h>

#endif
