/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * one_of.c -- a checker: whether what a program prints is one of the states that are known.
 * usage: one_of [-k] STATES COMMAND...: whether its words are a line of the file STATES. STATES is -: prints them.
 *
 * -k: the keys that a map prints have no order, and stand before no "," as what it says of its recovery does. A program
 * that reads its standard input is told to print its keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 4096, WORDS = 256 };

/* Runs the command; what it prints. */
static void run(char *command[], char *out)
{
	int in[2], said[2], status;
	size_t size = 0;
	ssize_t n;

	if (pipe(in) != 0 || pipe(said) != 0 || write(in[1], "p\n", 2) != 2)
		exit(3);
	if (fork() == 0) {
		dup2(in[0], 0);
		dup2(said[1], 1);
		for (int fd = 3; fd <= said[1]; fd++)
			close(fd);
		execv(command[0], command);
		_exit(3);
	}
	close(in[1]);
	close(said[1]);
	while (size < ROOM - 1 && (n = read(said[0], out + size, ROOM - 1 - size)) > 0)
		size += (size_t)n;
	out[size] = '\0';
	wait(&status);
	if (WIFSIGNALED(status))
		printf("%s: %s\n", command[0], strsignal(WTERMSIG(status)));
	else if (status != 0)
		printf("%s", out);
	if (status != 0)
		exit(1);
}

static int by_number(const void *a, const void *b)
{
	long x = atol(*(char *const *)a), y = atol(*(char *const *)b);

	return (x > y) - (x < y);
}

/* Puts a space between words, and nothing else. */
static void to_words(char *text, int keys, char *line)
{
	char *word[WORDS], *next = NULL;
	size_t count = 0;

	for (char *of = strtok_r(text, "\n", &next), *in; of != NULL;
		of = strtok_r(NULL, "\n", &next))
		if (!keys || strchr(of, ',') == NULL)
			for (char *w = strtok_r(of, " \t", &in); w != NULL && count < WORDS;
				w = strtok_r(NULL, " \t", &in))
				word[count++] = w;
	if (keys)
		qsort(word, count, sizeof(*word), by_number);
	*line = '\0';
	for (size_t i = 0; i < count; i++)
		line = stpcpy(stpcpy(line, i > 0 ? " " : ""), word[i]);
}

int main(int argc, char *argv[])
{
	static char out[ROOM], now[ROOM + WORDS], state[ROOM];
	int keys = argc > 1 && strcmp(argv[1], "-k") == 0;
	FILE *states;

	if (argc < keys + 3)
		return 2;
	run(argv + keys + 2, out);
	to_words(out, keys, now);
	if (strcmp(argv[keys + 1], "-") == 0)
		return puts(now) < 0;
	states = fopen(argv[keys + 1], "r");
	while (states != NULL && fgets(state, sizeof(state), states) != NULL) {
		state[strcspn(state, "\n")] = '\0';
		if (strcmp(state, now) == 0)
			return 0;
	}
	printf("not a state: %s\n", now);
	return 1;
}
