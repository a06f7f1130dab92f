/* SPDX-License-Identifier: BSD-3-Clause */
/* ops.c -- operations that the program reads line by line. */
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/hash.h"
#include "common/say.h"

enum {
	LONGEST = 4096, /* bytes of an operation: what one write(2) to a pipe keeps together */
	MOST = 256,     /* operations: what a pipe holds without privileges */
};

/* ---- the file ---- */

static int split(struct ops *ops, const char *file, size_t size)
{
	size_t begin = 0;

	for (size_t i = 0; i < size; i++)
		ops->count += ops->text[i] == '\n';
	if (ops->count == 0 || ops->text[size - 1] != '\n')
		return say_failed("%s: operations are lines; the last one has no end", file);
	if (ops->count > MOST)
		return say_failed("%s: %zu operations; --ops takes up to %d", file, ops->count,
			MOST);
	ops->end = calloc(ops->count, sizeof(*ops->end));
	ops->state = calloc(ops->count + 1, sizeof(*ops->state));
	if (ops->end == NULL || ops->state == NULL)
		return say_failed("no memory");
	for (size_t i = 0, n = 0; i < size; i++) {
		if (ops->text[i] != '\n')
			continue;
		ops->end[n++] = i + 1;
		if (i + 1 - begin > LONGEST)
			return say_failed("%s: operation %zu has more than %d bytes", file, n,
				LONGEST);
		begin = i + 1;
	}
	return 0;
}

int ops_read(struct ops *ops, const char *file)
{
	FILE *in = fopen(file, "re");
	size_t room = 0;
	ssize_t size;

	*ops = (struct ops){0};
	if (in == NULL)
		return say_failed("%s: %s", file, strerror(errno));
	size = getdelim(&ops->text, &room, '\0', in);
	fclose(in);
	return size > 0 ? split(ops, file, (size_t)size) : say_failed("%s: no operations", file);
}

void ops_free(struct ops *ops)
{
	free(ops->text);
	free(ops->end);
	free(ops->state);
	*ops = (struct ops){0};
}

/* ---- the pipe ---- */

int ops_pipe(const struct ops *ops, size_t count)
{
	int fd[2];
	size_t begin = 0;

	if (pipe2(fd, O_DIRECT | O_NONBLOCK | O_CLOEXEC) != 0) {
		say_failed("--ops: no pipe: %s", strerror(errno));
		return -1;
	}
	fcntl(fd[1], F_SETPIPE_SZ, MOST * LONGEST);
	for (size_t i = 0; i < count; i++) {
		if (write(fd[1], ops->text + begin, ops->end[i] - begin) < 0) {
			say_failed("--ops: a pipe holds only the first %zu operations: %s", i,
				strerror(errno));
			close(fd[0]);
			fd[0] = -1;
			break;
		}
		begin = ops->end[i];
	}
	close(fd[1]);
	if (fd[0] >= 0)
		fcntl(fd[0], F_SETFL, fcntl(fd[0], F_GETFL) & ~O_NONBLOCK);
	return fd[0];
}

/* ---- states ---- */

size_t ops_done(const struct ops *ops, uint64_t left)
{
	uint64_t size = ops->end[ops->count - 1];
	size_t done = 0;

	while (left > 0 && done < ops->count && ops->end[done] + left - 1 <= size)
		done++;
	return done;
}

uint64_t ops_hash(const char *text, size_t size)
{
	uint64_t h = hash_bytes(HASH_BEGIN + size, text, size);

	return h ^ h >> 32;
}

bool ops_is_right(const struct ops *ops, size_t done, bool ended, uint64_t state)
{
	if (state == ops->state[done])
		return true;
	if (ended)
		return false;
	return done > 0 ? state == ops->state[done - 1] : ops->has_before && state == ops->before;
}

long ops_find(const struct ops *ops, uint64_t state)
{
	for (size_t i = 0; i <= ops->count; i++)
		if (ops->state[i] == state)
			return (long)i;
	return -1;
}
