/* SPDX-License-Identifier: BSD-3-Clause */
/* call.h -- a call that is stepped through, and what the two processes share. */
#ifndef PMEM2_CONFORMANCE_CALL_H
#define PMEM2_CONFORMANCE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DEEP_FLUSH is pmem2_deep_flush(), DEEP_PERSIST a variant's own operation. */
enum operation { MEMMOVE, MEMCPY, MEMSET, FLUSH, PERSIST, DEEP_FLUSH, DEEP_PERSIST, DRAIN };

struct call {
	enum operation operation;
	size_t at, from; /* offsets in the mapping; from ELSEWHERE: a buffer of its own */
	size_t size;
	unsigned flags;
};

#define ELSEWHERE SIZE_MAX

/* Memory that both processes have. */
struct shared {
	volatile bool ready; /* the rest is filled in */
	char *base;          /* of the mapping, in the victim */
	bool shaped;         /* what the setting asks for could be set */
	struct call call;    /* the next one */
	bool forbidden;      /* nobody may step through a process here */
	char error[512];
};

#endif
