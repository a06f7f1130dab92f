/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend clflushopt. ops.c makes its variants. */
#define BACKEND clflushopt
#include "../x86_backend.h"
