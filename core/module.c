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
#include "error.h"

const char *pmem2_module_dir(void)
{
	const char *directory = secure_getenv("PMEM2_BACKEND_DIR");

	return directory != NULL && directory[0] != '\0' ? directory : PMEM2_MODULE_DIR;
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
			int error = errno;

			snprintf(why, size, "%.*s: %s", shown, path, strerror(error));
			errno = error;
			return -1;
		}
		const char *wrong = objection(fd, last);
		if (wrong != NULL) {
			snprintf(why, size, "%.*s is not to be trusted: %s", shown, path, wrong);
			close(fd);
			errno = 0;
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

/* ---- why it could not be had ---- */

static void say(struct pmem2_module_why *why, int error, const char *path, const char *text)
{
	snprintf(why->text, sizeof(why->text), "%.384s%s%.250s", path, path[0] != '\0' ? ": " : "",
		text);
	why->passing = pmem2_err_is_passing(error) ? error : 0;
}

/* dlopen(3) tells an errno in words alone. */
static void say_load_error(struct pmem2_module_why *why, const char *path)
{
	const char *text = dlerror();
	int error = text != NULL ? pmem2_err_passing_in(text) : 0;

	if (text == NULL)
		say(why, 0, path, "too many modules");
	else
		say(why, error, strncmp(text, path, strlen(path)) == 0 ? "" : path, text);
}

/* What ld.so would not survive, and what is not of the kind, is not loaded. */
static bool is_good(const char *opened, const char *path, const struct pmem2_module_kind *kind,
	struct pmem2_module_why *why)
{
	char text[256];
	const char *wrong = pmem2_elf_file_objection(opened);

	if (wrong == NULL && !pmem2_elf_file_exports(opened, kind->symbol, kind->size, kind->name,
				     text, sizeof(text)))
		wrong = text;
	if (wrong != NULL)
		say(why, errno, path, wrong);
	return wrong == NULL;
}

static void *load_trusted(const char *path, const struct pmem2_module_kind *kind,
	struct pmem2_module_why *why)
{
	int fd = pmem2_module_open_trusted(path, why->text, sizeof(why->text));
	if (fd < 0) {
		why->passing = pmem2_err_is_passing(errno) ? errno : 0;
		return NULL;
	}

	char opened[32];
	snprintf(opened, sizeof(opened), "/proc/self/fd/%d", fd);

	void *module = NULL;
	if (is_good(opened, path, kind, why)) {
		module = pmem2_module_load_open(fd);
		if (module == NULL)
			say_load_error(why, path);
	}
	close(fd);

	return module;
}

static void *load(const char *path, const struct pmem2_module_kind *kind,
	struct pmem2_module_why *why)
{
	struct stat st;

	if (getauxval(AT_SECURE) != 0)
		return load_trusted(path, kind, why);

	if (stat(path, &st) != 0) {
		say(why, errno, path, strerror(errno));
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) { /* a pipe would keep dlopen waiting */
		snprintf(why->text, sizeof(why->text), "%.384s is no regular file", path);
		return NULL;
	}
	if (!is_good(path, path, kind, why))
		return NULL;

	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		say_load_error(why, path);

	return module;
}

const void *pmem2_module_symbol(const char *name, const struct pmem2_module_kind *kind,
	struct pmem2_module_why *why)
{
	char path[4096];

	why->passing = 0;
	if (snprintf(path, sizeof(path), "%s/%s.so", pmem2_module_dir(), name) >=
		(int)sizeof(path)) {
		snprintf(why->text, sizeof(why->text),
			"the path of %.64s.so is longer than %zu bytes", name, sizeof(path) - 1);
		return NULL;
	}

	void *module = load(path, kind, why);
	if (module == NULL)
		return NULL;

	const void *address = dlsym(module, kind->symbol);
	if (address == NULL) {
		say(why, 0, path, "ld.so does not find its symbol");
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

const void *pmem2_module_symbol(const char *name, const struct pmem2_module_kind *kind,
	struct pmem2_module_why *why)
{
	(void)kind;
	snprintf(why->text, sizeof(why->text),
		"%s is not built in, and this libpmem2 was built to load nothing", name);
	why->passing = 0;
	return NULL;
}

void pmem2_module_list(void (*see)(void *arg, const char *name), void *arg)
{
	(void)see;
	(void)arg;
}

#endif
