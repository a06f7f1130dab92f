/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ledger.c -- accounts on pages of their own, changed many at a time with one drain: deferred flushes.
 *
 * Each account has two entries, each tagged with the number of the batch that wrote it. A batch writes the
 * older entry of every account that it changes and flushes them, which at PAGE only notes the pages; the drain writes
 * them all. Then the batch's number is committed in one word. An entry counts if its tag is not greater
 * than the committed number; the newer one of those that count is the account's. So the money is all there
 * whenever the power goes.
 */
#include "example.h"

#include <libpmem2/extra.h>
#include <stdint.h>

enum { PAGE = 4096, ACCOUNTS = 12, START = 1000, MOVES = 3 };

struct entry {
	uint64_t batch;
	int64_t amount;
};

struct ledger {
	struct pmem2_map *map;
	char *base;
};

static uint64_t *committed(struct ledger *l)
{
	return (uint64_t *)(void *)l->base;
}

static struct entry *entries(struct ledger *l, size_t account)
{
	return (struct entry *)(void *)(l->base + (1 + account) * PAGE);
}

/* Which of the two entries counts. */
static int current(struct ledger *l, size_t account)
{
	const struct entry *e = entries(l, account);
	uint64_t last = *committed(l);

	return e[1].batch <= last && (e[0].batch > last || e[1].batch > e[0].batch);
}

static int64_t amount(struct ledger *l, size_t account)
{
	return entries(l, account)[current(l, account)].amount;
}

static void give_up(const char *what)
{
	pmem2_perror("ledger: %s", what);
	exit(3);
}

static void flush(struct ledger *l, const void *ptr, size_t size)
{
	if (pmem2_map_flush(l->map, ptr, size) != 0)
		give_up("flush");
}

static void drain(struct ledger *l)
{
	if (pmem2_map_drain(l->map) != 0)
		give_up("drain");
}

/* What comes of a batch that was cut off must not count for the next one, which gets its number. */
static void recover(struct ledger *l)
{
	for (size_t i = 0; i < ACCOUNTS; i++) {
		struct entry *other = &entries(l, i)[!current(l, i)];

		if (other->batch > *committed(l)) {
			other->batch = 0;
			flush(l, other, sizeof(*other));
		}
	}
	drain(l);
}

static void commit(struct ledger *l, uint64_t batch)
{
	if (pmem2_map_memmove(l->map, committed(l), &batch, sizeof(batch), 0) != 0)
		give_up("commit");
}

/* Changes an account: at most once in a batch. */
static void put(struct ledger *l, size_t account, int64_t value, uint64_t batch)
{
	struct entry *e = &entries(l, account)[!current(l, account)];

	e->amount = value;
	e->batch = batch;
	flush(l, e, sizeof(*e));
}

static void move_money(struct ledger *l, unsigned seed)
{
	uint64_t batch = *committed(l) + 1;

	/* pairs of accounts, none of them twice */
	for (size_t i = 0; i < MOVES; i++) {
		size_t from = (2 * i + seed) % ACCOUNTS, to = (2 * i + 1 + seed) % ACCOUNTS;
		int64_t sum = (int64_t)(seed * 7 + i) % 100;
		int64_t from_has = amount(l, from), to_has = amount(l, to);

		put(l, from, from_has - sum, batch);
		put(l, to, to_has + sum, batch);
	}
	drain(l);
	commit(l, batch);
}

static void begin(struct ledger *l)
{
	for (size_t i = 0; i < ACCOUNTS; i++)
		put(l, i, START, 1);
	drain(l);
	commit(l, 1);
}

static int check(struct ledger *l)
{
	int64_t sum = 0;

	for (size_t i = 0; *committed(l) != 0 && i < ACCOUNTS; i++)
		sum += amount(l, i);
	printf("batch %llu, %lld in all accounts\n", (unsigned long long)*committed(l),
		(long long)sum);
	return *committed(l) == 0 || sum == (int64_t)ACCOUNTS * START ? 0 : 1;
}

static void map_ledger(struct ledger *l, const char *path)
{
	struct pmem2_source *source = NULL;
	struct pmem2_config *config = NULL;
	int fd = open_file(path, (1 + ACCOUNTS) * PAGE);

	if (pmem2_source_from_fd(&source, fd) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_config_set_deferred_flush(config, 1) ||
		pmem2_map_new(&l->map, config, source))
		give_up(path);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);
	l->base = pmem2_map_get_address(l->map);
}

int main(int argc, char *argv[])
{
	struct ledger l;

	if (argc != 3 || wants_help(argc, argv)) {
		puts("usage: ledger FILE BATCHES   moves money about, so many times\n"
		     "       ledger FILE check     says whether it is all there");
		return wants_help(argc, argv) ? 0 : 2;
	}

	map_ledger(&l, argv[1]);
	if (strcmp(argv[2], "check") != 0) {
		recover(&l);
		if (*committed(&l) == 0)
			begin(&l);
		for (int i = 0; i < atoi(argv[2]); i++)
			move_money(&l, (unsigned)*committed(&l));
	}
	int ret = check(&l);
	if (pmem2_map_delete(&l.map) != 0)
		give_up("the end");
	return ret;
}
