/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Durability of the store template: on a model of the cache, each operation leaves each line of
 * its destination flushed after the last store to it and then fenced, or holding nothing but
 * non-temporal stores that reach memory by themselves, and then fenced.
 *
 * The argument is the size of a cache line, 16 to 256. PMEM2_TEST_CASES below 2000: every fifth of the
 * flags with each size and alignment.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "recorder.h"

#define BACKEND     rec
#define ISA         model
#define TUNING      model_tuning
#define FLUSH_NEEDS 0
#include "../../backends/memops.tmpl.h"

struct pmem2_tuning model_tuning = {.movnt_threshold = 256};

static char source[AREA] __attribute__((aligned(4096)));
static size_t line_size;

/* An operation and the contract that it is to keep. */
struct op {
	const struct pmem2_variant *variant;
	bool set;
	ptrdiff_t shift; /* of the source against the destination; 0: somewhere else */
};

static const struct pmem2_variant *const cached = &pmem2_rec_model;
static const struct pmem2_variant *const byte = &pmem2_rec_byte_model;

/* NULL, or the rule of CACHE_LINE that was broken. */
static const char *judge_line(unsigned flags)
{
	const char *rule;

	if (flags & PMEM2_F_MEM_NOFLUSH) {
		if (recorder.flushes || (recorder.fences && !recorder.streams))
			return "NOFLUSH, and it flushes or drains";
		return recorder.unfenced_stream ? "NOFLUSH leaves streams unfenced" : NULL;
	}
	if ((rule = recorder_flushed()))
		return rule;
	if (flags & PMEM2_F_MEM_NODRAIN) {
		/* streams that are flushed are fenced before */
		if (recorder.fences && !(recorder.streams && recorder.flushes))
			return "NODRAIN, and it drains";
		cached->drain();
	}
	return recorder_fenced();
}

/* NULL, or the rule of BYTE that was broken. */
static const char *judge_byte(unsigned flags)
{
	if (recorder.flushes)
		return "BYTE, and it flushes";
	if (recorder.unfenced_stream)
		return "streams left unfenced";
	if (flags & (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH))
		return recorder.fences && !recorder.streams ? "drains without need" : NULL;
	return recorder.unfenced_store ? "a store without a fence after it" : NULL;
}

static const char *judge_contents(const char *dest, const char *expected, size_t len)
{
	return memcmp(dest, expected, len) ? "wrong contents" : NULL;
}

static const char *run(const struct op *op, char *dest, size_t len, unsigned flags)
{
	static char expected[AREA];
	const char *src = op->shift ? dest + op->shift : source + 4096;
	const char *rule;

	if (op->set)
		memset(expected, 0x5A, len);
	else
		memcpy(expected, src, len);
	recorder_start(dest, len);
	if (op->set)
		op->variant->memset(dest, 0x5A, len, flags);
	else
		op->variant->memmove(dest, src, len, flags);

	rule = recorder.broken;
	if (!rule)
		rule = judge_contents(dest, expected, len);
	if (!rule)
		rule = op->variant == cached ? judge_line(flags) : judge_byte(flags);
	return rule;
}

static void check(const struct op *op, size_t at, size_t len, unsigned flags)
{
	const char *rule = run(op, area + at, len, flags);

	if (rule)
		ck_abort_msg("%s %s of %zu bytes to %zu, source %+td, flags %#x, lines of %zu, "
			     "movnt from %zu, nt_evicts %u, shape %u: %s",
			op->variant->name, op->set ? "memset" : "memmove", len, at, op->shift,
			flags, line_size, model_tuning.movnt_threshold, model_tuning.nt_evicts,
			model_tuning.shape, rule);
}

/* What a non-temporal store is worth, and which shape the CPU's copies have. */
static const struct contract {
	unsigned nt_evicts, shape;
} contracts[] = {
	{0, PMEM2_SHAPE_AMD},
	{1, PMEM2_SHAPE_AMD},
	{1, PMEM2_SHAPE_INTEL},
	{0, PMEM2_SHAPE_DEFAULT},
	{1, PMEM2_SHAPE_DEFAULT},
};

enum { CONTRACTS = sizeof(contracts) / sizeof(contracts[0]) };

static void set_contract(const struct contract *contract, size_t movnt_threshold)
{
	recorder.line_size = model_tuning.line_size = line_size;
	model_tuning.nt_evicts = contract->nt_evicts;
	model_tuning.shape = contract->shape;
	model_tuning.movnt_threshold = movnt_threshold;
	recorder.streams_count = STREAMS_REACH_MEMORY && contract->nt_evicts;
}

START_TEST(every_size_alignment_and_flag)
{
	static const size_t thresholds[] = {256, 0, SIZE_MAX};

	const char *cases = getenv("PMEM2_TEST_CASES");
	unsigned step = cases && atol(cases) < 2000 ? 5 : 1;

	set_contract(&contracts[_i % CONTRACTS], thresholds[_i / CONTRACTS]);
	for (size_t len = 0; len <= 600; len += _i < CONTRACTS ? 1 : 5)
		for (size_t at = 4096; at < 4096 + 64; at++)
			for (unsigned flags = (len + at) % step; flags < 64; flags += step) {
				/* overlaps of 1 to 67 bytes less than the length, both ways */
				ptrdiff_t shift = 1 + (ptrdiff_t)((len + at + flags) % 67);

				check(&(struct op){cached, .set = true}, at, len, flags);
				check(&(struct op){cached, .shift = 0}, at, len, flags);
				check(&(struct op){cached, .shift = shift}, at, len, flags);
				check(&(struct op){cached, .shift = -shift}, at, len, flags);
				check(&(struct op){byte, .set = true}, at, len, flags);
				check(&(struct op){byte, .shift = shift}, at, len, flags);
				check(&(struct op){byte, .shift = -shift}, at, len, flags);
			}
}
END_TEST

