/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two words have a constant sum, changed by transactions with an undo log, which is used again and again; then they are
 * counted. FAULT 1: the log is cleared before the words are durable; 2: the record is written when the words are
 * changed; 3: that the log is cleared is not flushed; 4: the log is valid before the record is written.
 */
#include "cases.h"

enum { VALID = 16, RECORD = 24, DONE = 32, TRANSACTIONS = 3 };

static void log_words(uint64_t *w)
{
	if (FAULT == 4) {
		w[VALID] = 1;
		persist(&w[VALID], 8); /* valid first */
	}
	w[RECORD] = w[0];
	w[RECORD + 1] = w[8];
	persist(&w[RECORD], 16); /* record */
	w[VALID] = 1;
	persist(&w[VALID], 8); /* valid */
}

static void change_words(uint64_t *w)
{
	w[0] -= 1;
	w[8] += 1;
	flush(&w[0], 8);
	flush(&w[8], 8); /* words */
	drain();
}

static void clear_log(uint64_t *w)
{
	w[VALID] = 0;
	if (FAULT != 3)
		persist(&w[VALID], 8); /* clear */
}

static void change(uint64_t *w)
{
	if (FAULT != 2)
		log_words(w);
	if (FAULT == 1) {
		w[0] -= 1;
		w[8] += 1;
		clear_log(w);
		flush(&w[0], 8);
		flush(&w[8], 8); /* words late */
		drain();
	} else if (FAULT == 2) {
		uint64_t old[2] = {w[0], w[8]};

		w[0] -= 1;
		w[8] += 1;
		w[RECORD] = old[0];
		w[RECORD + 1] = old[1];
		persist(&w[RECORD], 16);
		w[VALID] = 1;
		persist(&w[VALID], 8); /* valid late */
		flush(&w[0], 8);
		flush(&w[8], 8);
		drain();
		clear_log(w);
	} else {
		change_words(w);
		clear_log(w);
	}
	w[DONE]++;
	persist(&w[DONE], 8); /* done */
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		uint64_t *w = load(argv[1], 4096);

		if (w[VALID] != 0) {
			w[0] = w[RECORD];
			w[8] = w[RECORD + 1];
		}
		if (w[0] + w[8] != 0)
			fails("the sum is another one");
		if (-w[0] < w[DONE])
			fails("a transaction that was counted is gone");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (int i = 0; i < TRANSACTIONS; i++)
		change(w);
	return 0;
}
