/* SPDX-License-Identifier: BSD-3-Clause */
/* holes.c -- which parts of a file are holes. */
#include "holes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "powerfail/medium.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

static bool is_of(const struct pf_medium *medium, int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_dev == medium->identity.device && st.st_ino == medium->identity.inode;
}

/* A descriptor of its own: one that is shared with the program's would keep its flock(2). */
static bool open_path(struct pf_medium *medium, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (is_of(medium, fd)) {
		medium->fd = fd;
		return true;
	}
	if (fd >= 0)
		close(fd);
	return false;
}

/* By its name. To open and close another file of that name would not be without effect. */
static bool open_again(struct pf_medium *medium)
{
	struct stat st;

	medium->fd = -1;
	return stat(medium->path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_dev == medium->identity.device && st.st_ino == medium->identity.inode &&
	       open_path(medium, medium->path);
}

void pmem2_pf_holes_open(struct pf_medium *medium, int fd)
{
	char path[64];

	if (is_of(medium, medium->fd))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!is_of(medium, fd) || !open_path(medium, path))
		open_again(medium);
}

/* To close any descriptor of a file lets go of the process's record locks on it: it is kept then. */
void pmem2_pf_holes_close(struct pf_medium *medium)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (is_of(medium, medium->fd) && fcntl(medium->fd, F_OFD_GETLK, &lock) == 0 &&
		lock.l_type == F_UNLCK) {
		close(medium->fd);
		medium->fd = -1;
	}
}

/* Those that tell a page for data as soon as it is written to in memory. */
static bool is_exact(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	return fs.f_type == TMPFS_MAGIC || fs.f_type == EXT4_SUPER_MAGIC ||
	       fs.f_type == XFS_SUPER_MAGIC || fs.f_type == BTRFS_SUPER_MAGIC;
}

enum pf_holes pmem2_pf_holes_kind(struct pf_medium *medium, size_t *size)
{
	struct stat st;

	*size = 0;
	if (!is_of(medium, medium->fd) && !open_again(medium))
		return PF_HOLES_UNKNOWN;
	if (fstat(medium->fd, &st) == 0)
		*size = (size_t)st.st_size;
	return is_exact(medium->fd) ? PF_HOLES_EXACT : PF_HOLES_STORED;
}

size_t pmem2_pf_holes_data(const struct pf_medium *medium, size_t at, size_t end)
{
	off_t data;

	if (at >= end)
		return end;
	data = lseek(medium->fd, (off_t)at, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? end : at; /* all is data if it cannot be told */
	at = (size_t)data / PF_PAGE * PF_PAGE;
	return at < end ? at : end;
}
