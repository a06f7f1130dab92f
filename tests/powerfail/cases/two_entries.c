/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transfers with an undo log of two entries, a line each. FAULT 1: the log is made once the accounts are durable; 2: it
 * counts before its entries are durable.
 */
#include "cases.h"

enum {
	LINE = 8,
	VALID = 0,
	ENTRY = LINE,
	ACCOUNT = 3 * LINE,
	ACCOUNTS = 8,
	END = ACCOUNT + ACCOUNTS * LINE
};

static uint64_t *w;

static uint64_t *account(uint64_t i)
{
	return &w[ACCOUNT + LINE * (i % ACCOUNTS)];
}

static void make_log(const uint64_t account_of[2], const uint64_t old[2])
{
	for (int i = 0; i < 2; i++) {
		w[ENTRY + LINE * i] = account_of[i];
		w[ENTRY + LINE * i + 1] = old[i];
	}
	if (FAULT != 2)
		persist(&w[ENTRY], 2 * LINE * sizeof(*w));
	w[VALID] = 1;
	persist(&w[VALID], sizeof(*w)); /* valid */
	if (FAULT == 2)
		persist(&w[ENTRY], 2 * LINE * sizeof(*w));
}

static void transfer(uint64_t from, uint64_t to, uint64_t amount)
{
	const uint64_t account_of[2] = {from, to}, old[2] = {*account(from), *account(to)};

	if (FAULT != 1)
		make_log(account_of, old);
	*account(from) -= amount;
	*account(to) += amount;
	flush(account(from), sizeof(*w)); /* from */
	flush(account(to), sizeof(*w));
	drain();
	if (FAULT == 1)
		make_log(account_of, old);
	w[VALID] = 0;
	persist(&w[VALID], sizeof(*w));
}

int main(int argc, char *argv[])
{
	uint64_t sum = 0;

	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		w = load(argv[1], END * sizeof(*w));
		for (int i = 0; i < 2 && w[VALID] != 0; i++)
			*account(w[ENTRY + LINE * i]) = w[ENTRY + LINE * i + 1];
		for (uint64_t i = 0; i < ACCOUNTS; i++)
			sum += *account(i);
		if (sum != 0)
			fails("money is lost");
		return 0;
	}
	w = map_file(argv[1], 4096);
	for (uint64_t i = 1; i < 9; i++)
		transfer(i % ACCOUNTS, (i + 3) % ACCOUNTS, i);
	return 0;
}
