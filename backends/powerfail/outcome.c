/* SPDX-License-Identifier: BSD-3-Clause */
/* outcome.c -- writes the report where the settings want it. */
#include "outcome.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "powerfail/medium.h"
#include "powerfail/report.h"
#include "records.h"
#include "settings.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static const char *file_name(uint32_t file, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < engine->media_count; i++)
		if (engine->media[i]->sizes != NULL && engine->media[i]->sizes->id == file)
			return engine->media[i]->sizes->path;
	return file < engine->media_count ? engine->media[file]->path : "?";
}

static size_t stack_frames(uint32_t stack, const uintptr_t **frames, void *arg)
{
	(void)arg;
	return pmem2_pf_records_frames(stack, frames);
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* What the report cannot know of. */
static void print_omissions(void)
{
	if (engine->unseen > 0)
		fprintf(stderr,
			"libpmem2 powerfail: %llu operations of signal handlers were not "
			"followed\n",
			(unsigned long long)engine->unseen);
	if (engine->dropped > 0)
		fprintf(stderr, "libpmem2 powerfail: no memory to follow %llu flushes\n",
			(unsigned long long)engine->dropped);
}

static void print_report(FILE *out, bool json, size_t first)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	struct pf_names names = {
		.program = program,
		.process = (unsigned)getpid(),
		.file = file_name,
		.stack = stack_frames,
	};

	/* cppcheck-suppress unreadVariable ; names has it */
	program[n > 0 ? n : 0] = '\0';
	names.modules = pmem2_pf_records_modules(&names.module_count);
	if (json)
		pmem2_pf_report_json(engine->report, &names, out);
	else
		pmem2_pf_report_text(engine->report, first, &names, out);
	print_omissions();
}

static void report_to_file(void)
{
	const char *path = engine->settings->report;
	FILE *out = fopen(path, "we");

	if (out == NULL) {
		fprintf(stderr, "libpmem2 powerfail: cannot write the report %s: %s\n", path,
			strerror(errno));
		return;
	}
	print_report(out, ends_in(path, ".json"), 0);
	fclose(out);
}

void pmem2_pf_outcome_report(size_t first)
{
	if (strcmp(engine->settings->report, "stderr") == 0)
		print_report(stderr, false, first);
	else if (engine->settings->report[0] != '\0')
		report_to_file();
}

bool pmem2_pf_outcome_is_wanted(void)
{
	return engine->settings->report[0] != '\0';
}

size_t pmem2_pf_outcome_findings(void)
{
	return pmem2_pf_findings(engine->report);
}
