/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_write.c -- writes the trace. */
#include "powerfail/trace_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "powerfail/medium.h"
#include "powerfail/snapshot.h"

enum { WINDOW = 1 << 20 }; /* bytes, more for a large record */

static size_t round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* ---- the file ---- */

/* A descriptor of the trace, or -errno. Nothing is kept open: the program may close it, or all. */
static int reopen(const struct pf_trace *trace)
{
	struct stat st;
	int fd = open(trace->path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_dev == trace->device && st.st_ino == trace->inode)
		return fd;

	close(fd);
	return -ENOENT;
}

static int make_absolute(struct pf_trace *trace, const char *path)
{
	char cwd[PATH_MAX] = "";
	int n;

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		return -errno;
	n = snprintf(trace->path, sizeof(trace->path), "%s%s%s", cwd, cwd[0] != 0 ? "/" : "", path);
	return n < (int)sizeof(trace->path) - 16 ? 0 : -ENAMETOOLONG; /* room for the PID */
}

/* Programs that start each other have the variable in common, but not the trace. */
static int create(struct pf_trace *trace, const char *path)
{
	int ret = make_absolute(trace, path);
	int fd;

	if (ret != 0)
		return ret;
	fd = open(trace->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST) {
		snprintf(trace->path + strlen(trace->path), 16, ".%d", (int)getpid());
		fd = open(trace->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	}
	return fd < 0 ? -errno : fd;
}

/* A window that begins in the page of the next record; its pages exist, so that no store can fail. */
static int move_window(struct pf_trace *trace, int fd, size_t need)
{
	size_t begin = trace->used / PF_PAGE * PF_PAGE;
	size_t room = round_up(trace->used - begin + need + PF_TRACE_END, WINDOW);
	int ret = fallocate(fd, 0, (off_t)begin, (off_t)room) == 0 ? 0 : -errno;
	void *window;

	if (ret == -EOPNOTSUPP)
		ret = ftruncate(fd, (off_t)(begin + room)) == 0 ? 0 : -errno;
	if (ret != 0)
		return ret;

	window = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)begin);
	if (window == MAP_FAILED)
		return -errno;
#ifdef MADV_POPULATE_WRITE
	madvise(window, room, MADV_POPULATE_WRITE);
#endif

	if (trace->window != NULL)
		munmap(trace->window, trace->room);
	trace->window = window;
	trace->begin = begin;
	trace->room = room;
	return 0;
}

/* What follows is missing, and nobody must take the trace for whole. */
static void give_up(struct pf_trace *trace, int error)
{
	fprintf(stderr, "libpmem2 powerfail: the trace %s ends here: %s\n", trace->path,
		strerror(-error));
	if (trace->window != NULL && trace->used + PF_TRACE_END <= trace->begin + trace->room)
		pmem2_pf_trace_commit(trace, trace->window + (trace->used - trace->begin),
			PF_RECORD_BROKEN, sizeof(struct pf_record));
	pmem2_pf_trace_abandon(trace);
}

static int write_header(struct pf_trace *trace, int fd, enum pf_recorder recorder,
	const char *program, uint32_t family)
{
	struct pf_trace_header header = {
		.magic = PF_TRACE_MAGIC,
		.version = PF_TRACE_VERSION,
		.byte_order = PF_TRACE_ORDER,
		.line_size = PF_LINE,
		.process = (uint32_t)getpid(),
		.recorder = recorder,
		.family = family,
	};
	struct stat st;

	if (program != NULL)
		snprintf(header.program, sizeof(header.program), "%s", program);
	else if (readlink("/proc/self/exe", header.program, sizeof(header.program) - 1) < 0)
		header.program[0] = '\0';
	if (fstat(fd, &st) != 0 || pwrite(fd, &header, sizeof(header), 0) != sizeof(header))
		return errno != 0 ? -errno : -EIO;

	trace->device = st.st_dev;
	trace->inode = st.st_ino;
	trace->used = PF_TRACE_START;
	return move_window(trace, fd, 0);
}

