/* SPDX-License-Identifier: BSD-3-Clause */
/* To be preloaded: QEMU that is spawned emulates a CPU without CLWB. */
#include <dlfcn.h>
#include <spawn.h>
#include <string.h>

__attribute__((visibility("default"))) int posix_spawn(pid_t *pid, const char *path,
	const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
	char *const arguments[], char *const environment[])
{
	static char cpu[] = "qemu64";
	int (*spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		const posix_spawnattr_t *, char *const[], char *const[]);
	void *real = dlsym(RTLD_NEXT, "posix_spawn");

	memcpy(&spawn, &real, sizeof(spawn));
	for (int i = 0; arguments[i] != NULL; i++)
		if (strcmp(arguments[i], "max") == 0)
			((char **)arguments)[i] = cpu;
	return spawn(pid, path, actions, attributes, arguments, environment);
}
