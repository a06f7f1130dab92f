/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bank.c -- accounts in a pool of libpmemobj, between which money is moved. usage: bank POOL make | move N | note | check
 *
 * FAULT: 0 none; 1 an account is not added to the transaction; 2 it is added after the store; 3 two persists and no
 * transaction; 4 a line of the journal is never flushed; 5 it is filled after it was allocated; 6 its entry
 * and the count have one drain; 7 the count of moves is not added, and the check does not look at it.
 */
#include <libpmemobj.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 16, EACH = 1000, LINES = 64, NOTE = 128 };

struct account {
	uint64_t money, reserved[7];
};

struct bank {
	struct account account[ACCOUNTS];
	uint64_t moves, reserved[7];
	uint64_t lines, reserved_too[7];
	struct account line[LINES]; /* of the journal: money is the number of the line, and 1 */
	PMEMoid note;
};

static PMEMobjpool *pool;
static struct bank *bank;

static void add(void *part, size_t size)
{
	pmemobj_tx_add_range_direct(part, size);
}

static void move_by_transaction(struct account *from, struct account *to)
{
	TX_BEGIN(pool)
	{
		add(from, sizeof(*from));
		if (FAULT != 1 && FAULT != 2)
			add(to, sizeof(*to));
		if (FAULT != 7)
			add(&bank->moves, sizeof(bank->moves));
		from->money -= 10;
		to->money += 10;
		if (FAULT == 2)
			add(to, sizeof(*to));
		bank->moves++;
	}
	TX_END
}

static void move_by_persists(struct account *from, struct account *to)
{
	from->money -= 10;
	pmemobj_persist(pool, from, sizeof(*from));
	to->money += 10;
	pmemobj_persist(pool, to, sizeof(*to));
}

static void write_line(void)
{
	struct account *line = &bank->line[bank->lines];

	line->money = bank->lines + 1;
	if (FAULT != 4)
		pmemobj_flush(pool, line, sizeof(*line));
	if (FAULT != 4 && FAULT != 6)
		pmemobj_drain(pool);
	bank->lines++;
	pmemobj_persist(pool, &bank->lines, sizeof(bank->lines));
}

static int fill_note(PMEMobjpool *of, void *note, void *arg)
{
	(void)arg;
	memset(note, 'n', NOTE);
	pmemobj_persist(of, note, NOTE);
	return 0;
}

static void take_note(void)
{
	if (pmemobj_alloc(pool, &bank->note, NOTE, 1, FAULT == 5 ? NULL : fill_note, NULL) != 0)
		exit(3);
	if (FAULT == 5)
		pmemobj_memset_persist(pool, pmemobj_direct(bank->note), 'n', NOTE);
}

static int fail(const char *what)
{
	puts(what);
	return 1;
}

static int check(void)
{
	uint64_t money = 0;

	for (int i = 0; i < ACCOUNTS; i++)
		money += bank->account[i].money;
	if (money != 0 && money != (uint64_t)ACCOUNTS * EACH)
		return fail("money is lost or made");
	for (uint64_t i = 0; i < bank->lines; i++)
		if (bank->line[i].money != i + 1)
			return fail("a line of the journal is lost");
	if (!OID_IS_NULL(bank->note))
		for (int i = 0; i < NOTE; i++)
			if (((char *)pmemobj_direct(bank->note))[i] != 'n')
				return fail("the note is not whole");
	return 0;
}

static void make(void)
{
	TX_BEGIN(pool)
	{
		add(bank, sizeof(*bank));
		for (int i = 0; i < ACCOUNTS; i++)
			bank->account[i].money = EACH;
	}
	TX_END
}

static void move(int count)
{
	for (int i = 0; i < count; i++) {
		struct account *from = &bank->account[i % ACCOUNTS];
		struct account *to = &bank->account[(5 * i + 3) % ACCOUNTS];

		if (FAULT == 3)
			move_by_persists(from, to);
		else
			move_by_transaction(from, to);
		write_line();
	}
	take_note();
}

int main(int argc, char *argv[])
{
	int ret = 0;

	if (argc < 3)
		return 2;
	pool = strcmp(argv[2], "make") == 0
	               ? pmemobj_create(argv[1], "bank", PMEMOBJ_MIN_POOL, 0600)
	               : pmemobj_open(argv[1], "bank");
	if (pool == NULL) {
		puts(pmemobj_errormsg());
		return 4;
	}
	bank = pmemobj_direct(pmemobj_root(pool, sizeof(*bank)));
	if (strcmp(argv[2], "make") == 0)
		make();
	else if (strcmp(argv[2], "note") == 0)
		take_note();
	else if (strcmp(argv[2], "move") == 0)
		move(atoi(argv[3]));
	else
		ret = check();
	pmemobj_close(pool);
	return ret;
}
