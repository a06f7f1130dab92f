/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures in processes of their own. */
#include "processes.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	WORDS = 4, /* of a row */
};

void processes_print(FILE *out, const struct results *results)
{
	for (size_t i = 0; i < results->n; i++) {
		const struct row *row = &results->list[i].row;
		struct timing t = result_median(&results->list[i]);

		fprintf(out, "%s,%s,%s,%s,%zu,%a,%a,%a,%a,%a\n", row->group, row->op, row->place,
			row->state, row->size, t.ns[0], t.ns[1], t.ratio, t.low, t.high);
	}
}

/* The words of a row are constants elsewhere, so they are never freed here either. */
static void add_line(struct results *results, const char *line)
{
	char *rest = strdup(line), *words[WORDS];
	struct timing t;
	size_t size;

	if (rest == NULL)
		err(1, "a row");
	for (int i = 0; i < WORDS; i++)
		words[i] = strsep(&rest, ",");
	if (rest == NULL || sscanf(rest, "%zu,%la,%la,%la,%la,%la", &size, &t.ns[0], &t.ns[1],
				    &t.ratio, &t.low, &t.high) != 6)
		errx(1, "not a row: %s", line);

	struct row row = {words[0], words[1], words[2], words[3], size};
	results_add(results, &row, &t);
}

static void run_again(char *const argv[], int out)
{
	static char rows[] = "--rows";
	size_t n = 0;

	while (argv[n] != NULL)
		n++;

	char **with_rows = calloc(n + 2, sizeof(*with_rows));
	if (with_rows == NULL)
		err(1, "arguments");
	memcpy(with_rows, argv, n * sizeof(*argv));
	with_rows[n] = rows;
	dup2(out, STDOUT_FILENO);
	execv("/proc/self/exe", with_rows);
	err(1, "cannot start again");
}

void processes_measure(struct results *results, char *const argv[])
{
	int ends[2], status;
	char line[512];

	if (pipe(ends) != 0)
		err(1, "pipe");
	pid_t child = fork();
	if (child < 0)
		err(1, "fork");
	if (child == 0)
		run_again(argv, ends[1]);
	close(ends[1]);

	FILE *rows = fdopen(ends[0], "r");
	if (rows == NULL)
		err(1, "fdopen");
	results->next = 0;
	while (fgets(line, sizeof(line), rows) != NULL)
		add_line(results, line);
	fclose(rows);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "a process that measured ended with wait status %#x", (unsigned)status);
}
