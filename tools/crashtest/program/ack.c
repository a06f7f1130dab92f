/* SPDX-License-Identifier: BSD-3-Clause */
/* ack.c -- what the program acknowledges. */
#include "ack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/say.h"
#include "powerfail/said.h"
#include "powerfail/trace_read.h"

enum { MOST_DESCRIPTOR = 1023, HIGH = 900 };

static const char socket_word[] = "socket:";

/* ---- before the program ---- */

/* The number of the descriptor; -1: it is none; 0: the program cannot write there. */
static int descriptor_of(const char *where)
{
	char *end;
	long fd = strtol(where, &end, 10);

	if (strcmp(where, "stdout") == 0)
		return STDOUT_FILENO;
	if (where[0] < '0' || where[0] > '9' || *end != '\0')
		return -1;
	return fd <= MOST_DESCRIPTOR ? (int)fd : 0;
}

static int watch_file(struct ack *ack, const char *path)
{
	char cwd[PATH_MAX] = "";
	int n;

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		return say_failed("--ack: %s", strerror(errno));
	n = snprintf(ack->path, sizeof(ack->path), "%s%s%s", cwd, cwd[0] != '\0' ? "/" : "", path);
	return n < (int)sizeof(ack->path) ? 0 : say_failed("--ack: the path is too long: %s", path);
}

int ack_begin(struct ack *ack, const char *where, const char *directory)
{
	size_t word = sizeof(socket_word) - 1;
	bool is_socket = where != NULL && strncmp(where, socket_word, word) == 0;
	int fd;

	*ack = (struct ack){.fd = -1, .socket = {-1, -1}};
	if (where == NULL)
		return 0;
	where += is_socket ? word : 0;
	ack->fd = descriptor_of(where);
	if (ack->fd < 0 && is_socket)
		ack->fd = 0;
	if (ack->fd < 0)
		return watch_file(ack, where);
	if (ack->fd == 0)
		return say_failed(
			"--ack: a descriptor is from 1 to %d, not %s; a file of that name is ./%s",
			MOST_DESCRIPTOR, where, where);
	snprintf(ack->path, sizeof(ack->path), "%.4000s/said", directory);
	fd = open(ack->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return say_failed("%s: %s", ack->path, strerror(errno));
	close(fd);
	if (is_socket && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ack->socket) != 0)
		return say_failed("--ack: no socket pair can be made: %s", strerror(errno));
	return 0;
}

/* The recorder gets the other end, at a number that programs do not use by themselves. */
static void give_socket(const struct ack *ack, bool exact)
{
	int end = fcntl(ack->socket[1], F_DUPFD, ack->fd < HIGH ? HIGH : 3);
	char number[16];

	if (end < 0)
		end = fcntl(ack->socket[1], F_DUPFD, ack->fd + 1);
	snprintf(number, sizeof(number), "%d", end);
	setenv(exact ? "PMEM2_EXACT_ACK_SOCKET" : "PMEM2_POWERFAIL_ACK_SOCKET", number, 1);
	if (ack->socket[0] == ack->fd)
		fcntl(ack->fd, F_SETFD, 0);
	else
		dup2(ack->socket[0], ack->fd);
}

void ack_child(const struct ack *ack, bool exact)
{
	int fd;

	if (ack->path[0] == '\0')
		return;
	setenv(exact ? "PMEM2_EXACT_ACK" : "PMEM2_POWERFAIL_ACK", ack->path, 1);
	if (ack->fd < 0)
		return;
	if (ack->socket[0] >= 0) {
		give_socket(ack, exact);
		return;
	}
	fd = open(ack->path, O_WRONLY | O_APPEND);
	if (fd >= 0 && fd != ack->fd) {
		dup2(fd, ack->fd);
		close(fd);
	}
}

/* ---- after it ---- */

/* How much of the file the trace has, and where the trace ends; false: it is damaged, or could not go on. */
static bool find_end(const char *trace, uint64_t *known, size_t *end)
{
	const struct pf_record *record;
	struct pf_reader reader;
	bool whole = true;

	*known = 0;
	if (pmem2_pf_reader_open(&reader, trace) != 0)
		return false;
	while ((record = pmem2_pf_reader_next(&reader)) != NULL) {
		const struct pf_record_said *s = (const struct pf_record_said *)record;

		if (pmem2_pf_record_kind(record) == PF_RECORD_SAID)
			*known = s->offset + s->length;
		whole = pmem2_pf_record_kind(record) != PF_RECORD_BROKEN;
	}
	*end = reader.at;
	whole = whole && reader.error[0] == '\0';
	pmem2_pf_reader_close(&reader);
	return whole;
}

/* What follows is 0: the end. */
static struct pf_record_said *make_record(uint64_t offset, size_t length, size_t *size)
{
	size_t whole = (sizeof(struct pf_record_said) + length + 7) / 8 * 8;
	struct pf_record_said *r = calloc(1, whole + sizeof(struct pf_record));

	*size = whole + sizeof(struct pf_record);
	if (r != NULL) {
		r->record.head = whole | (uint64_t)PF_RECORD_SAID << 56;
		r->offset = offset;
		r->length = length;
	}
	return r;
}

static int append(const struct ack *ack, const char *trace, uint64_t known, size_t end)
{
	int in = open(ack->path, O_RDONLY | O_CLOEXEC), out = -1, ret = 0;
	struct pf_record_said *r = NULL;
	struct stat st = {0};
	size_t size;

	if (in >= 0 && fstat(in, &st) == 0 && (uint64_t)st.st_size > known) {
		size_t length = (size_t)st.st_size - known;

		r = make_record(known, length, &size);
		out = open(trace, O_WRONLY | O_CLOEXEC);
		if (r == NULL || out < 0 ||
			pread(in, r->bytes, length, (off_t)known) != (ssize_t)length ||
			pwrite(out, r, size, (off_t)end) != (ssize_t)size)
			ret = say_failed("%s: what the program wrote at its end cannot be added",
				trace);
	}
	free(r);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return ret;
}

void ack_take(const struct ack *ack)
{
	if (ack->path[0] != '\0' && ack->socket[1] >= 0)
		pmem2_pf_said_take(ack->socket[1], ack->path);
}

int ack_end(const struct ack *ack, const char *trace)
{
	struct stat st;
	uint64_t known;
	size_t end;

	ack_take(ack);
	if (ack->path[0] == '\0' || !find_end(trace, &known, &end))
		return 0; /* what is wrong with a trace is said by who reads it */
	if (stat(ack->path, &st) != 0 || st.st_size == 0)
		return say_failed("--ack: the program wrote nothing to %s; it has to write each "
				  "acknowledgement at once, not into a buffer",
			ack->fd < 0 ? ack->path : "that descriptor");
	return append(ack, trace, known, end);
}

void ack_finish(const struct ack *ack)
{
	for (int i = 0; i < 2 && ack->path[0] != '\0'; i++)
		if (ack->socket[i] >= 0)
			close(ack->socket[i]);
	if (ack->fd >= 0)
		unlink(ack->path);
}
