/* SPDX-License-Identifier: BSD-3-Clause */
/* backend.c -- loads the backend powerfail, and wires the functions of libpmem to it. */
#include "backend.h"

#include <dlfcn.h>
#include <libpmem2/backend.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The backend looks for this, to know that its records are those of two. */
__attribute__((visibility("default"))) extern const int pmem2_preload_recorder;
const int pmem2_preload_recorder = 1;

void pmem2_preload_refuse(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "libpmem2 preload: %s\n", text);
	_exit(PRELOAD_REFUSED);
}

/* ---- the environment ---- */

static struct preload_settings settings;

static bool names_powerfail(const char *list)
{
	static const char name[] = "powerfail";

	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ",");

		if (n == strlen(name) && strncmp(list, name, n) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

static int granularity_of(const char *name)
{
	static const char *const names[] = {"BYTE", "CACHE_LINE", "PAGE"};

	for (int i = 0; name != NULL && i < 3; i++)
		if (strcasecmp(name, names[i]) == 0)
			return i;
	return -1;
}

/* 0 or 1, as the variables of libpmem have it; -1: it is not set, or is something else. */
static int switch_of(const char *name)
{
	const char *value = secure_getenv(name);

	if (value == NULL || (strcmp(value, "0") != 0 && strcmp(value, "1") != 0))
		return -1;
	return value[0] - '0';
}

static void read_settings(void)
{
	int no_flush = switch_of("PMEM_NO_FLUSH");

	settings.on = names_powerfail(secure_getenv("PMEM2_BACKEND"));
	settings.all = switch_of("PMEM2_PRELOAD_ALL") == 1;
	settings.forced = granularity_of(secure_getenv("PMEM2_FORCE_GRANULARITY"));
	settings.is_pmem = switch_of("PMEM_IS_PMEM_FORCE");
	settings.flushes = no_flush < 0 ? -1 : !no_flush;
}

/* A sanitizer maps memory before libc has an environment. */
const struct preload_settings *pmem2_preload_settings(void)
{
	static const struct preload_settings early = {.forced = -1, .is_pmem = -1, .flushes = -1};
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (environ == NULL)
		return &early;
	pthread_once(&once, read_settings);
	return &settings;
}

/* ---- operations ---- */

static void flush_nothing(const void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
}

void pmem2_preload_require(void)
{
	if (!pmem2_preload_settings()->on)
		pmem2_preload_refuse("PMEM2_BACKEND does not name powerfail: this library is for "
				     "pmem2 crashtest alone");
}

static void plain_flush(const void *ptr, size_t size)
{
	flush_nothing(ptr, size);
	pmem2_preload_require();
}

static void plain_drain(void)
{
	pmem2_preload_require();
}

static void *plain_memmove(void *dest, const void *src, size_t size, unsigned flags)
{
	(void)flags;
	pmem2_preload_require();
	return memmove(dest, src, size);
}

static void *plain_memset(void *dest, int c, size_t size, unsigned flags)
{
	(void)flags;
	pmem2_preload_require();
	return memset(dest, c, size);
}

static const struct preload_operations plain = {
	.persist = plain_flush,
	.flush = plain_flush,
	.deep_flush = plain_flush,
	.drain = plain_drain,
	.memmove = plain_memmove,
	.memset = plain_memset,
};

const struct preload_operations *pmem2_preload_operations = &plain;

static const struct pmem2_variant *line, *byte;
static struct preload_operations followed;

/* With PMEM_NO_FLUSH=1 nothing is flushed, and the rest is as before. */
static void persist_without_flush(const void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
	line->drain();
}

static void *move_without_flush(void *dest, const void *src, size_t size, unsigned flags)
{
	line->memmove(dest, src, size, flags | PMEM2_F_MEM_NOFLUSH);
	if ((flags & (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH)) == 0)
		line->drain();
	return dest;
}

static void *set_without_flush(void *dest, int c, size_t size, unsigned flags)
{
	line->memset(dest, c, size, flags | PMEM2_F_MEM_NOFLUSH);
	if ((flags & (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH)) == 0)
		line->drain();
	return dest;
}

static struct preload_operations of_variant(const struct pmem2_variant *v)
{
	return (struct preload_operations){
		.persist = v->persist,
		.flush = v->flush,
		.deep_flush = line->flush,
		.drain = v->drain,
		.memmove = v->memmove,
		.memset = v->memset,
	};
}

static void choose_operations(void)
{
	bool eadr = settings.forced == PMEM2_GRANULARITY_BYTE;

	followed = of_variant(eadr && settings.flushes != 1 ? byte : line);
	if (settings.flushes == 0 && !eadr) {
		followed.persist = persist_without_flush;
		followed.flush = flush_nothing;
		followed.memmove = move_without_flush;
		followed.memset = set_without_flush;
	}
	__atomic_store_n(&pmem2_preload_operations, &followed, __ATOMIC_RELEASE);
}

/* ---- loading ---- */

static const struct pf_follow *follow;
static _Thread_local bool loading __attribute__((tls_model("initial-exec")));

static const struct pmem2_variant *find_variant(const struct pmem2_backend *backend,
	unsigned serves)
{
	for (const struct pmem2_variant *const *v = backend->variants; *v != NULL; v++)
		if (((*v)->serves & serves) != 0)
			return *v;
	return NULL;
}

static void load(void)
{
	const char *directory = secure_getenv("PMEM2_BACKEND_DIR");
	const struct pmem2_backend *backend;
	const struct pf_follow *found;
	char path[PATH_MAX];
	void *module;

	snprintf(path, sizeof(path), "%s/powerfail.so",
		directory != NULL ? directory : BACKEND_DIR);
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		pmem2_preload_refuse("the backend powerfail cannot be loaded: %s", dlerror());
	backend = dlsym(module, "pmem2_backend_v1");
	found = dlsym(module, PF_FOLLOW_SYMBOL);
	if (backend != NULL) {
		line = find_variant(backend, PMEM2_SERVES_CACHE_LINE);
		byte = find_variant(backend, PMEM2_SERVES_BYTE);
	}
	if (found == NULL || line == NULL || byte == NULL)
		pmem2_preload_refuse("%s is of another version than this recorder", path);
	choose_operations();
	__atomic_store_n(&follow, found, __ATOMIC_RELEASE);
}

const struct pf_follow *pmem2_preload_follow(void)
{
	return __atomic_load_n(&follow, __ATOMIC_ACQUIRE);
}

const struct pf_follow *pmem2_preload_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (loading || !pmem2_preload_settings()->on)
		return NULL;
	loading = true;
	pthread_once(&once, load);
	loading = false;
	return pmem2_preload_follow();
}
