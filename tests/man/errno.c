/* SPDX-License-Identifier: BSD-3-Clause */
/* errno.c -- prints what pmem2_err_to_errno() makes of each code on the standard input. */
#include <stdio.h>

#include <libpmem2.h>

int main(void)
{
	int code;

	while (scanf("%d", &code) == 1)
		printf("%d\n", pmem2_err_to_errno(code));
	return 0;
}
