/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers in an array, each acknowledged when it is durable, or too early.
 *
 * usage: acked FILE put right|early|late|buffered|many [TO]   TO: acknowledge there, not on standard output;
 *                                                          socket:N: by send(2)
 *        acked FILE check ACKNOWLEDGEMENTS
 */
#include <fcntl.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "map_new.h"

enum { SIZE = 4096, STRIDE = 16, COUNT = 8, MANY = 2000 }; /* one number to two lines */

static int out = STDOUT_FILENO;
static int is_socket;

static void acknowledge(int number)
{
	char line[16];
	int n = snprintf(line, sizeof(line), "ack %d\n", number);

	if ((is_socket ? send(out, line, (size_t)n, 0) : write(out, line, (size_t)n)) != n)
		abort();
}

static int put(const char *path, const char *how)
{
	struct pmem2_map *map = map_new(path, SIZE);

	if (map == NULL)
		return 2;

	volatile long *number = pmem2_map_get_address(map);
	for (int i = 0; i < COUNT; i++) {
		const void *at = (const void *)&number[(size_t)i * STRIDE];

		number[(size_t)i * STRIDE] = i + 1;
		pmem2_get_flush_fn(map)(at, sizeof(long));
		if (strcmp(how, "early") == 0)
			acknowledge(i + 1);
		pmem2_get_drain_fn(map)();
		if (strcmp(how, "right") == 0)
			acknowledge(i + 1);
		if (strcmp(how, "late") == 0 && i > 0)
			acknowledge(i);
		for (int k = 0; strcmp(how, "many") == 0 && k < MANY; k++)
			acknowledge(i + 1);
		if (strcmp(how, "buffered") == 0)
			printf("ack %d\n", i + 1);
	}
	return 0;
}

static int check(const char *path, const char *acknowledgements)
{
	FILE *acks = fopen(acknowledgements, "r"), *data = fopen(path, "r");
	long number[SIZE / sizeof(long)] = {0};
	int last = 0;

	if (acks == NULL || data == NULL || fread(number, 1, SIZE, data) != SIZE)
		return 2;
	while (fscanf(acks, "ack %d\n", &last) == 1)
		;
	for (int i = 0; i < last; i++)
		if (number[(size_t)i * STRIDE] != i + 1) {
			printf("%d is acknowledged, and %d is not there\n", last, i + 1);
			return 1;
		}
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 4)
		return 2;
	if (strcmp(argv[2], "check") == 0)
		return check(argv[1], argv[3]);
	is_socket = argc > 4 && sscanf(argv[4], "socket:%d", &out) == 1;
	if (argc > 4 && !is_socket)
		out = strspn(argv[4], "0123456789") > 0
		              ? atoi(argv[4])
		              : open(argv[4], O_WRONLY | O_CREAT | O_APPEND, 0600);
	return put(argv[1], argv[3]);
}
