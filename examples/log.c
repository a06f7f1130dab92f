/* SPDX-License-Identifier: BSD-3-Clause */
/* log.c -- the command: lines of text into an append-only log, and out again. */
#include "log_file.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *acks; /* what was acknowledged: the file of --acked, or NULL */

static int append(struct log *log)
{
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;

	log_open_to_write(log);
	while ((length = getline(&line, &capacity, stdin)) > 0) {
		log_append(log, line, (size_t)length);
		printf("ack %u\n", log->next - 1);
		if (fflush(stdout))
			log_fail(log, TROUBLE, "cannot acknowledge: %s", strerror(errno));
	}
	if (ferror(stdin))
		log_fail(log, TROUBLE, "cannot read standard input: %s", strerror(errno));
	free(line);
	return OK;
}

static int clear(struct log *log)
{
	log_open_to_write(log);
	log_clear(log);
	printf("cleared; the next record is %u\n", log->next);
	return OK;
}

static void print_payload(const struct record *record)
{
	fwrite(record->payload, 1, record->length, stdout);
}

static int dump(struct log *log)
{
	log_open_to_read(log);
	if (!log->formatted)
		return OK;
	log_scan(log, print_payload);
	if (fflush(stdout) || ferror(stdout))
		log_fail(log, TROUBLE, "cannot write to standard output: %s", strerror(errno));
	if (log->tail == DAMAGED)
		log_fail_damaged(log);
	return OK;
}

/* The number in the last whole line "ack N" of a file; 0: there is none. */
static unsigned last_acknowledged(struct log *log)
{
	FILE *in = fopen(acks, "r");
	unsigned last = 0, number;
	char end;

	if (in == NULL)
		log_fail(log, TROUBLE, "cannot open %s: %s", acks, strerror(errno));
	while (fscanf(in, "ack %u%c", &number, &end) == 2 && end == '\n')
		last = number;
	fclose(in);
	return last;
}

/* What was acknowledged is there, however the writer ended. */
static void check_acknowledged(struct log *log)
{
	unsigned last = acks ? last_acknowledged(log) : 0;

	if (last > 0 && (!log->formatted || last >= log->next))
		log_fail(log, CORRUPT, "record %u was acknowledged and is not there", last);
}

static int verify(struct log *log)
{
	static const char *const tails[] = {"clean", "an unfinished record, ignored",
		"records of before the last clear, ignored", "corrupt"};

	log_open_to_read(log);
	if (!log->formatted) {
		puts("records: 0\ntail:    not formatted yet");
		check_acknowledged(log);
		return OK;
	}
	log_scan(log, NULL);
	printf("records: %u, the first is number %u\n", log->next - log->first, log->first);
	printf("used:    %zu of %zu bytes\n", log->end, log->size);
	printf("tail:    %s\n", tails[log->tail]);
	if (log->tail == DAMAGED)
		log_fail_damaged(log);
	check_acknowledged(log);
	return OK;
}

static int info(struct log *log)
{
	log_open_to_read(log);
	if (!log->map)
		log_fail(log, TROUBLE, "it is empty; `append` makes a log of it");
	printf("size:        %zu\n", log->size);
	printf("granularity: %s\n", log_granularity(log));
	printf("variant:     %s\n", pmem2_map_get_backend_name(log->map));
	return OK;
}

static const char help[] =
	"usage: log [--size SIZE] FILE append   make each line of standard input a record\n"
	"       log FILE dump                   print the records, as they came\n"
	"       log [--acked ACKS] FILE verify  print what is in it, and whether it is sound\n"
	"       log FILE info                   print size, store granularity, flush variant\n"
	"       log FILE clear                  forget all records\n"
	"\n"
	"append makes FILE if there is none, SIZE bytes long (default 1M; K, M or G may follow\n"
	"the number; up to 8T, in pages of 4096), and prints \"ack N\" once record N is durable.\n"
	"verify fails if a record that the file ACKS acknowledges is not there.\n"
	"Exit status: 0; 1 the log is corrupt, or FILE is no log; 2 it could not be done.\n";

/* "64K" -> 65536, rounded up to pages; 0 if that is no size of a log. */
static size_t parse_size(const char *text)
{
	const size_t page = 4096, limit = (size_t)8 << 40;
	char *unit;
	size_t size = strtoull(text, &unit, 10);
	unsigned shift = *unit == 'K' ? 10 : *unit == 'M' ? 20 : *unit == 'G' ? 30 : 0;

	if (*text < '0' || *text > '9' || unit[shift != 0] != '\0' || size > limit >> shift)
		return 0;
	return ((size << shift) + page - 1) / page * page;
}

static int misused(const char *what, const char *value)
{
	fprintf(stderr, "log: %s%s\n%s", what, value, help);
	return TROUBLE;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{"size", required_argument, NULL, 's'},
		{"acked", required_argument, NULL, 'a'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static const struct {
		const char *name;
		int (*run)(struct log *log);
	} commands[] = {
		{"append", append},
		{"dump", dump},
		{"verify", verify},
		{"info", info},
		{"clear", clear},
	};
	struct log log = {.size = (size_t)1 << 20};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(help, stdout) < 0 ? TROUBLE : OK;
		if (option != 's' && option != 'a')
			return TROUBLE; /* getopt_long said why */
		if (option == 'a') {
			acks = optarg;
			continue;
		}
		log.size = parse_size(optarg);
		if (log.size == 0)
			return misused("a log has 4K to 8192G bytes, not ", optarg);
	}
	if (argc - optind != 2)
		return misused("FILE and one command are needed", "");

	log.path = argv[optind];
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(argv[optind + 1], commands[i].name) == 0)
			return commands[i].run(&log);
	}
	return misused("there is no command ", argv[optind + 1]);
}
