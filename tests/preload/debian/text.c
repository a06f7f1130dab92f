/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * text.c -- the checker of the example string_store: no length without its text. usage: text POOL
 *
 * The example's own reader prints nothing then, and so nobody notices.
 */
#include <libpmemobj.h>
#include <stdio.h>
#include <string.h>

#include "layout.h"

int main(int argc, char *argv[])
{
	PMEMobjpool *pool = argc == 2 ? pmemobj_open(argv[1], LAYOUT_NAME) : NULL;
	const struct my_root *root;
	size_t length;

	if (pool == NULL || pmemobj_root_size(pool) == 0)
		return puts("no pool, or no root"), 1;
	root = pmemobj_direct(pmemobj_root(pool, sizeof(*root)));
	length = strnlen(root->buf, sizeof(root->buf));
	if (root->len > length)
		printf("length %zu, text \"%.*s\"\n", root->len, (int)length, root->buf);
	length = root->len > length;
	pmemobj_close(pool);
	return (int)length;
}
