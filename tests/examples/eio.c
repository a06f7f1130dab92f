/* SPDX-License-Identifier: BSD-3-Clause */
/* For LD_PRELOAD: the msync(2) with the number FAIL_MSYNC, from 1, fails with EIO; the next ones do not, as the kernel has it. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("default"))) int msync(void *addr, size_t length, int flags)
{
	static int calls;
	const char *fail = getenv("FAIL_MSYNC");

	if (fail != NULL && ++calls == atoi(fail)) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_msync, addr, length, flags);
}
