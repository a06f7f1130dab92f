/* SPDX-License-Identifier: BSD-3-Clause */
/* source.c -- what a mapping is made of. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error.h"
#include "small_file.h"
#include "sysfs.h"

size_t pmem2_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static bool is_devdax(dev_t device)
{
	char link[PATH_MAX];

	pmem2_sysfs_path(link, PMEM2_SYSFS_CHAR, device, "subsystem");
	return pmem2_sysfs_links_to(link, "dax");
}

/*
 * Whether the file is on the realtime device of an xfs: st_dev is the other device then, and
 * nothing names this one.
 */
static bool is_realtime(int fd)
{
	struct statfs fs;
	struct fsxattr attributes;

	if (fstatfs(fd, &fs) != 0 || (unsigned)fs.f_type != XFS_SUPER_MAGIC)
		return false;

	/* not to know is as bad: what st_dev's region promises would not hold */
	return ioctl(fd, FS_IOC_FSGETXATTR, &attributes) != 0 ||
	       (attributes.fsx_xflags & FS_XFLAG_REALTIME) != 0;
}

dev_t pmem2_source_device(const struct pmem2_source *src)
{
	bool nameless = src->type == PMEM2_SOURCE_FILE && is_realtime(src->fd);

	return nameless ? 0 : src->device;
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFBLK:
		return "a block device";
	case S_IFIFO:
		return "a pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "of no type that holds data";
	}
}

/*
 * A file of hugetlbfs, or a memfd with MFD_HUGETLB, is mapped and unmapped in its own pages alone. Their
 * size is the file's block size too: other files are not asked a second time.
 */
static int find_unit(struct pmem2_source *src, const struct stat *st)
{
	struct statfs fs;

	if ((size_t)st->st_blksize <= pmem2_page_size())
		return 0;
	if (fstatfs(src->fd, &fs) != 0)
		return pmem2_err_sys("fstatfs");
	if ((unsigned)fs.f_type == HUGETLBFS_MAGIC)
		src->unit = (size_t)fs.f_bsize;

	return 0;
}

static int classify(struct pmem2_source *src, const struct stat *st)
{
	if (S_ISREG(st->st_mode)) {
		src->type = PMEM2_SOURCE_FILE;
		src->device = st->st_dev;
		src->inode = st->st_ino;
		return find_unit(src, st);
	}

	if (!S_ISCHR(st->st_mode))
		return pmem2_err(PMEM2_E_INVALID_FILE_TYPE,
			"fd %d is %s: a source is a regular file, or a Device DAX", src->fd,
			type_name(st->st_mode));

	if (!is_devdax(st->st_rdev))
		return pmem2_err(PMEM2_E_INVALID_FILE_TYPE,
			"the character device is no Device DAX (its subsystem in sysfs is not dax)");

	src->type = PMEM2_SOURCE_DEVDAX;
	src->device = st->st_rdev;
	return 0;
}

int pmem2_source_init(struct pmem2_source *src, int fd)
{
	if (fd < 0)
		return pmem2_err(PMEM2_E_INVALID_FILE_HANDLE,
			"fd %d is negative: what open(2) returns when it fails; its errno says why",
			fd);

	int flags = fcntl(fd, F_GETFL);
	if (flags < 0) {
		int ret = pmem2_err_sys("fcntl");
		return ret == -EBADF ? PMEM2_E_INVALID_FILE_HANDLE : ret;
	}
	if ((flags & O_ACCMODE) == O_WRONLY)
		return pmem2_err(PMEM2_E_INVALID_FILE_HANDLE,
			"fd %d is open with O_WRONLY, and a mapping has to read: open it with "
			"O_RDWR",
			fd);

	struct stat st;
	if (fstat(fd, &st) != 0)
		return pmem2_err_sys("fstat");

	*src = (struct pmem2_source){.fd = fd};
	return classify(src, &st);
}

