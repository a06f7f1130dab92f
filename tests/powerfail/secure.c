/* SPDX-License-Identifier: BSD-3-Clause */
/* secure.c -- maps a file by the backend inside, flushes a line, and tells whether the system calls it secure. */
#include <fcntl.h>
#include <libpmem2/backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct pmem2_attached map = {.length = 4096, .granularity = PMEM2_GRANULARITY_CACHE_LINE};

	map.fd = argc == 2 ? open(argv[1], O_RDWR | O_CREAT, 0666) : -1;
	if (map.fd < 0 || ftruncate(map.fd, 4096) != 0)
		return EXIT_FAILURE;
	map.address = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd, 0);
	if (map.address == MAP_FAILED || pmem2_backend_v1.attach(&map) != 0)
		return EXIT_FAILURE;

	strcpy(map.address, "flushed");
	for (const struct pmem2_variant *const *v = pmem2_backend_v1.variants; *v != NULL; v++)
		if (((*v)->serves & PMEM2_SERVES_CACHE_LINE) != 0)
			(*v)->flush(map.address, 8);
	puts(getauxval(AT_SECURE) != 0 ? "secure" : "plain");
	return EXIT_SUCCESS;
}
