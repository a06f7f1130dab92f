/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c -- the command kv. */
#include "kv.h"

#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: kv FILE put KEY VALUE\n"
			    "       kv FILE get KEY\n"
			    "       kv FILE fill N   put N values that check knows\n"
			    "       kv FILE check    exit status 1 if one of them is wrong\n";

static int say(const char *what, int code)
{
	if (code != 0)
		fprintf(stderr, "kv: %s: %s\n", what, strerror(pmem2_err_to_errno(code)));
	return code != 0;
}

/* The value of fill's i-th key: its length depends on i, and so do its bytes. */
static size_t make_value(int i, char *key, char *value)
{
	size_t length = 20 + (size_t)(i * 37 % 100);

	sprintf(key, "key%d", i);
	memset(value, 'a' + i % 26, length);
	return length;
}

static int fill(struct kv *kv, int n)
{
	char key[16], value[128];
	int ret = 0;

	for (int i = 0; i < n && ret == 0; i++) {
		size_t length = make_value(i, key, value);

		ret = kv_put(kv, key, value, length);
	}
	return say("fill", ret);
}

static int check(struct kv *kv)
{
	char key[16], want[128];

	for (int i = 0; i < 1000; i++) {
		size_t length, wanted = make_value(i, key, want);
		const void *value = kv_get(kv, key, &length);

		if (value != NULL && (length != wanted || memcmp(value, want, length) != 0)) {
			printf("%s has a wrong value\n", key);
			return 1;
		}
	}
	return 0;
}

static int get(const struct kv *kv, const char *key)
{
	size_t length;
	const char *value = kv_get(kv, key, &length);

	if (value == NULL)
		return 1;
	printf("%.*s\n", (int)length, value);
	return 0;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 2 ? argv[2] : "";
	struct kv kv;
	int ret = 2;

	if (argc < 3) {
		fputs(usage, stderr);
		return 2;
	}
	if (say(argv[1], kv_open(&kv, argv[1])))
		return 1;
	if (strcmp(what, "put") == 0 && argc == 5)
		ret = say("put", kv_put(&kv, argv[3], argv[4], strlen(argv[4])));
	else if (strcmp(what, "get") == 0 && argc == 4)
		ret = get(&kv, argv[3]);
	else if (strcmp(what, "fill") == 0 && argc == 4)
		ret = fill(&kv, atoi(argv[3]));
	else if (strcmp(what, "check") == 0 && argc == 3)
		ret = check(&kv);
	else
		fputs(usage, stderr);
	kv_close(&kv);
	return ret;
}
