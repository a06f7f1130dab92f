/* SPDX-License-Identifier: BSD-3-Clause */
/* module.c -- loads a plug-in of the library from its directory. */
#include "module.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_config.h"
#include "elf_file.h"

const char *pmem2_module_dir(void)
{
	const char *directory = secure_getenv("PMEM2_BACKEND_DIR");

	return directory != NULL ? directory : PMEM2_MODULE_DIR;
}

#if PMEM2_MODULES

/* What is wrong with a part of the path, the last one of which is the file; or NULL. */
static const char *objection(int fd, bool last)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (S_ISLNK(st.st_mode))
		return "it is a symbolic link";
	if (last && !S_ISREG(st.st_mode))
		return "it is no regular file";
	if (!last && !S_ISDIR(st.st_mode))
		return "it is no directory";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "its owner is neither root nor the effective user";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "its group, or everybody, may write to it";

	return NULL;
}

/* Opens the next part of a path, of that length, in the directory that is open, and closes that. */
static int descend(int directory, const char *part, size_t length)
{
	char name[NAME_MAX + 1];
	int fd = -1;

	if (length < sizeof(name)) {
		memcpy(name, part, length);
		name[length] = '\0';
		fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	} else {
		errno = ENAMETOOLONG;
	}

	int error = errno;
	close(directory);
	errno = error;
	return fd;
}

int pmem2_module_open_trusted(const char *path, char *why, size_t size)
{
	const char *end = path; /* of the part that is open */
	int fd = open("/", O_PATH | O_CLOEXEC);

	for (;;) {
		int shown = end == path ? 1 : (int)(end - path);
		const char *rest = end + strspn(end, "/");
		bool last = *rest == '\0';

		if (fd < 0) {
			snprintf(why, size, "%.*s: %s", shown, path, strerror(errno));
			return -1;
		}
		const char *wrong = objection(fd, last);
		if (wrong != NULL) {
			snprintf(why, size, "%.*s is not to be trusted: %s", shown, path, wrong);
			close(fd);
			return -1;
		}
		if (last)
			return fd;

		end = rest + strcspn(rest, "/");
		fd = descend(fd, rest, (size_t)(end - rest));
	}
}

void *pmem2_module_load_open(int fd)
{
	static const char slashes[] = "////////////////////////////////";
	static atomic_uint loaded;
	char name[sizeof(slashes) + 32];

	/*
	 * ld.so takes a library of the same name for one that it has, and descriptors come again:
	 * so each gets its own spelling. A number that two threads take at once is harmless, since
	 * their descriptors differ.
	 */
	unsigned number = atomic_load(&loaded);
	if (number >= sizeof(slashes))
		return NULL;
	snprintf(name, sizeof(name), "/proc/self/%.*sfd/%d", (int)number, slashes, fd);

	void *module = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (module != NULL)
		atomic_fetch_add(&loaded, 1);

	return module;
}

static const char *load_error(void)
{
	const char *error = dlerror();

	return error != NULL ? error : "too many modules";
}

static void *load_trusted(const char *path, char *why, size_t size)
{
	int fd = pmem2_module_open_trusted(path, why, size);
	if (fd < 0)
		return NULL;

	char opened[32];
	snprintf(opened, sizeof(opened), "/proc/self/fd/%d", fd);

	const char *wrong = pmem2_elf_file_objection(opened);
	void *module = wrong == NULL ? pmem2_module_load_open(fd) : NULL;
	if (module == NULL)
		snprintf(why, size, "%s: %s", path, wrong != NULL ? wrong : load_error());
	close(fd);

	return module;
}

static void *load(const char *path, char *why, size_t size)
{
	struct stat st;

	if (getauxval(AT_SECURE) != 0)
		return load_trusted(path, why, size);

	if (stat(path, &st) != 0) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) { /* a pipe would keep dlopen waiting */
		snprintf(why, size, "%s is no regular file", path);
		return NULL;
	}
	const char *wrong = pmem2_elf_file_objection(path);
	if (wrong != NULL) {
		snprintf(why, size, "%s: %s", path, wrong);
		return NULL;
	}

	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		snprintf(why, size, "%s", load_error());

	return module;
}

const void *pmem2_module_symbol(const char *name, const char *symbol, char *why, size_t size)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s.so", pmem2_module_dir(), name) >=
		(int)sizeof(path)) {
		snprintf(why, size, "the path of %.64s.so is longer than %zu bytes", name,
			sizeof(path) - 1);
		return NULL;
	}

	void *module = load(path, why, size);
	if (module == NULL)
		return NULL;

	const void *address = dlsym(module, symbol);
	if (address == NULL) {
		snprintf(why, size, "%s has no symbol %s: it was built for another version", path,
			symbol);
		dlclose(module);
	}

	return address;
}

void pmem2_module_list(void (*see)(void *arg, const char *name), void *arg)
{
	DIR *directory = opendir(pmem2_module_dir());

	if (directory == NULL)
		return;

	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		char *end = strrchr(entry->d_name, '.');

		if (end == NULL || strcmp(end, ".so") != 0)
			continue;
		*end = '\0';
		see(arg, entry->d_name);
	}
	closedir(directory);
}

#else

const void *pmem2_module_symbol(const char *name, const char *symbol, char *why, size_t size)
{
	(void)symbol;
	snprintf(why, size, "%s is not built in, and this libpmem2 was built to load nothing",
		name);
	return NULL;
}

void pmem2_module_list(void (*see)(void *arg, const char *name), void *arg)
{
	(void)see;
	(void)arg;
}

#endif
