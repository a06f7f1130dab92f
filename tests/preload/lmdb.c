/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lmdb.c -- pairs in a database of LMDB, which stores through its mapping. usage: lmdb FILE put N | nosync N | check
 *
 * Each transaction puts one pair, and how many there are. nosync: LMDB calls no msync(2).
 */
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 1 << 20, ROOM = 100 };

static MDB_env *environment;
static MDB_dbi pairs;

static void must(int error, const char *what)
{
	if (error == 0)
		return;
	printf("%s: %s\n", what, mdb_strerror(error));
	exit(3);
}

static MDB_txn *begin(unsigned flags)
{
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, flags, &txn), "mdb_txn_begin");
	must(mdb_dbi_open(txn, NULL, 0, &pairs), "mdb_dbi_open");
	return txn;
}

static void put(uint64_t i)
{
	char text[ROOM];
	MDB_txn *txn = begin(0);
	MDB_val key = {sizeof(i), &i}, value = {sizeof(text), text};
	uint64_t none = UINT64_MAX, count = i + 1;
	MDB_val last = {sizeof(none), &none}, number = {sizeof(count), &count};

	memset(text, 'a' + (int)(i % 26), sizeof(text));
	must(mdb_put(txn, pairs, &key, &value, 0), "mdb_put");
	must(mdb_put(txn, pairs, &last, &number, 0), "mdb_put");
	must(mdb_txn_commit(txn), "mdb_txn_commit");
}

static int check(void)
{
	MDB_txn *txn = begin(MDB_RDONLY);
	uint64_t none = UINT64_MAX, count = 0;
	MDB_val key = {sizeof(none), &none}, value;
	int error = mdb_get(txn, pairs, &key, &value);

	if (error != MDB_NOTFOUND) {
		must(error, "the number");
		memcpy(&count, value.mv_data, sizeof(count));
	}
	for (uint64_t i = 0; i < count; i++) {
		key = (MDB_val){sizeof(i), &i};
		must(mdb_get(txn, pairs, &key, &value), "a pair");
		for (size_t at = 0; at < value.mv_size; at++)
			if (((char *)value.mv_data)[at] != 'a' + (int)(i % 26))
				return puts("a value is wrong"), 1;
	}
	mdb_txn_abort(txn);
	return 0;
}

int main(int argc, char *argv[])
{
	unsigned flags = MDB_NOSUBDIR | MDB_NOLOCK;
	int checks = argc == 3 && strcmp(argv[2], "check") == 0;

	if (argc < 3 || (!checks && argc < 4))
		return 2;
	flags |= checks ? MDB_RDONLY : MDB_WRITEMAP;
	if (strcmp(argv[2], "nosync") == 0)
		flags |= MDB_NOSYNC;
	must(mdb_env_create(&environment), "mdb_env_create");
	must(mdb_env_set_mapsize(environment, SIZE), "mdb_env_set_mapsize");
	must(mdb_env_open(environment, argv[1], flags, 0600), "mdb_env_open");
	if (checks)
		return check();
	for (uint64_t i = 0; i < strtoull(argv[3], NULL, 10); i++)
		put(i);
	mdb_env_close(environment);
	return 0;
}