int pmem2_source_from_fd(struct pmem2_source **src, int fd)
{
	struct pmem2_source source;

	*src = NULL;

	int ret = pmem2_source_init(&source, fd);
	if (ret != 0)
		return ret;

	struct pmem2_source *made = malloc(sizeof(*made));
	if (made == NULL)
		return pmem2_err_memory("malloc");

	*made = source;
	*src = made;
	return 0;
}

int pmem2_source_from_anon(struct pmem2_source **src, size_t size)
{
	*src = NULL;

	struct pmem2_source *made = malloc(sizeof(*made));
	if (made == NULL)
		return pmem2_err_memory("malloc");

	*made = (struct pmem2_source){.type = PMEM2_SOURCE_ANON, .fd = -1, .size = size};
	*src = made;
	return 0;
}

int pmem2_source_delete(struct pmem2_source **src)
{
	free(*src);
	*src = NULL;
	return 0;
}

int pmem2_source_get_fd(const struct pmem2_source *src, int *fd)
{
	if (src->type == PMEM2_SOURCE_ANON)
		return pmem2_err(PMEM2_E_FILE_DESCRIPTOR_NOT_SET,
			"the source is anonymous memory, which has no file descriptor");

	*fd = src->fd;
	return 0;
}

static int devdax_size(dev_t device, size_t *size)
{
	char path[PATH_MAX];
	uint64_t bytes;

	pmem2_sysfs_path(path, PMEM2_SYSFS_CHAR, device, "size");
	int ret = pmem2_small_file_read_u64(path, &bytes);
	if (ret == -EINVAL || ret == -E2BIG)
		return pmem2_err(PMEM2_E_INVALID_SIZE_FORMAT, "%s holds no size in bytes", path);
	if (ret != 0) {
		errno = -ret;
		return pmem2_err_sys("read %s", path);
	}

	*size = bytes;
	return 0;
}

int pmem2_source_size(const struct pmem2_source *src, size_t *size)
{
	if (src->type == PMEM2_SOURCE_ANON) {
		*size = src->size;
		return 0;
	}

	/* asked for devices too: a descriptor closed since must show */
	struct stat st;
	if (fstat(src->fd, &st) != 0) {
		int ret = pmem2_err_sys("fstat");
		return ret == -EBADF ? PMEM2_E_INVALID_FILE_HANDLE : ret;
	}

	if (src->type == PMEM2_SOURCE_DEVDAX)
		return devdax_size(src->device, size);

	*size = (size_t)st.st_size;
	return 0;
}

static int devdax_alignment(dev_t device, size_t *alignment)
{
	/* the second one: kernels before 5.1, where the character device is a child */
	static const char *const attributes[] = {"align", "device/align"};
	char path[PATH_MAX];
	uint64_t bytes = 0;
	int ret = -ENOENT;

	for (size_t i = 0; i < 2 && ret == -ENOENT; i++) {
		pmem2_sysfs_path(path, PMEM2_SYSFS_CHAR, device, attributes[i]);
		ret = pmem2_small_file_read_u64(path, &bytes);
	}
	if (ret == -EINVAL || ret == -E2BIG)
		return pmem2_err(PMEM2_E_INVALID_ALIGNMENT_FORMAT, "%s holds no alignment in bytes",
			path);
	if (ret != 0) {
		errno = -ret;
		return pmem2_err_sys("read %s", path);
	}
	if (bytes == 0 || (bytes & (bytes - 1)) != 0)
		return pmem2_err(PMEM2_E_INVALID_ALIGNMENT_VALUE,
			"%s holds %ju, which is not a power of two", path, (uintmax_t)bytes);

	*alignment = bytes;
	return 0;
}

int pmem2_source_alignment(const struct pmem2_source *src, size_t *alignment)
{
	if (src->type == PMEM2_SOURCE_DEVDAX)
		return devdax_alignment(src->device, alignment);

	*alignment = src->unit != 0 ? src->unit : pmem2_page_size();
	return 0;
}
