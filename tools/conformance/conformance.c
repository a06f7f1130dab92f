/* SPDX-License-Identifier: BSD-3-Clause */
/* conformance.c -- pmem2 backends --test NAME: whether a backend keeps its contract, in a report. */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "registry_list.h"
#include "tool.h"

static struct finding *finding; /* shared with the process that runs a part */
static unsigned broken, hidden;

size_t conformance_random(size_t limit)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(state >> 33) % limit;
}

static void print(const char *part, const struct finding *found)
{
	static const char *const words[] = {"ok", "BROKEN", "not shown"};

	broken += found->outcome == BROKEN;
	hidden += found->outcome == NOT_SHOWN;
	printf("  %-9s  %s", words[found->outcome], part);
	if (found->calls > 0)
		printf(", %lu calls", found->calls);
	printf("%s%s\n", found->text[0] != '\0' ? ": " : "", found->text);
}

/* Runs a part in a process of its own, which the backend may end; then reports it. */
static void run(const char *part, void (*check)(const struct subject *, struct finding *),
	const struct subject *subject)
{
	int status = 0;

	memset(finding, 0, sizeof(*finding));
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		check(subject, finding);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		finding->outcome = NOT_SHOWN;
		snprintf(finding->text, sizeof(finding->text), "no process could be started");
	} else if (status != 0 && finding->outcome != BROKEN) {
		finding->outcome = BROKEN;
		snprintf(finding->text, sizeof(finding->text), "the process ended with %s %d",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	print(part, finding);
}

static void test_variant(const struct pmem2_backend *backend, const struct pmem2_variant *variant)
{
	static const char *const uses[PMEM2_USES] = {"instructions, as BYTE",
		"instructions, as CACHE_LINE", "system calls, as PAGE",
		"instructions, as volatile memory"};
	struct subject subject = {backend, variant, 0};

	run("contents, overlap, canaries, errno, size 0", contents_check, &subject);
	for (unsigned use = 0; use < PMEM2_USES; use++) {
		subject.serves = 1U << use;
		if ((variant->serves & subject.serves) != 0)
			run(uses[use], stepping_check, &subject);
	}
}

static int test_backend(const struct pmem2_registry *registry, const struct pmem2_backend *backend)
{
	unsigned tested = 0;

	printf("%s: the fields of its tables are as the contract has them\n", backend->name);
	for (const struct pmem2_variant *const *v = backend->variants; *v != NULL; v++) {
		uint64_t lacks = (*v)->needs & ~registry->cpu.features;
		char names[128];

		printf("%s\n", (*v)->name);
		if (lacks == 0) {
			test_variant(backend, *v);
			tested++;
			continue;
		}
		pmem2_cpu_feature_names(lacks, names, sizeof(names));
		printf("  not shown  this CPU lacks %s\n", names);
	}

	if (broken > 0)
		printf("%s breaks its contract: %u parts are BROKEN\n", backend->name, broken);
	else if (hidden > 0)
		printf("%s: nothing is broken, and %u parts are not shown\n", backend->name,
			hidden);
	else
		printf("%s keeps its contract in %u variants\n", backend->name, tested);
	return broken + hidden > 0 ? TOOL_REFUSED : TOOL_OK;
}

int conformance_test(const char *name)
{
	static struct pmem2_registry registry;

	pmem2_registry_read(&registry, name);
	if (registry.error != 0) {
		fprintf(stderr, "pmem2: %s\n", registry.message);
		return TOOL_REFUSED;
	}
	finding = mmap(NULL, sizeof(*finding), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	if (finding == MAP_FAILED) {
		perror("pmem2: mmap");
		return TOOL_REFUSED;
	}

	for (size_t i = 0; i < registry.count; i++)
		if (strcmp(registry.found[i].name, name) == 0)
			return test_backend(&registry, registry.found[i].backend);
	fprintf(stderr, "pmem2: \"%s\" is not the name of one backend\n", name);
	return TOOL_MISUSED;
}
