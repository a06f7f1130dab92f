/* SPDX-License-Identifier: BSD-3-Clause */
/* html.c -- the results as a page of HTML that needs no other file. */
#include "html.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "common/options.h"
#include "common/say.h"
#include "html_cut.h"
#include "html_text.h"
#include "powerfail/report.h"
#include "recovered.h"
#include "replay/mend.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"
#include "search/walk.h"
#include "verdict.h"
#include "volatile_print.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	"<meta name=viewport content=\"width=device-width\">\n<title>pmem2 crashtest</title>\n<style>\n"
	"body { font: 1rem/1.4 sans-serif; margin: 1rem auto; padding: 0 1rem; max-width: 76rem;"
	" overflow-wrap: anywhere; }\n"
	"pre, code, .bytes { font-family: monospace; }\n"
	"pre { white-space: pre-wrap; background: #f2f2f2; padding: .5rem; }\n"
	"table { border-collapse: collapse; width: 100%; font-size: .85rem; }\n"
	"td, th { text-align: left; vertical-align: top; padding: .15rem .4rem;"
	" border-bottom: 1px solid #ccc; }\n"
	"section { border-top: 3px solid #a00; margin-top: 2rem; }\n"
	".lost { background: #fdd; } .kept { background: #dfd; }\n"
	".cut td { background: #a00; color: #fff; }\n"
	"@media (max-width: 45rem) { table, tbody, tr, td { display: block; } th { display: none; }"
	" td { border: 0; } tr { border-bottom: 1px solid #ccc; } }\n"
	"dt { font-weight: bold; } dd { margin: 0 0 .5rem 0; }\n"
	"</style>\n</head>\n<body>\n";

static void print_term(FILE *out, const char *term, const char *text)
{
	fputs("<dt>", out);
	html_text(out, term);
	fputs("</dt><dd>", out);
	html_text(out, text);
	fputs("</dd>\n", out);
}

/* The checker under gdb, on the image that the command before it made. */
static void print_gdb(FILE *out, const struct options *o)
{
	static char image[] = "image", acks[] = "image.ack";
	const char *format = o->check != NULL && o->check[0] != '\0' ? o->check : o->recover;
	char *paths[COMMAND_PATHS];
	struct command command = {0};

	for (size_t i = 0; i < COMMAND_PATHS; i++)
		paths[i] = image;
	if (format == NULL || command_make(&command, format, paths, acks) != 0) {
		command_free(&command);
		return;
	}
	fputs("gdb", out);
	if (strcmp(command.argument[0], "/bin/sh") == 0)
		fputs(" -ex 'set follow-fork-mode child'", out);
	fputs(" --args", out);
	for (char **word = command.argument; *word != NULL; word++) {
		fputc(' ', out);
		command_quote(out, *word);
	}
	fputc('\n', out);
	command_free(&command);
}

/* Both commands, one to a line. */
static void print_commands(FILE *out, const struct options *o, const struct group *g,
	const char *trace)
{
	char *text = NULL;
	size_t size;
	FILE *commands = open_memstream(&text, &size);

	if (commands == NULL)
		return;
	verdict_again(o, g, trace, commands);
	fputc('\n', commands);
	print_gdb(commands, o);
	if (fclose(commands) == 0) {
		fputs("<h3>Again</h3>\n<pre>", out);
		html_text(out, text);
		fputs("</pre>\n", out);
	}
	free(text);
}

static void print_group(FILE *out, const struct options *o, const struct group *g,
	const char *where, const char *trace)
{
	char text[1024];

	fputs("<section>\n<h2>", out);
	html_text(out, results_fault_name(g->fault, false));
	fputs("</h2>\n<p>", out);
	html_text(out, g->explanation);
	fputs("</p>\n<dl>\n", out);
	verdict_outcome_text(&g->outcome, o->timeout, text, sizeof(text));
	fprintf(out, "<dt>Images</dt><dd>%" PRIu64 "</dd>\n", g->count);
	print_term(out, "Outcome", text);
	if (g->outcome.output[0] != '\0')
		print_term(out, "It said", g->outcome.output);
	print_term(out, "The cut", where);
	if (g->proven != NULL)
		print_term(out, "What mends it, as was tried", g->proven->text);
	fputs("</dl>\n", out);
	html_cut(out, o, g, trace);
	print_commands(out, o, g, trace);
	fputs("</section>\n", out);
}

static void print_report(FILE *out, const struct verdict *v)
{
	struct pf_names names = replay_names(v->replay);
	char *text = NULL;
	size_t size;
	FILE *report = open_memstream(&text, &size);

	if (report == NULL)
		return;
	pmem2_pf_report_text(v->replay->report, 0, &names, report);
	volatile_print(v->options, v->replay, report);
	if (fclose(report) == 0) {
		fputs("<pre>", out);
		html_text(out, text);
		fputs("</pre>\n", out);
	}
	free(text);
}

static void print_page(FILE *out, const struct verdict *v, const struct recovered *recovered)
{
	const char *trace = v->replay->trace->path;
	char where[1280];

	fputs(head, out);
	fputs("<h1>pmem2 crashtest</h1>\n<p>", out);
	html_print(out, "%s: %" PRIu64 " points of failure, %" PRIu64 " images: %zu failed.",
		v->replay->trace->reader.header->program, v->walked->points, v->walked->images,
		results_failed(v->results));
	fputs("</p>\n", out);
	print_report(out, v);
	for (size_t i = 0; i < v->results->count; i++) {
		verdict_cut_text(v, &v->results->group[i], where, sizeof(where));
		print_group(out, v->options, &v->results->group[i], where, trace);
	}
	for (size_t i = 0; i < recovered->count; i++) {
		const struct recover_finding *f = &recovered->finding[i];
		struct volatiles list = f->volatiles;
		struct options with = *v->options;

		with.volatiles = &list;

		snprintf(where, sizeof(where), "in the recovery of image %s, %s", f->of, f->where);
		print_group(out, &with, &f->group, where, f->trace);
	}
	fputs("</body>\n</html>\n", out);
}

int html_write(const char *file, const struct verdict *v, const struct recovered *recovered)
{
	FILE *out = fopen(file, "we");

	if (out == NULL)
		return say_failed("%s: %s", file, strerror(errno));
	print_page(out, v, recovered);
	return fclose(out) == 0 ? 0 : say_failed("%s: %s", file, strerror(errno));
}
