/* SPDX-License-Identifier: BSD-3-Clause */
/* table.c -- the table of addresses in libpmem2_backend(7), while other threads change it. */
#include <stdatomic.h>
#include <stdbool.h>

#include <libpmem2/backend.h>

#include "../core/unit.h"

int attach(const struct pmem2_attached *map);
void detach(const struct pmem2_attached *map);
bool is_ours(const void *ptr);

enum {
	THREADS = 3,
	ROUNDS = 2000,
	SIZE = 4096,
};

/* What stays is in the middle of what comes and goes; what is never there is at both sides of it. */
static char memory[2 * THREADS + 3][SIZE];
static atomic_uint at_work;

static struct pmem2_attached mapping(size_t at)
{
	return (struct pmem2_attached){.address = memory[at], .length = SIZE, .fd = -1};
}

static void *come_and_go(void *arg)
{
	struct pmem2_attached low = mapping((size_t)arg);
	struct pmem2_attached high = mapping((size_t)arg + THREADS + 3);

	for (int i = 0; i < ROUNDS; i++) {
		ck_assert_int_eq(attach(&low), 0);
		ck_assert(is_ours(low.address));
		detach(&low);
		ck_assert(!is_ours(low.address));
		ck_assert_int_eq(attach(&high), 0);
		detach(&high);
	}
	atomic_fetch_sub(&at_work, 1);
	return NULL;
}

START_TEST(it_is_read_while_it_changes)
{
	struct pmem2_attached stays = mapping(THREADS + 1);
	pthread_t threads[THREADS];
	size_t asked = 0;

	at_work = THREADS;
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, come_and_go, (void *)i), 0);
	ck_assert_int_eq(attach(&stays), 0);
	for (; atomic_load(&at_work) != 0 || asked < ROUNDS; asked++) {
		ck_assert(!is_ours(memory[THREADS] + asked % SIZE));
		ck_assert(is_ours(memory[THREADS + 1] + asked % SIZE));
		ck_assert(!is_ours(memory[THREADS + 2] + asked % SIZE));
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	detach(&stays);
	ck_assert(!is_ours(stays.address));
}
END_TEST

START_TEST(it_says_when_it_is_full)
{
	static struct pmem2_attached many[1024];
	struct pmem2_attached more = {.address = (void *)1, .length = 1};

	for (size_t i = 0; i < 1024; i++) {
		many[i] = (struct pmem2_attached){.address = (void *)(i + 1), .length = 1};
		ck_assert_int_eq(attach(&many[i]), 0);
	}
	ck_assert_int_lt(attach(&more), 0);
	detach(&many[7]);
	ck_assert_int_eq(attach(&more), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {it_is_read_while_it_changes, it_says_when_it_is_full, NULL};

	return unit_run("table", tests);
}
