/* SPDX-License-Identifier: BSD-3-Clause */
/* module.c -- loads a plug-in of the library from its directory. */
#include "module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "build_config.h"

const char *pmem2_module_dir(void)
{
	const char *directory = secure_getenv("PMEM2_BACKEND_DIR");

	return directory != NULL ? directory : PMEM2_MODULE_DIR;
}

#if PMEM2_MODULES

const void *pmem2_module_symbol(const char *name, const char *symbol, char *why, size_t size)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s.so", pmem2_module_dir(), name) >=
		(int)sizeof(path)) {
		snprintf(why, size, "the path of %.64s.so is longer than %zu bytes", name,
			sizeof(path) - 1);
		return NULL;
	}

	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL) {
		snprintf(why, size, "%s", dlerror());
		return NULL;
	}

	const void *address = dlsym(module, symbol);
	if (address == NULL) {
		snprintf(why, size, "%s has no symbol %s: it was built for another version", path,
			symbol);
		dlclose(module);
	}

	return address;
}

#else

const void *pmem2_module_symbol(const char *name, const char *symbol, char *why, size_t size)
{
	(void)symbol;
	snprintf(why, size, "%s is not built in, and this libpmem2 was built to load nothing",
		name);
	return NULL;
}

#endif
