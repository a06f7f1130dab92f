/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuse_disk.c CONTENT DIRECTORY -- mounts a file system of one file, "file", whose content is that of CONTENT. While there
 * is a file /writes-fail, writing it is EIO. Serves in the background until it is unmounted.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ROOT = FUSE_ROOT_ID, FILE_NODE, MOST = 32 << 10, FOREVER = 1000000 };

static int device, content;

static void answer(const struct fuse_in_header *in, int error, const void *body, size_t size)
{
	struct fuse_out_header out = {
		.len = (unsigned)(sizeof(out) + size),
		.error = -error,
		.unique = in->unique,
	};
	struct iovec parts[] = {{&out, sizeof(out)}, {(void *)(size_t)body, size}};

	if (writev(device, parts, 2) < 0 && errno != ENOENT)
		err(1, "the answer to request %u", in->opcode);
}

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr attr = {.ino = node, .nlink = 1, .mode = S_IFDIR | 0755};
	struct stat status;

	if (node != FILE_NODE)
		return attr;
	if (fstat(content, &status) != 0)
		err(1, "fstat");
	attr.mode = S_IFREG | 0600;
	attr.size = (uint64_t)status.st_size;
	attr.blksize = 4096;
	return attr;
}

static void begin(const struct fuse_in_header *in)
{
	const struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = MOST,
	};

	answer(in, 0, &out, sizeof(out));
}

static void look_up(const struct fuse_in_header *in, const char *name)
{
	const struct fuse_entry_out out = {
		.nodeid = FILE_NODE,
		.entry_valid = FOREVER,
		.attr_valid = FOREVER,
		.attr = attributes(FILE_NODE),
	};

	if (strcmp(name, "file") == 0)
		answer(in, 0, &out, sizeof(out));
	else
		answer(in, ENOENT, NULL, 0);
}

static void tell_attributes(const struct fuse_in_header *in)
{
	const struct fuse_attr_out out = {.attr_valid = FOREVER, .attr = attributes(in->nodeid)};

	answer(in, 0, &out, sizeof(out));
}

static void set_attributes(const struct fuse_in_header *in, const struct fuse_setattr_in *arg)
{
	if ((arg->valid & FATTR_SIZE) != 0 && ftruncate(content, (off_t)arg->size) != 0)
		err(1, "ftruncate");
	tell_attributes(in);
}

static void read_content(const struct fuse_in_header *in, const struct fuse_read_in *arg)
{
	static char data[1 << 20];
	size_t size = arg->size < sizeof(data) ? arg->size : sizeof(data);
	ssize_t got = pread(content, data, size, (off_t)arg->offset);

	answer(in, got < 0 ? EIO : 0, data, got < 0 ? 0 : (size_t)got);
}

static void write_content(const struct fuse_in_header *in, const struct fuse_write_in *arg)
{
	struct fuse_write_out out = {.size = arg->size};

	if (access("/writes-fail", F_OK) == 0 ||
		pwrite(content, arg + 1, arg->size, (off_t)arg->offset) != (ssize_t)arg->size)
		answer(in, EIO, NULL, 0);
	else
		answer(in, 0, &out, sizeof(out));
}

static void serve(const struct fuse_in_header *in)
{
	const struct fuse_open_out opened = {.fh = 1};
	const void *arg = in + 1;

	switch (in->opcode) {
	case FUSE_INIT:
		begin(in);
		break;
	case FUSE_LOOKUP:
		look_up(in, arg);
		break;
	case FUSE_GETATTR:
		tell_attributes(in);
		break;
	case FUSE_SETATTR:
		set_attributes(in, arg);
		break;
	case FUSE_OPEN:
		answer(in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		read_content(in, arg);
		break;
	case FUSE_WRITE:
		write_content(in, arg);
		break;
	case FUSE_FSYNC:
	case FUSE_RELEASE:
		answer(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break; /* wants no answer */
	default:
		answer(in, ENOSYS, NULL, 0);
		break;
	}
}

static void mount_at(const char *directory)
{
	char options[64];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (mount("fuse_disk", directory, "fuse", 0, options) != 0)
		err(1, "mount on %s", directory);
}

int main(int argc, char *argv[])
{
	static char buffer[MOST + 4096] __attribute__((aligned(8)));

	if (argc != 3)
		errx(2, "usage: fuse_disk CONTENT DIRECTORY");
	content = open(argv[1], O_RDWR | O_CREAT, 0600);
	device = open("/dev/fuse", O_RDWR);
	if (content < 0 || device < 0)
		err(1, "open");
	mount_at(argv[2]);
	if (daemon(0, 1) != 0)
		err(1, "daemon");
	while (read(device, buffer, sizeof(buffer)) > 0)
		serve((const struct fuse_in_header *)buffer);
	return errno == ENODEV ? 0 : 1; /* unmounted */
}
