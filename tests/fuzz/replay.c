/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.c -- runs a fuzzer's inputs, files or directories of them, without a fuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t runs;

static void run_file(const char *path)
{
	static uint8_t data[1 << 16];
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		return;
	}
	size_t size = fread(data, 1, sizeof(data), file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	runs++;
}

static void run_directory(const char *path)
{
	DIR *directory = opendir(path);
	char name[4096];

	if (directory == NULL) {
		run_file(path);
		return;
	}
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		if (entry->d_name[0] != '.' && snprintf(name, sizeof(name), "%s/%s", path,
						       entry->d_name) < (int)sizeof(name))
			run_file(name);
	closedir(directory);
}

int main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		run_directory(argv[i]);
	printf("# %zu inputs\n", runs);
	return runs == 0;
}
