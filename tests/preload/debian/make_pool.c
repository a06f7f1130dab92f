/* SPDX-License-Identifier: BSD-3-Clause */
/* make_pool.c -- makes a pool of libpmemobj. usage: make_pool POOL LAYOUT [BYTES-OF-ROOT] */
#include <libpmemobj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
	PMEMobjpool *pool;
	int set = argc > 2 && strstr(argv[1], ".set") != NULL; /* which has sizes of its own */

	if (argc < 3)
		return 2;
	pool = pmemobj_create(argv[1], argv[2], set ? 0 : PMEMOBJ_MIN_POOL, 0600);
	if (pool == NULL)
		return puts(pmemobj_errormsg()), 1;
	if (argc > 3)
		pmemobj_root(pool, (size_t)atoi(argv[3]));
	pmemobj_close(pool);
	return 0;
}
