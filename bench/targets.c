/* SPDX-License-Identifier: BSD-3-Clause */
/* The targets: time of ours / time of the peer. The first entry that fits a row counts. */
#include "targets.h"

#include <string.h>

#define ANY  0, SIZE_MAX
#define K    *1024
#define M    *1024 * 1024
#define REST SIZE_MAX

static const struct target targets[] = {
	/* our default against the peer's NOFLUSH copy and persist */
	{"durable", NULL, NULL, "cold", 64 K, REST, 0.60, false},
	{"durable", NULL, NULL, "L2", 64 K, REST, 0.85, false},
	{"durable", NULL, NULL, NULL, ANY, 1.00, false},

	/* copies of one contract */
	{"copy", "memcpy", NULL, NULL, 1, 255, 0.99, true},
	{"copy", "NODRAIN", NULL, NULL, 1, 64, 0.55, false},
	{"copy", "NODRAIN", NULL, NULL, 65, 191, 0.80, false},
	{"copy", "NODRAIN", NULL, NULL, 192, 16 K, 1.00, false},
	{"copy", "NOFLUSH", NULL, "L2", 1, 192, 0.55, false},
	{"copy", "NOFLUSH", NULL, "L2", 256, 256, 0.75, false},
	{"copy", "NOFLUSH", "aligned", "L2", 2 K, 256 K, 0.62, false},
	{"copy", "NOFLUSH", NULL, "L2", 2 K, 256 K, 0.85, false},
	{"copy", "NOFLUSH", NULL, "cold", 8 M, REST, 0.65, false},
	{"copy", "NOFLUSH", NULL, "cold", 64 K, REST, 0.78, false},
	{"copy", "NOFLUSH", NULL, NULL, ANY, 1.00, false},
	{"copy", "TEMPORAL", NULL, "L2", 16 K, 256 K, 0.94, false},
	{"copy", "TEMPORAL", NULL, "L2", 4 K, 4 K, 0.97, false},
	{"copy", "TEMPORAL", NULL, "cold", 64 K, REST, 0.80, false},
	{"copy", "TEMPORAL", NULL, NULL, ANY, 1.00, true},
	{"copy", "NONTEMPORAL", "aligned", NULL, 8, 8, 1.00, true},
	{"copy", "NONTEMPORAL", "aligned", NULL, 64, 64, 1.00, true},
	{"copy", "NONTEMPORAL", "aligned", NULL, 128, 128, 1.00, true},
	{"copy", "NONTEMPORAL", "+8", NULL, 8, 8, 1.00, true},
	{"copy", "NONTEMPORAL", NULL, NULL, 1, 255, 0.65, false},
	/* memcpy, NODRAIN, NONTEMPORAL from 256 bytes on */
	{"copy", NULL, "aligned", NULL, 256, 16 K, 1.00, true},
	{"copy", NULL, NULL, NULL, 256, 512, 0.70, false},
	{"copy", NULL, NULL, NULL, 513, 1 K, 0.76, false},
	{"copy", NULL, NULL, NULL, 1025, 4 K, 0.88, false},
	{"copy", NULL, NULL, NULL, 4097, 16 K, 0.97, false},
	{"copy", NULL, "aligned", "cold", 64 K, REST, 0.70, false},
	{"copy", NULL, NULL, "cold", 64 K, REST, 0.76, false},
	{"copy", NULL, NULL, NULL, ANY, 1.00, true},

	/* overlapping moves */
	{"overlap", NULL, NULL, NULL, 64, 255, 1.00, true},
	{"overlap", NULL, NULL, NULL, 256, 16 K, 1.05, false},
	{"overlap", "memmove forward", NULL, NULL, 64 K, 64 K, 0.85, false},
	{"overlap", "memmove forward", NULL, NULL, ANY, 0.72, false},
	{"overlap", NULL, NULL, NULL, 64 K, 64 K, 0.86, false},
	{"overlap", NULL, NULL, NULL, ANY, 0.78, false},

	/* memset of one contract */
	{"memset", "NODRAIN", NULL, NULL, 1, 64, 0.55, false},
	{"memset", "NODRAIN", NULL, NULL, 65, 191, 0.80, false},
	{"memset", "NOFLUSH", NULL, "L2", 1, 192, 0.55, false},
	{"memset", NULL, NULL, NULL, 1, 255, 0.99, true},
	{"memset", "memset", "aligned", NULL, 256, 16 K, 1.00, true},
	{"memset", "memset", NULL, NULL, 256, 512, 0.70, false},
	{"memset", "memset", NULL, NULL, 513, 1 K, 0.76, false},
	{"memset", "memset", NULL, NULL, 1025, 4 K, 0.88, false},
	{"memset", "memset", NULL, NULL, 4097, 16 K, 0.97, false},
	{"memset", NULL, NULL, NULL, ANY, 1.00, true},

	/* deferred flushes at PAGE */
	{"batch", "deferred / default", "scattered", "disk", 16, 64, 0.35, false},
	{"batch", "deferred / default", NULL, "disk", 1, 1, 1.05, false},
	{"batch", "deferred / fdatasync", NULL, "disk", 16, 64, 1.10, true},

	/* flush, drain, persist */
	{"flush", "persist", NULL, NULL, 1, 64, 0.99, true},
	{"flush", "persist", NULL, NULL, ANY, 1.00, true},
	{"flush", "flush", NULL, NULL, 1, 64, 0.70, false},
	{"flush", "flush", NULL, "clean", 256, 256, 0.78, false},
	{"flush", "flush", NULL, NULL, ANY, 1.00, true},
	{"flush", "drain", NULL, NULL, ANY, 0.90, false},

	/* random sizes, random places */
	{"random", "NODRAIN 1..16", NULL, NULL, ANY, 0.40, false},
	{"random", "NODRAIN 1..64", NULL, NULL, ANY, 0.50, false},
	{"random", "NODRAIN 1..256", NULL, NULL, ANY, 0.70, false},
	{"random", "NODRAIN 1..1K", NULL, NULL, ANY, 0.88, false},
	{"random", NULL, NULL, NULL, ANY, 0.50, false},

	/* BYTE */
	{"byte", "persist", NULL, NULL, ANY, 0.70, false},
	{"byte", "drain", NULL, NULL, ANY, 0.90, false},
	{"byte", "flush", NULL, NULL, ANY, 1.00, false},
	{"byte", "NONTEMPORAL", NULL, NULL, 1, 255, 0.50, false},
	{"byte", NULL, NULL, "L2", 1, 256, 0.50, false},
	{"byte", "memcpy", "aligned", "L2", 4 K, 64 K, 0.60, false},
	{"byte", "memcpy", NULL, "L2", 4 K, 64 K, 0.80, false},
	{"byte", "memcpy", NULL, "cold", 8 M, REST, 0.65, false},
	{"byte", "memcpy", NULL, "cold", 64 K, REST, 0.75, false},
	{"byte", NULL, NULL, NULL, ANY, 1.00, false},

	/* maps; row.size is the number of others */
	{"maps", "map_new+delete 4K", NULL, NULL, ANY, 0.23, false},
	{"maps", "map_new+delete 4K PAGE", NULL, NULL, ANY, 0.23, false},
	{"maps", "map_new+delete 4M", NULL, NULL, ANY, 0.23, false},
	{"maps", "from_existing+delete", NULL, NULL, 0, 0, 0.65, false},
	{"maps", "from_existing+delete", NULL, NULL, 1000, 1000, 0.30, false},
	{"maps", "from_existing+delete", NULL, NULL, 10000, 10000, 0.42, false},
	{"maps", "from_existing+delete", NULL, NULL, ANY, 0.25, false},
	{"lookup", "map_new+delete", NULL, NULL, ANY, 0.26, false},
	{"lookup", "find", NULL, NULL, 1, 1, 0.65, false},
	{"lookup", "find", NULL, NULL, 1000, 1000, 0.10, false},
	{"lookup", "find", NULL, NULL, ANY, 0.20, false},
	{"lookup", "find_next", NULL, NULL, 1, 1, 1.00, false},
	{"lookup", "find_next", NULL, NULL, 1000, 1000, 0.18, false},
	{"lookup", "find_next", NULL, NULL, ANY, 0.40, false},

	/* PAGE */
	{"page", NULL, NULL, "disk", ANY, 1.00, true},
	{"page", "persist", NULL, NULL, 1, 1, 0.75, false},
	{"page", "persist", NULL, NULL, ANY, 0.57, false},
	{"page", NULL, NULL, NULL, ANY, 1.00, false},

	{"objects", "source_from_fd+delete", NULL, NULL, ANY, 1.00, true},
	{"objects", "config_new+delete", NULL, NULL, ANY, 0.88, false},

	/* two threads */
	{"threads", "map_new+delete", NULL, NULL, ANY, 0.22, false},
	{"threads", "memcpy", NULL, NULL, 64 K, REST, 0.72, false},
	{"threads", NULL, NULL, NULL, ANY, 1.00, true},
};

static bool same(const char *wanted, const char *has)
{
	return wanted == NULL || strcmp(wanted, has) == 0;
}

const struct target *target_of(const struct row *row)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		const struct target *target = &targets[i];

		if (same(target->group, row->group) && same(target->op, row->op) &&
			same(target->place, row->place) && same(target->state, row->state) &&
			row->size >= target->from && row->size <= target->to)
			return target;
	}
	return NULL;
}

bool target_holds(const struct target *target, double ratio)
{
	return ratio <= target->ratio + 0.02;
}
