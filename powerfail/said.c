/* SPDX-License-Identifier: BSD-3-Clause */
/* said.c -- what a program has written to a file, at each moment of the trace. */
#include "powerfail/said.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "powerfail/trace_write.h"

enum { PIECE = 64 << 10 }; /* bytes of one record, at most */

/* Records the bytes from said->size on, up to size; false: no more of them can be. */
static bool record_piece(struct pf_said *said, struct pf_trace *trace, int fd, uint64_t size)
{
	size_t want = size - said->size < PIECE ? (size_t)(size - said->size) : PIECE;
	struct pf_record_said *r = pmem2_pf_trace_reserve(trace, sizeof(*r) + want);
	ssize_t n = 0;

	if (r == NULL)
		return false;
	if (want > 0)
		n = pread(fd, r->bytes, want, (off_t)said->size);
	if (n < 0 || (n == 0 && want > 0))
		return false;
	r->offset = said->size;
	r->length = (uint64_t)n;
	pmem2_pf_trace_commit(trace, r, PF_RECORD_SAID, sizeof(*r) + (size_t)n);
	said->size += (uint64_t)n;
	return true;
}

static void begin_again(struct pf_said *said, struct pf_trace *trace)
{
	said->size = 0;
	record_piece(said, trace, -1, 0);
}

static void note_output(struct pf_said *said, struct pf_trace *trace)
{
	struct stat st;
	uint64_t size;

	size = stat(said->path, &st) == 0 ? (uint64_t)st.st_size : 0;
	if (size != said->size) {
		int fd = open(said->path, O_RDONLY | O_CLOEXEC);
		if (size < said->size) /* it was cut off, and may hold something else */
			begin_again(said, trace);
		while (fd >= 0 && said->size < size && record_piece(said, trace, fd, size))
			;
		if (fd >= 0)
			close(fd);
	}
}

void pmem2_pf_said_take(int from, const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	char bytes[4096];
	ssize_t n;

	if (fd < 0)
		return;
	flock(fd, LOCK_EX); /* what another process has taken is there when it gives this back */
	while ((n = recv(from, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		if (write(fd, bytes, (size_t)n) != n)
			break;
	close(fd);
}

static void note_input(struct pf_said *said, struct pf_trace *trace)
{
	struct pf_record_left *r;
	int left;

	if (ioctl(STDIN_FILENO, FIONREAD, &left) != 0 || (uint64_t)left + 1 == said->left)
		return;
	r = pmem2_pf_trace_reserve(trace, sizeof(*r));
	if (r == NULL)
		return;
	r->left = (uint64_t)left;
	pmem2_pf_trace_commit(trace, r, PF_RECORD_LEFT, sizeof(*r));
	said->left = (uint64_t)left + 1;
}

void pmem2_pf_said_note(struct pf_said *said, struct pf_trace *trace)
{
	int saved = errno;

	if (!trace->on)
		return;
	if (said->input)
		note_input(said, trace);
	if (said->path != NULL && said->socket != 0)
		pmem2_pf_said_take(said->socket, said->path);
	if (said->path != NULL)
		note_output(said, trace);
	errno = saved;
}
