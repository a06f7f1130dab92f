/* SPDX-License-Identifier: BSD-3-Clause */
/* deep.c -- an msync(2) that changes nothing, five calls deep in a library; with PROGRAM, who calls it. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int deep_first(void *at);

#ifdef PROGRAM
int main(int argc, char *argv[])
{
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;
	void *at;

	if (fd < 0 || ftruncate(fd, 4096) != 0)
		return 3;
	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? 3 : deep_first(at);
}
#else
#define DEEP __attribute__((noinline, noclone))

DEEP static int fifth(void *at)
{
	return msync(at, 4096, MS_SYNC);
}

DEEP static int fourth(void *at)
{
	return fifth(at);
}

DEEP static int third(void *at)
{
	return fourth(at);
}

DEEP static int second(void *at)
{
	return third(at);
}

int deep_first(void *at)
{
	return second(at);
}
#endif
