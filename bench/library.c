/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads libpmem2 implementations side by side. */
#include "library.h"

#include <dirent.h>
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	size_t slot;
} symbols[] = {
	{"pmem2_source_from_fd", offsetof(struct library, source_from_fd)},
	{"pmem2_source_delete", offsetof(struct library, source_delete)},
	{"pmem2_config_new", offsetof(struct library, config_new)},
	{"pmem2_config_delete", offsetof(struct library, config_delete)},
	{"pmem2_config_set_required_store_granularity",
		offsetof(struct library, config_set_granularity)},
	{"pmem2_config_set_length", offsetof(struct library, config_set_length)},
	{"pmem2_config_set_offset", offsetof(struct library, config_set_offset)},
	{"pmem2_config_set_vm_reservation", offsetof(struct library, config_set_vm_reservation)},
	{"pmem2_vm_reservation_new", offsetof(struct library, vm_reservation_new)},
	{"pmem2_vm_reservation_delete", offsetof(struct library, vm_reservation_delete)},
	{"pmem2_vm_reservation_map_find", offsetof(struct library, vm_reservation_map_find)},
	{"pmem2_vm_reservation_map_find_next",
		offsetof(struct library, vm_reservation_map_find_next)},
	{"pmem2_map_new", offsetof(struct library, map_new)},
	{"pmem2_map_from_existing", offsetof(struct library, map_from_existing)},
	{"pmem2_map_delete", offsetof(struct library, map_delete)},
	{"pmem2_map_get_address", offsetof(struct library, map_get_address)},
	{"pmem2_get_persist_fn", offsetof(struct library, get_persist_fn)},
	{"pmem2_get_flush_fn", offsetof(struct library, get_flush_fn)},
	{"pmem2_get_drain_fn", offsetof(struct library, get_drain_fn)},
	{"pmem2_get_memmove_fn", offsetof(struct library, get_memmove_fn)},
	{"pmem2_get_memset_fn", offsetof(struct library, get_memset_fn)},
	{"pmem2_errormsg", offsetof(struct library, errormsg)},
};

static const char *const granularity_names[] = {"BYTE", "CACHE_LINE", "PAGE"};

void library_force_granularity(enum pmem2_granularity granularity)
{
	setenv("PMEM2_FORCE_GRANULARITY", granularity_names[granularity], 1);
}

void library_check(const struct library *lib, int code, const char *what)
{
	if (code != 0)
		errx(1, "%s: %s: %d: %s", lib->name, what, code, lib->errormsg());
}

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	struct stat st;

	if (in < 0 || fstat(in, &st) != 0)
		err(1, "%s", from);
	if (out < 0)
		err(1, "%s", to);
	while (st.st_size > 0) {
		ssize_t done = sendfile(out, in, NULL, (size_t)st.st_size);
		if (done <= 0)
			err(1, "copying %s to %s", from, to);
		st.st_size -= done;
	}
	close(in);
	close(out);
}

/* for each .so of from: copies it to the directory to, or removes it there */
static void each_backend(const char *from, const char *to, bool copy)
{
	DIR *dir = opendir(from);
	struct dirent *entry;

	if (dir == NULL)
		err(1, "%s", from);
	while ((entry = readdir(dir)) != NULL) {
		const char *end = strrchr(entry->d_name, '.');
		char a[PATH_MAX], b[PATH_MAX];

		if (end == NULL || strcmp(end, ".so") != 0)
			continue;
		snprintf(a, sizeof(a), "%s/%s", from, entry->d_name);
		snprintf(b, sizeof(b), "%s/%s", to, entry->d_name);
		if (copy)
			copy_file(a, b);
		else
			unlink(b);
	}
	closedir(dir);
}

static void collect_ops(struct library *lib, const struct pmem2_config *cfg,
	const struct pmem2_source *src, enum pmem2_granularity granularity)
{
	struct pmem2_map *map;

	library_force_granularity(granularity);
	library_check(lib, lib->map_new(&map, cfg, src), "pmem2_map_new");
	lib->ops[granularity] = (struct ops){
		.persist = lib->get_persist_fn(map),
		.flush = lib->get_flush_fn(map),
		.drain = lib->get_drain_fn(map),
		.memmove = lib->get_memmove_fn(map),
		.memset = lib->get_memset_fn(map),
	};
	library_check(lib, lib->map_delete(&map), "pmem2_map_delete");
}

