/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * builtin.c -- the backends that are part of this library. The build defines BUILTINS as X(name) for
 * each; it differs between the shared and the static library.
 */
#include "registry_list.h"

#define X(name) extern const struct pmem2_backend pmem2_backend_v1_##name;
BUILTINS
#undef X

#define X(name) &pmem2_backend_v1_##name,
const struct pmem2_backend *const pmem2_builtin_backends[] = {BUILTINS NULL};
#undef X