int pmem2_pf_trace_open(struct pf_trace *trace, const char *path, enum pf_recorder recorder,
	const char *program, uint32_t family)
{
	int fd, ret;

	*trace = (struct pf_trace){0};
	fd = create(trace, path);
	ret = fd;
	if (fd >= 0) {
		ret = write_header(trace, fd, recorder, program, family);
		close(fd);
	}
	if (ret < 0) {
		fprintf(stderr, "libpmem2 powerfail: cannot write the trace %s: %s\n", trace->path,
			strerror(-ret));
		pmem2_pf_trace_abandon(trace);
		return ret;
	}

	trace->on = true;
	return 0;
}

void pmem2_pf_trace_abandon(struct pf_trace *trace)
{
	if (trace->window != NULL)
		munmap(trace->window, trace->room);
	trace->window = NULL;
	trace->on = false;
}

/* ---- records ---- */

static int make_room(struct pf_trace *trace, size_t size)
{
	int fd = reopen(trace);
	int ret = fd < 0 ? fd : move_window(trace, fd, size);

	if (fd >= 0)
		close(fd);
	return ret;
}

bool pmem2_pf_trace_move(struct pf_trace *trace, size_t size)
{
	int saved = errno, ret = make_room(trace, size);

	if (ret != 0)
		give_up(trace, ret);
	errno = saved;
	return ret == 0;
}

static int write_content(const struct pf_content *content, int fd, size_t at)
{
	off_t end = (off_t)(at + round_up(content->size, PF_PAGE));
	struct stat st;

	/* the copy may end in a hole; the window, in what must not be cut off */
	if (fstat(fd, &st) != 0 || (st.st_size < end && ftruncate(fd, end) != 0))
		return -errno;

	return pmem2_pf_snapshot(content, fd, at);
}

static int append_file(struct pf_trace *trace, uint32_t file, const char *path,
	const struct pf_content *content, int *fd, size_t *at)
{
	size_t name = strlen(path) + 1;
	struct pf_record_file *r = pmem2_pf_trace_reserve(trace, sizeof(*r) + name);

	if (r == NULL)
		return -EIO;
	*at = round_up(trace->used + sizeof(*r) + name, PF_PAGE);
	*fd = reopen(trace);
	int ret = *fd < 0 ? *fd : write_content(content, *fd, *at);
	if (ret != 0) {
		if (*fd >= 0)
			close(*fd);
		give_up(trace, ret);
		return ret;
	}

	r->file = file;
	r->size = content->size;
	r->content = *at;
	memcpy(r->path, path, name);
	pmem2_pf_trace_commit(trace, r, PF_RECORD_FILE,
		*at + round_up(content->size, PF_PAGE) - trace->used);
	return 0;
}

static int copy_content(const struct pf_content *content, int *fd)
{
	int ret;

	*fd = pmem2_pf_snapshot_open();
	if (*fd < 0)
		return *fd;
	ret = ftruncate(*fd, (off_t)round_up(content->size, PF_PAGE)) == 0 ? 0 : -errno;
	if (ret == 0)
		ret = pmem2_pf_snapshot(content, *fd, 0);
	if (ret != 0)
		close(*fd);
	return ret;
}

int pmem2_pf_trace_file(struct pf_trace *trace, uint32_t file, const char *path,
	const struct pf_content *content, int *fd, size_t *at)
{
	*at = 0;
	if (!trace->on)
		return copy_content(content, fd);
	return append_file(trace, file, path, content, fd, at);
}

static bool next_known(const void *arg, size_t *begin, size_t *end)
{
	return pmem2_pf_medium_next(arg, begin, end);
}

void pmem2_pf_trace_medium(struct pf_trace *trace, const struct pf_medium *medium)
{
	const struct pf_content content = {
		.size = medium->size,
		.fd = -1,
		.memory = medium->durable,
		.next = next_known,
		.arg = medium,
		.end = medium->size,
	};
	size_t at;
	int fd;

	if (trace->on && append_file(trace, medium->id, medium->path, &content, &fd, &at) == 0)
		close(fd);
}
