/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend clflush. ops.c makes its variants. */
#define BACKEND clflush
#include "../x86_backend.h"
