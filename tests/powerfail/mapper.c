/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mapper.c -- maps a file and does what its arguments say, one after another.
 *
 *   persist     stores 8 bytes and persists them
 *   hidden      likewise, from a function that no symbol names
 *   fill        stores to all of the file and persists that
 *   store       stores 8 bytes, and no more
 *   open FILE   maps another file, which the words after that are about
 *   fork        goes on in a child, and ends when that has
 *   touch FILE  makes a file that says how far it is
 *   crash, hang, exit N
 */
#include <fcntl.h>
#include <libpmem2.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hidden.h"

enum { SIZE = 1 << 20 }; /* bytes of a new file */

static struct pmem2_map *map;

static void map_file(const char *path)
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || (lseek(fd, 0, SEEK_END) == 0 && ftruncate(fd, SIZE) != 0) ||
		pmem2_source_from_fd(&source, fd) != 0 || pmem2_config_new(&config) != 0 ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, config, source) != 0) {
		pmem2_perror("%s", path);
		exit(2);
	}
	close(fd);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
}

static void fork_off(void)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0)
		return;
	waitpid(pid, &status, 0);
	exit(WEXITSTATUS(status));
}

/* Returns how many more arguments it took. */
static int act(const char *action, const char *value)
{
	uint64_t *word = pmem2_map_get_address(map);

	if (strcmp(action, "persist") == 0) {
		++*word;
		pmem2_get_persist_fn(map)(word, 8);
	} else if (strcmp(action, "hidden") == 0) {
		++*word;
		hidden_entry(pmem2_get_persist_fn(map), word);
	} else if (strcmp(action, "fill") == 0) {
		memset(word, 0x55, pmem2_map_get_size(map));
		pmem2_get_persist_fn(map)(word, pmem2_map_get_size(map));
	} else if (strcmp(action, "store") == 0) {
		++word[8];
	} else if (strcmp(action, "open") == 0) {
		map_file(value);
		return 1;
	} else if (strcmp(action, "fork") == 0) {
		fork_off();
	} else if (strcmp(action, "touch") == 0) {
		close(open(value, O_CREAT | O_WRONLY, 0600));
		return 1;
	} else if (strcmp(action, "crash") == 0) {
		raise(SIGSEGV);
	} else if (strcmp(action, "hang") == 0) {
		pause();
	} else if (strcmp(action, "exit") == 0) {
		exit(atoi(value));
	}
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		return 2;
	map_file(argv[1]);
	for (int i = 2; i < argc; i++)
		i += act(argv[i], argv[i + 1] != NULL ? argv[i + 1] : "");
	return 0;
}
