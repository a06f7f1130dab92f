/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend clwb. ops.c makes its variants. */
#define BACKEND clwb
#include "../x86_backend.h"
