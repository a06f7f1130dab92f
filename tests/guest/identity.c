/* SPDX-License-Identifier: BSD-3-Clause */
/* identity PATH -- prints what the library knows of the DIMMs below a file or device. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include <libpmem2.h>

static const char *code(int rc)
{
	switch (rc) {
	case PMEM2_E_NOSUPP:
		return "NOSUPP";
	case PMEM2_E_DAX_REGION_NOT_FOUND:
		return "DAX_REGION_NOT_FOUND";
	default:
		return pmem2_errormsg();
	}
}

static void print_bad_blocks(const struct pmem2_source *source)
{
	struct pmem2_badblock_context *context;
	struct pmem2_badblock bad;
	unsigned count = 0;
	int rc = pmem2_badblock_context_new(&context, source);

	if (rc != 0) {
		printf("bad %s\n", code(rc));
		return;
	}
	while ((rc = pmem2_badblock_next(context, &bad)) == 0)
		count++;
	if (rc == PMEM2_E_NO_BAD_BLOCK_FOUND)
		printf("bad %u\n", count);
	else
		printf("bad %s\n", code(rc));
	pmem2_badblock_context_delete(&context);
}

int main(int argc, char *argv[])
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	struct pmem2_source *source;
	char id[512] = "";
	size_t length = 0;
	uint64_t count;
	int node, rc;

	if (fd < 0 || pmem2_source_from_fd(&source, fd) != 0) {
		fprintf(stderr, "usage: identity PATH\n");
		return 2;
	}
	rc = pmem2_source_device_id(source, NULL, &length);
	if (rc == 0 && length <= sizeof(id))
		rc = pmem2_source_device_id(source, id, &length);
	printf("id %s ", rc == 0 ? id : code(rc));

	rc = pmem2_source_device_usc(source, &count);
	rc == 0 ? printf("count %" PRIu64 " ", count) : printf("count %s ", code(rc));

	rc = pmem2_source_numa_node(source, &node);
	rc == 0 ? printf("node %d ", node) : printf("node %s ", code(rc));
	print_bad_blocks(source);
	pmem2_source_delete(&source);
	return 0;
}
