/* SPDX-License-Identifier: BSD-3-Clause */
/* test_decode.c -- the decoder on what an assembler makes of one instruction each. */
#include <check.h>
#include <stdlib.h>

#include "decode.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

static const struct sample {
	uint8_t bytes[INSTRUCTION_MAX + 1];
	const char *text;
	struct instruction expected;
} samples[] = {
#define NONE NO_REGISTER
	{"\x66\x44\x0f\x38\xf8\x4c\x8e\x40", "movdir64b 0x40(%rsi,%rcx,4),%r9",
		{STREAM, true, R9, NONE, 1, 0, 64, 0}},
	{"\x48\x0f\x38\xf9\x47\x08", "movdiri %rax,8(%rdi)", {STREAM, true, RDI, NONE, 1, 8, 8, 0}},
	{"\x66\x41\x0f\xf7\xc9", "maskmovdqu %xmm9,%xmm1",
		{MASKED_STREAM, false, NONE, NONE, 1, 0, 16, 9}},
	{"\x66\x41\x0f\xe7\x5c\x24\xf0", "movntdq %xmm3,-0x10(%r12)",
		{STREAM, true, R12, NONE, 1, -16, 16, 0}},
	{"\x62\xc1\x7d\x48\xe7\x4c\xdd\x02", "vmovntdq %zmm17,0x80(%r13,%rbx,8)",
		{STREAM, true, R13, RBX, 8, 0x80, 64, 0}},
	{"\xc5\x7d\xe7\x4f\x20", "vmovntdq %ymm9,0x20(%rdi)",
		{STREAM, true, RDI, NONE, 1, 32, 32, 0}},
	{"\x48\x0f\xc3\x14\x24", "movnti %rdx,(%rsp)", {STREAM, true, RSP, NONE, 1, 0, 8, 0}},
	{"\x0f\xc3\x95\x45\x23\x01\x00", "movnti %edx,0x12345(%rbp)",
		{STREAM, true, RBP, NONE, 1, 0x12345, 4, 0}},
	{"\x62\xf1\xfe\x48\x7f\x44\x17\xff", "vmovdqu64 %zmm0,-0x40(%rdi,%rdx,1)",
		{STORE, true, RDI, RDX, 1, -64, 64, 0}},
	{"\x62\xf1\x7f\x49\x7f\x0f", "vmovdqu8 %zmm1,(%rdi){%k1}",
		{OTHER, true, RDI, NONE, 1, 0, 64, 0}},
	{"\xc4\xc1\x7c\x11\x08", "vmovups %ymm1,(%r8)", {STORE, true, R8, NONE, 1, 0, 32, 0}},
	{"\x0f\x11\x48\xff", "movups %xmm1,-1(%rax)", {STORE, true, RAX, NONE, 1, -1, 16, 0}},
	{"\x88\x47\x03", "mov %al,3(%rdi)", {STORE, true, RDI, NONE, 1, 3, 1, 0}},
	{"\x66\x41\x89\x4a\x06", "mov %cx,6(%r10)", {STORE, true, R10, NONE, 1, 6, 2, 0}},
	{"\x49\x89\x0c\x03", "mov %rcx,(%r11,%rax,1)", {STORE, true, R11, RAX, 1, 0, 8, 0}},
	{"\xc7\x47\x04\x07\x00\x00\x00", "movl $7,4(%rdi)", {STORE, true, RDI, NONE, 1, 4, 4, 0}},
	{"\xc4\xe3\x7d\x39\x57\x10\x01", "vextracti128 $1,%ymm2,0x10(%rdi)",
		{STORE, true, RDI, NONE, 1, 16, 16, 0}},
	{"\xf3\xaa", "rep stosb", {STRING_STORE, false, NONE, NONE, 1, 0, 1, 0}},
	{"\x66\x0f\xae\x77\x40", "clwb 0x40(%rdi)", {CLWB, true, RDI, NONE, 1, 64, 0, 0}},
	{"\x66\x42\x0f\xae\x3c\x78", "clflushopt (%rax,%r15,2)",
		{CLFLUSHOPT, true, RAX, R15, 2, 0, 0, 0}},
	{"\x41\x0f\xae\x7d\x00", "clflush 0(%r13)", {CLFLUSH, true, R13, NONE, 1, 0, 0, 0}},
	{"\x0f\xae\xf8", "sfence", {FENCE, false, NONE, NONE, 1, 0, 0, 0}},
	{"\x0f\xae\xf0", "mfence", {FENCE, false, NONE, NONE, 1, 0, 0, 0}},
	{"\x0f\xae\xe8", "lfence", {OTHER, false, NONE, NONE, 1, 0, 0, 0}},
	{"\x0f\xae\x37", "xsaveopt (%rdi)", {OTHER, true, RDI, NONE, 1, 0, 0, 0}},
	{"\x0f\xb6\x06", "movzbl (%rsi),%eax", {HARMLESS, true, RSI, NONE, 1, 0, 0, 0}},
	{"\x80\x3f\x01", "cmpb $1,(%rdi)", {HARMLESS, true, RDI, NONE, 1, 0, 0, 0}},
	{"\x48\x01\x07", "add %rax,(%rdi)", {OTHER, true, RDI, NONE, 1, 0, 0, 0}},
	{"\xf0\x48\x83\x0c\x24\x00", "lock orq $0,(%rsp)", {OTHER, true, RSP, NONE, 1, 0, 0, 0}},
	{"\x64\x48\x89\x04\x25\x28\x00\x00\x00", "mov %rax,%fs:0x28",
		{STORE, false, NONE, NONE, 1, 0x28, 8, 0}},
	{"\x48\x89\x05\x00\x01\x00\x00", "mov %rax,0x100(%rip)",
		{STORE, false, RBP, NONE, 1, 0, 8, 0}},
	{"\x0f\x05", "syscall", {SYSCALL, false, NONE, NONE, 1, 0, 0, 0}},
	{"\xcc", "int3", {TRAP, false, NONE, NONE, 1, 0, 0, 0}},
	{"\xc5\xf8\x77", "vzeroupper", {OTHER, false, NONE, NONE, 1, 0, 0, 0}},
#undef NONE
};

START_TEST(what_the_assembler_made)
{
	const struct sample *sample = &samples[_i];
	const struct instruction *expected = &sample->expected;
	struct instruction found = decode(sample->bytes);

	ck_assert_msg(found.kind == expected->kind, "%s: kind %d, not %d", sample->text, found.kind,
		expected->kind);
	ck_assert_msg(found.has_memory == expected->has_memory, "%s: an operand in memory: %d",
		sample->text, found.has_memory);
	if (expected->bytes)
		ck_assert_msg(found.bytes == expected->bytes, "%s: %u bytes, not %u", sample->text,
			found.bytes, expected->bytes);
	ck_assert_uint_eq(found.mask, expected->mask);
	if (expected->has_memory)
		ck_assert_msg(found.base == expected->base && found.index == expected->index &&
				      found.scale == expected->scale &&
				      found.displacement == expected->displacement,
			"%s: at register %d + register %d * %u + %ld", sample->text, found.base,
			found.index, found.scale, (long)found.displacement);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("decode");
	TCase *tc = tcase_create("decode");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0); /* Meson's is enough */
	tcase_add_loop_test(tc, what_the_assembler_made, 0, sizeof(samples) / sizeof(samples[0]));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
