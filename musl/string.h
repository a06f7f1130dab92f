/* SPDX-License-Identifier: BSD-3-Clause */
/* string.h -- musl's, and what it lacks. */
#ifndef PMEM2_MUSL_STRING_H
#define PMEM2_MUSL_STRING_H

#pragma GCC system_header
#include_next <string.h>

/* musl translates nothing here, and strerror() is thread-safe */
#define strerrordesc_np strerror

#endif