static void first_use(struct library *lib, int fd)
{
	struct pmem2_source *src;
	struct pmem2_config *cfg;

	library_check(lib, lib->source_from_fd(&src, fd), "pmem2_source_from_fd");
	library_check(lib, lib->config_new(&cfg), "pmem2_config_new");
	library_check(lib, lib->config_set_granularity(cfg, PMEM2_GRANULARITY_PAGE),
		"pmem2_config_set_required_store_granularity");
	collect_ops(lib, cfg, src, PMEM2_GRANULARITY_BYTE);
	collect_ops(lib, cfg, src, PMEM2_GRANULARITY_PAGE);
	collect_ops(lib, cfg, src, PMEM2_GRANULARITY_CACHE_LINE);
	lib->config_delete(&cfg);
	lib->source_delete(&src);
}

static void find_symbols(struct library *lib, const char *path)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(lib->handle, symbols[i].name);

		if (symbol == NULL)
			errx(1, "%s: no %s", path, symbols[i].name);
		memcpy((char *)lib + symbols[i].slot, &symbol, sizeof(symbol));
	}
}

/*
 * PMDK 1.12 takes a thread-specific key for every map. Beyond 1024 maps there is none left; it goes on
 * with whatever number lies in the memory, and deletes the key of that number with the map. It aborts if
 * that was the one of its error messages. So the library makes its first error while the low
 * numbers are taken.
 */
static void open_with_high_key(struct library *lib, const char *path)
{
	struct pmem2_config *cfg;
	pthread_key_t low[900];
	int n = 0;

	while (n < 900 && pthread_key_create(&low[n], NULL) == 0)
		n++;
	lib->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (lib->handle == NULL)
		errx(1, "%s", dlerror());
	find_symbols(lib, path);
	library_check(lib, lib->config_new(&cfg), "pmem2_config_new");
	lib->config_set_granularity(cfg, (enum pmem2_granularity)77);
	lib->config_delete(&cfg);
	while (n > 0)
		pthread_key_delete(low[--n]);
}

static void open_library(struct library *lib, const char *path, const char *backends, int fd)
{
	if (backends != NULL)
		setenv("PMEM2_BACKEND_DIR", backends, 1);
	open_with_high_key(lib, path);
	first_use(lib, fd);
}

static void open_copy(struct library *lib, const struct library_origin *from, int fd)
{
	const char *tmp = getenv("TMPDIR");
	char dir[256], path[300];

	snprintf(dir, sizeof(dir), "%s/pmem2-bench.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL)
		err(1, "%s", dir);
	snprintf(path, sizeof(path), "%s/libpmem2.so.1", dir);
	copy_file(from->path, path);
	if (from->backends != NULL)
		each_backend(from->backends, dir, true);
	open_library(lib, path, from->backends != NULL ? dir : NULL, fd);
	if (from->backends != NULL)
		each_backend(from->backends, dir, false);
	unlink(path);
	rmdir(dir);
}

void library_load(struct library *lib, const char *name, const struct library_origin *from, int fd)
{
	const char *dir = getenv("PMEM2_BACKEND_DIR");
	char *old_dir = dir != NULL ? strdup(dir) : NULL;

	memset(lib, 0, sizeof(*lib));
	snprintf(lib->name, sizeof(lib->name), "%s", name);
	if (from->nt_evicts != NULL)
		setenv("PMEM2_NT_EVICTS", from->nt_evicts, 1);
	else
		unsetenv("PMEM2_NT_EVICTS");
	if (from->copy)
		open_copy(lib, from, fd);
	else
		open_library(lib, from->path, from->backends, fd);
	unsetenv("PMEM2_NT_EVICTS");
	if (old_dir != NULL)
		setenv("PMEM2_BACKEND_DIR", old_dir, 1);
	else
		unsetenv("PMEM2_BACKEND_DIR");
	free(old_dir);
}
