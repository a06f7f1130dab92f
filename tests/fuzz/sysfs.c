/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sysfs.c -- a sysfs with any contents: attributes that are empty, huge, binary, missing, a directory
 * or a link to themselves. No claim may come of it but by the words that stand for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "error.h"
#include "granularity.h"
#include "small_file.h"
#include "sysfs.h"
#include "../must.h"

#define REGION "devices/ndbus0/region1"
#define DEVICE REGION "/dax1.1/dax1.0"

static const char *const attributes[] = {DEVICE "/size", DEVICE "/align",
	REGION "/persistence_domain", "devices/ndbus0/provider"};

enum {
	ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]),
};

static char root[64];
static int tree; /* a descriptor of it: a fuzzer's working directory is its own */

static void remove_tree(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	if (system(command) != 0)
		fprintf(stderr, "%s is left\n", root);
}

static void make_tree(void)
{
	static const char *const directories[] = {"dev", "dev/char", "devices", "devices/ndbus0",
		REGION, REGION "/dax1.1", DEVICE, "bus", "bus/nd"};

	snprintf(root, sizeof(root), "/dev/shm/pmem2-fuzz-XXXXXX");
	MUST(mkdtemp(root) != NULL && (tree = open(root, O_DIRECTORY | O_CLOEXEC)) >= 0);
	atexit(remove_tree);
	pmem2_sysfs_root = root;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		MUST(mkdirat(tree, directories[i], 0755) == 0);
	MUST(symlinkat("../../bus/nd", tree, REGION "/subsystem") == 0);
	MUST(symlinkat("../../" DEVICE, tree, "dev/char/252:1") == 0);
}

/* One attribute from the input: its first byte says what it is. */
static void put(const char *path, const uint8_t *data, size_t size)
{
	unlinkat(tree, path, 0);
	unlinkat(tree, path, AT_REMOVEDIR);
	switch (size > 0 ? data[0] % 16 : 0) {
	case 0: /* missing */
		return;
	case 1:
		MUST(mkdirat(tree, path, 0755) == 0);
		return;
	case 2:
		MUST(symlinkat(strrchr(path, '/') + 1, tree, path) == 0);
		return;
	}

	int fd = openat(tree, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	MUST(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)size - 1);
	close(fd);
}

static void split(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		const uint8_t *end = memchr(data, 0xff, size);
		size_t length = end != NULL ? (size_t)(end - data) : size;

		put(attributes[i], data, length);
		size_t used = length < size ? length + 1 : size;
		data += used;
		size -= used;
	}
}

static void check_numbers(const struct pmem2_source *src)
{
	size_t alignment = 77, size = 77;
	int ret = pmem2_source_alignment(src, &alignment);

	MUST(ret <= 0 && (ret == 0 || alignment == 77));
	MUST(ret != 0 || (alignment != 0 && (alignment & (alignment - 1)) == 0));

	ret = pmem2_source_size(src, &size);
	MUST(ret <= 0 && (ret == 0 || size == 77));
}

static void check_claim(const struct pmem2_source *src)
{
	char domain[64] = "";
	struct pmem2_verdict verdict;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, REGION "/persistence_domain");
	int read = pmem2_small_file_read(path, domain, sizeof(domain));

	if (pmem2_granularity_judge(src, true, true, 0, &verdict) != 0)
		return;
	MUST(verdict.granularity != PMEM2_GRANULARITY_PAGE);
	MUST(verdict.granularity != PMEM2_GRANULARITY_BYTE ||
		(read == 0 && strcmp(domain, "cpu_cache") == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (root[0] == '\0')
		make_tree();

	struct pmem2_source src = {.type = PMEM2_SOURCE_DEVDAX,
		.fd = STDIN_FILENO,
		.device = makedev(252, 1)};

	split(data, size);
	check_numbers(&src);
	check_claim(&src);
	return 0;
}