static uint64_t random_below(uint64_t limit)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % limit;
}

START_TEST(larger_sizes)
{
	set_contract(&contracts[_i], 256);
	for (int n = 0; n < 4000; n++) {
		size_t len = random_below(n % 100 ? 20000 : AREA - 3 * 65536);
		size_t at = 65536 + random_below(64);
		unsigned flags = (unsigned)random_below(64);
		ptrdiff_t shift = 1 + (ptrdiff_t)random_below(n & 1 ? 200 : 60000);

		check(&(struct op){cached, .set = true}, at, len, flags);
		check(&(struct op){cached, .shift = 0}, at, len, flags);
		check(&(struct op){cached, .shift = shift}, at, len, flags);
		check(&(struct op){cached, .shift = -shift}, at, len, flags);
		check(&(struct op){byte, .shift = 0}, at, len, flags);
		check(&(struct op){byte, .shift = -shift}, at, len, flags);
	}
}
END_TEST

/* Streams that are long enough for it under any contract, with every edge at both ends. */
START_TEST(edges_of_streams)
{
	set_contract(&contracts[_i], 256);
	for (size_t head = 0; head < 64; head++)
		for (size_t tail = 0; tail < 64; tail++) {
			size_t at = 65536 - head, len = head + STREAM_BLOCK + 7 * LINE + tail;
			unsigned flags = PMEM2_F_MEM_NONTEMPORAL;

			if ((head + tail) % 2)
				flags |= PMEM2_F_MEM_NODRAIN;
			check(&(struct op){cached, .set = true}, at, len, flags);
			check(&(struct op){cached, .shift = 0}, at, len, flags);
			/* just after the source modulo 4 KiB: from the end down */
			check(&(struct op){cached, .shift = 0}, at + 128, len, flags);
			check(&(struct op){cached, .shift = 2 * NEAR}, at, len,
				flags ^ PMEM2_F_MEM_NODRAIN);
		}
}
END_TEST

/* persist, flush and drain, after plain stores of the program's own */
START_TEST(flush_and_persist)
{
	set_contract(&contracts[_i], 256);
	for (size_t len = 0; len <= 600; len++)
		for (char *at = area + 4096; at < area + 4096 + 64; at++) {
			recorder_start(at, len);
			for (size_t i = 0; i < len; i++)
				store1(at + i, 1);
			recorder.broken = NULL;
			cached->flush(at, len);
			ck_assert_ptr_null(recorder.broken);
			ck_assert_ptr_null(recorder_flushed());
			ck_assert(!recorder.fences);
			cached->drain();
			ck_assert_ptr_null(recorder_fenced());

			const struct pmem2_variant *deep[] = {cached, byte};
			for (int i = 0; i < 2; i++) {
				recorder_start(at, len);
				for (size_t j = 0; j < len; j++)
					store1(at + j, 1);
				recorder.broken = NULL;
				(i ? deep[i]->deep_persist : deep[i]->persist)(at, len);
				ck_assert_ptr_null(recorder.broken);
				ck_assert_ptr_null(recorder_flushed());
				ck_assert_ptr_null(recorder_fenced());
			}
		}
}
END_TEST

/* The model is not blind: without one of the flushes, or the fence, nothing passes. */
START_TEST(model_notices)
{
	struct op ops[] = {{cached, .set = true}, {cached, .shift = 0}, {cached, .shift = 3},
		{cached, .shift = -3}};

	set_contract(&contracts[0], 256);
	for (size_t len = 1; len <= 600; len++)
		for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
			char *at = area + 4096 + len % 64;
			char *last = at + len - 1;

			recorder.lost_line = last;
			ck_assert_ptr_nonnull(run(&ops[i], at, len, 0));
			recorder.lost_line = at;
			ck_assert_ptr_nonnull(run(&ops[i], at, len, PMEM2_F_MEM_NODRAIN));
			recorder.lost_line = NULL;

			recorder.lost_fence = true;
			ck_assert_ptr_nonnull(run(&ops[i], at, len, 0));
			recorder.lost_fence = false;
			ck_assert_ptr_null(run(&ops[i], at, len, 0));
		}
}
END_TEST

int main(int argc, char **argv)
{
	TCase *tc = tcase_create("durable");
	Suite *suite = suite_create("store template");
	SRunner *runner = srunner_create(suite);

	line_size = argc > 1 ? (size_t)atoi(argv[1]) : 64;
	for (size_t i = 0; i < sizeof(source); i++)
		source[i] = (char)(i * 37 + i / 251);
	tcase_set_timeout(tc, 0); /* Meson's is enough */
	/* the other thresholds, and the shapes that are like another, with one size of lines */
	tcase_add_loop_test(tc, every_size_alignment_and_flag, 0,
		line_size == 64 ? 3 * CONTRACTS : 3);
	tcase_add_loop_test(tc, larger_sizes, 0, CONTRACTS);
	tcase_add_loop_test(tc, edges_of_streams, 0, line_size == 64 ? CONTRACTS : 1);
	tcase_add_loop_test(tc, flush_and_persist, 0, CONTRACTS);
	tcase_add_test(tc, model_notices);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
