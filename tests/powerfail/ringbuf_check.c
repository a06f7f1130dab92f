/* SPDX-License-Identifier: BSD-3-Clause */
/* ringbuf_check.c -- whether a file is a ring buffer of PMDK's example, as its source describes it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 16, ENTRY_SIZE = 24, READ = 64, WRITE = 72, DATA = 128, FILLED = 0xc };

static unsigned char file[1 << 20];

static uint64_t number_at(size_t at)
{
	uint64_t number;

	memcpy(&number, file + at, sizeof(number));
	return number;
}

/* Without the bit that says that it may not be durable yet. */
static uint64_t position_at(size_t at)
{
	return number_at(at) & ~(UINT64_C(1) << 63);
}

static int fail(const char *what, uint64_t number)
{
	printf("%s %llu\n", what, (unsigned long long)number);
	return EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
	FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL;
	size_t size = in != NULL ? fread(file, 1, sizeof(file), in) : 0;
	uint64_t entries = number_at(ENTRIES), entry_size = number_at(ENTRY_SIZE);
	uint64_t read = position_at(READ), write = position_at(WRITE);

	if (size < DATA)
		return fail("no file, or too small", size);
	if (memcmp(file, "my_fast_ringbuf", 16) != 0)
		return EXIT_SUCCESS; /* it is made anew */
	if (entry_size != strtoull(argv[2], NULL, 10) || entries != (size - DATA) / entry_size)
		return fail("header of entries of size", entry_size);
	if (read >= entries || write >= entries)
		return fail("position", read >= entries ? read : write);

	for (; read != write; read = (read + 1) % entries)
		for (uint64_t i = 0; i < entry_size; i++)
			if (file[DATA + read * entry_size + i] != FILLED)
				return fail("not whole: entry", read);
	return EXIT_SUCCESS;
}
