/* SPDX-License-Identifier: BSD-3-Clause */
/* symbols.c -- which function and line an address is. */
#include "powerfail/symbols.h"

#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "functions.h"

enum { AT_ONCE = 128, ARGUMENTS = 8, KNOWN = 128 };

/* What was asked before: to ask again takes long. Under the lock of whoever asks. */
static struct {
	uint64_t key;
	struct pf_site site;
} known[KNOWN];

static uint64_t key_of(const struct pf_module *m, uintptr_t address)
{
	uint64_t key = (address - m->bias) * UINT64_C(0x9e3779b97f4a7c15);

	for (const char *c = m->path; *c != '\0'; c++)
		key = (key ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return key | 1;
}

static bool is_known(struct pf_site *s, const struct pf_module *m)
{
	uintptr_t address = s->address;
	uint64_t key = key_of(m, address);

	if (known[key / 2 % KNOWN].key != key)
		return false;
	*s = known[key / 2 % KNOWN].site;
	s->address = address;
	return true;
}

static void remember(struct pf_site *const *sites, size_t count, const struct pf_module *m)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t key = key_of(m, sites[i]->address);

		known[key / 2 % KNOWN].key = key;
		known[key / 2 % KNOWN].site = *sites[i];
	}
}

/* The latest one: a library may lie where another was. */
const struct pf_module *pmem2_pf_module_of(uintptr_t address, const struct pf_module *modules,
	size_t count)
{
	while (count-- > 0)
		if (modules[count].begin <= address && address < modules[count].end)
			return &modules[count];
	return NULL;
}

static void name_by_offset(struct pf_site *site, const struct pf_module *m)
{
	const char *slash = m != NULL ? strrchr(m->path, '/') : NULL;
	struct pf_symbol *s = &site->symbol[0];

	site->count = 1;
	s->file[0] = '\0';
	if (m == NULL)
		snprintf(s->function, sizeof(s->function), "0x%" PRIxPTR, site->address);
	else
		snprintf(s->function, sizeof(s->function), "%.128s+0x%" PRIxPTR,
			slash != NULL ? slash + 1 : m->path, site->address - m->bias);
}

/* addr2line's output: the function, file:line. */
static void read_answer(struct pf_symbol *s, const char *function, char *place, bool covered)
{
	char *colon = strrchr(place, ':');

	/* without a line it names the nearest function, however far that is */
	if (strcmp(function, "??") != 0 && (covered || place[0] != '?'))
		snprintf(s->function, sizeof(s->function), "%.190s", function);
	if (colon == NULL || place[0] == '?')
		return;
	*colon = '\0';
	s->line = (unsigned)strtoul(colon + 1, NULL, 10);
	snprintf(s->file, sizeof(s->file), "%.255s", place);
}

/* Where the n-th function of a site goes. */
static struct pf_symbol *symbol_of(struct pf_site *site, size_t n)
{
	struct pf_symbol *s = &site->symbol[n < PF_INLINED ? n : PF_INLINED - 1];

	if (n > 0) {
		*s = (struct pf_symbol){.function = "??"};
		site->count = n < PF_INLINED ? n + 1 : PF_INLINED;
	}
	return s;
}

static bool read_line(FILE *in, char **line, size_t *size)
{
	if (getline(line, size, in) < 0)
		return false;
	(*line)[strcspn(*line, "\n")] = '\0';
	return true;
}

/* An address stands before what was inlined there, from the inside out. */
static void read_answers(FILE *in, const struct pf_module *m, struct pf_site **wanted, size_t count)
{
	struct pf_functions functions;
	char *function = NULL, *place = NULL;
	size_t function_size = 0, place_size = 0, next = 0, n = 0;

	pmem2_pf_functions_open(&functions, m->path);
	while (read_line(in, &function, &function_size)) {
		if (strncmp(function, "0x", 2) == 0) {
			if (next++ == count)
				break;
			n = 0;
			continue;
		}
		if (next == 0 || !read_line(in, &place, &place_size))
			break;
		read_answer(symbol_of(wanted[next - 1], n++), function, place,
			pmem2_pf_functions_cover(&functions,
				wanted[next - 1]->address - m->bias - 1));
	}
	pmem2_pf_functions_close(&functions);
	free(function);
	free(place);
}

/* Our own variables would make a backend of whatever addr2line is linked to. */
static char **clean_environment(void)
{
	size_t count = 0, kept = 0;
	char **clean;

	while (environ[count] != NULL)
		count++;
	clean = calloc(count + 1, sizeof(*clean));
	for (size_t i = 0; clean != NULL && i < count; i++)
		if (strncmp(environ[i], "PMEM2_", 6) != 0)
			clean[kept++] = environ[i];
	return clean;
}

static pid_t spawn(char *const *arguments, int out)
{
	posix_spawn_file_actions_t actions;
	char **environment = clean_environment();
	pid_t pid = -1;

	if (environment == NULL || posix_spawn_file_actions_init(&actions) != 0) {
		free(environment);
		return -1;
	}
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environment) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	free(environment);
	return pid;
}

/* Asks for some addresses of one module. */
static void ask(const struct pf_module *m, struct pf_site **wanted, size_t count)
{
	static char name[] = "addr2line", f[] = "-f", demangle[] = "-C", e[] = "-e";
	static char with_inlined[] = "-i", addresses[] = "-a";
	char numbers[AT_ONCE][20];
	char *arguments[ARGUMENTS + AT_ONCE] = {name, f, with_inlined, addresses, demangle, e,
		(char *)m->path};
	int ends[2];
	FILE *in;
	pid_t pid;

	for (size_t i = 0; i < count; i++) {
		/* within the call, not after it */
		snprintf(numbers[i], sizeof(numbers[i]), "0x%" PRIxPTR,
			wanted[i]->address - m->bias - 1);
		arguments[ARGUMENTS - 1 + i] = numbers[i];
	}
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	pid = spawn(arguments, ends[1]);
	close(ends[1]);
	in = pid > 0 ? fdopen(ends[0], "r") : NULL;
	if (in != NULL) {
		read_answers(in, m, wanted, count);
		fclose(in);
	} else {
		close(ends[0]);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

void pmem2_pf_symbolize(struct pf_site *sites, size_t count, const struct pf_module *modules,
	size_t module_count)
{
	struct pf_site *wanted[AT_ONCE];

	for (size_t i = 0; i < count; i++)
		name_by_offset(&sites[i],
			pmem2_pf_module_of(sites[i].address, modules, module_count));

	for (size_t m = 0; m < module_count; m++) {
		size_t n = 0;

		for (size_t i = 0; i <= count; i++) {
			if (n == AT_ONCE || (i == count && n > 0)) {
				ask(&modules[m], wanted, n);
				remember(wanted, n, &modules[m]);
				n = 0;
			}
			if (i < count &&
				pmem2_pf_module_of(sites[i].address, modules, module_count) ==
					&modules[m] &&
				!is_known(&sites[i], &modules[m]))
				wanted[n++] = &sites[i];
		}
	}
}
