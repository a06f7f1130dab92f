/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inject.c -- the functions of libc that the library calls, each of which can be told to fail.
 *
 * The linker's --wrap sends the library's calls of f to __wrap_f and ours of __real_f to libc.
 * meson.build lists the same names; 64 is glibc's suffix for the calls that take a 64-bit offset.
 */
#include "inject.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool armed;
static size_t countdown;
static size_t wanted;
static const char *failed;
static int injected;
static long live;

void inject_arm(size_t nth, size_t choice)
{
	countdown = nth;
	wanted = choice;
	failed = NULL;
	injected = 0;
	armed = true;
}

const char *inject_disarm(void)
{
	armed = false;
	return failed;
}

int inject_errno(void)
{
	return injected;
}

long inject_live_blocks(void)
{
	return live;
}

/* Whether this call is the one; sets errno then. errors: 0 ends. */
static bool hit(const char *function, const int *errors)
{
	if (!armed || countdown-- > 0)
		return false;

	armed = false;
	failed = function;
	for (size_t i = 0; errors[i] != 0; i++)
		if (i == wanted)
			injected = errors[i];
	errno = injected != 0 ? injected : errno;
	return injected != 0;
}

bool inject_fails(const char *function, const int *errors)
{
	return hit(function, errors);
}

#define EXPORTED    __attribute__((__visibility__("default")))
#define ERRORS(...) ((const int[]){__VA_ARGS__, 0})

/* One that returns -1 and takes what it is given. */
#define WRAP(type, function, bad, errors, parameters, arguments) \
	type __real_##function parameters; \
	type __wrap_##function parameters; \
	type __wrap_##function parameters \
	{ \
		return hit(#function, errors) ? bad : __real_##function arguments; \
	}

WRAP(int, munmap, -1, ERRORS(EINVAL, ENOMEM), (void *a, size_t n), (a, n))
WRAP(int, msync, -1, ERRORS(EIO, ENOSPC, EDQUOT, EROFS, ENOMEM, EINVAL, EINTR),
	(void *a, size_t n, int f), (a, n, f))
WRAP(void *, mmap64, MAP_FAILED, ERRORS(ENOMEM, EACCES, EAGAIN, ENFILE, EPERM, EEXIST, EOPNOTSUPP),
	(void *a, size_t n, int p, int f, int fd, off_t o), (a, n, p, f, fd, o))
EXPORTED ssize_t __wrap_read(int fd, void *b, size_t n);
WRAP(ssize_t, read, -1, ERRORS(EIO, EINTR), (int fd, void *b, size_t n), (fd, b, n))
WRAP(ssize_t, write, -1, ERRORS(EIO, EBUSY), (int fd, const void *b, size_t n), (fd, b, n))
WRAP(ssize_t, pread64, -1, ERRORS(EIO, EINTR, EAGAIN), (int fd, void *b, size_t n, off_t o),
	(fd, b, n, o))
WRAP(ssize_t, pwrite64, -1, ERRORS(EIO, EINTR, ENOSPC), (int fd, const void *b, size_t n, off_t o),
	(fd, b, n, o))
WRAP(int, fstat64, -1, ERRORS(EBADF, EIO, EOVERFLOW), (int fd, struct stat *s), (fd, s))
WRAP(int, fallocate64, -1, ERRORS(ENOSPC, EOPNOTSUPP, EIO), (int fd, int m, off_t o, off_t n),
	(fd, m, o, n))
WRAP(ssize_t, readlink, -1, ERRORS(EACCES, ENOENT), (const char *p, char *b, size_t n), (p, b, n))
WRAP(DIR *, opendir, NULL, ERRORS(EACCES, ENOENT, EMFILE, ENOMEM), (const char *p), (p))
WRAP(int, fstatfs64, -1, ERRORS(EIO, ENOSYS), (int fd, struct statfs *s), (fd, s))
WRAP(int, stat64, -1, ERRORS(EACCES, ENOENT, ELOOP), (const char *p, struct stat *s), (p, s))
WRAP(int, statx, -1, ERRORS(EIO, ENOSYS),
	(int fd, const char *p, int f, unsigned m, struct statx *s), (fd, p, f, m, s))
WRAP(ssize_t, pwritev64v2, -1, ERRORS(EIO, EINTR, EOPNOTSUPP),
	(int fd, const struct iovec *v, int n, off_t o, int f), (fd, v, n, o, f))
WRAP(void *, dlopen, NULL, ERRORS(ENOENT), (const char *p, int f), (p, f))
WRAP(void *, dlsym, NULL, ERRORS(ENOENT), (void *h, const char *s), (h, s))

void *__real_mremap(void *from, size_t length, size_t size, int flags, ...);
void *__wrap_mremap(void *from, size_t length, size_t size, int flags, void *to);
void *__wrap_mremap(void *from, size_t length, size_t size, int flags, void *to)
{
	return hit("mremap", ERRORS(ENOMEM, EAGAIN)) ? MAP_FAILED
	                                             : __real_mremap(from, length, size, flags, to);
}

int __real_open64(const char *path, int flags, ...);
EXPORTED int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
	return hit("open", ERRORS(EACCES, ENOENT, EMFILE)) ? -1 : __real_open64(path, flags);
}

/* exported, as that of read is: ndctl.so's calls come here, too */
int __real_access(const char *path, int mode);
EXPORTED int __wrap_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
	return hit("access", ERRORS(EACCES, ENOENT)) ? -1 : __real_access(path, mode);
}

int __real_fcntl64(int fd, int command, ...);
int __wrap_fcntl64(int fd, int command, ...);
int __wrap_fcntl64(int fd, int command, ...)
{
	return hit("fcntl", ERRORS(EBADF, EIO)) ? -1 : __real_fcntl64(fd, command);
}

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
	return hit("ioctl", ERRORS(EOPNOTSUPP, ENOTTY, EIO)) ? -1
	                                                     : __real_ioctl(fd, request, argument);
}

/* ---- memory, which is counted too ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);

static void *counted(void *block)
{
	live += block != NULL;
	return block;
}

char *__real_realpath(const char *path, char *resolved);
char *__wrap_realpath(const char *path, char *resolved);
char *__wrap_realpath(const char *path, char *resolved)
{
	if (hit("realpath", ERRORS(EACCES, ENOENT, ENOMEM)))
		return NULL;

	char *made = __real_realpath(path, resolved);
	return resolved == NULL ? counted(made) : made;
}

void *__wrap_malloc(size_t size)
{
	return hit("malloc", ERRORS(ENOMEM)) ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return hit("calloc", ERRORS(ENOMEM)) ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	if (hit("realloc", ERRORS(ENOMEM)))
		return NULL;

	return block != NULL ? __real_realloc(block, size) : counted(__real_realloc(block, size));
}

char *__wrap_strdup(const char *text)
{
	return hit("strdup", ERRORS(ENOMEM)) ? NULL : counted(__real_strdup(text));
}

void __wrap_free(void *block)
{
	live -= block != NULL;
	__real_free(block);
}
