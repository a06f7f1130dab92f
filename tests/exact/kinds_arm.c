/* SPDX-License-Identifier: BSD-3-Clause */
/* Stores of AArch64, of all kinds. */
#include "kinds.h"

/* An instruction, or some, that store at %0; the text is the name. x1 to x3, and v0 to v3, hold numbers. */
#define INSN(text) \
	CASE(text, char *at = p; __asm__ volatile( \
		".arch armv8.5-a+lse\n" \
		"movz x1, #0x1234, lsl #16; movk x1, #0x5678; mvn x2, x1; mov x3, #48\n" \
		"dup v0.2d, x1; dup v1.2d, x2; movi v2.16b, #9; movi v3.16b, #7; " text \
		: "+r"(at) \
		: \
		: "memory", "cc", "x1", "x2", "x3", "x4", "x5", "v0", "v1", "v2", "v3"))

static void single(void)
{
	INSN("strb w1, [%0]");
	INSN("strh w1, [%0, #6]");
	INSN("str w1, [%0, #4]");
	INSN("str x1, [%0]");
	INSN("str xzr, [%0]");
	INSN("str x1, [%0], #8; str x2, [%0]");
	INSN("str x1, [%0, #16]!");
	INSN("str x1, [%0, x3]");
	INSN("str w1, [%0, w3, uxtw #2]");
	INSN("str x1, [%0, x3, lsl #3]");
	INSN("str x1, [%0, w3, sxtw]");
	INSN("str x1, [%0, #4088]");
	INSN("stur x1, [%0, #60]");
	INSN("sturb w1, [%0, #5]");
	INSN("sturh w1, [%0, #63]");
	INSN("stur x1, [%0, #-3]");
	INSN("sttr x1, [%0]");
	INSN("sttrb w1, [%0]");
	INSN("stp x1, x2, [%0]");
	INSN("stp w1, w2, [%0, #60]");
	INSN("stp x1, x2, [%0], #16; stp x1, x2, [%0, #16]!");
	INSN("stnp x1, x2, [%0, #48]");
	INSN("stlr x1, [%0]");
	INSN("stlr w1, [%0]");
	INSN("stlrb w1, [%0]");
	INSN("stlrh w1, [%0]");
	INSN("stlur x1, [%0, #16]");
	INSN("stllr x1, [%0]");
	INSN("mov x4, sp; add x5, %0, #1024; mov sp, x5; stp x1, x2, [sp, #-16]!; mov sp, x4");
}

static void vectors(void)
{
	INSN("str b0, [%0, #3]");
	INSN("str h0, [%0]");
	INSN("str s0, [%0]");
	INSN("str d0, [%0]");
	INSN("str q0, [%0]");
	INSN("stur q0, [%0, #57]");
	INSN("str q0, [%0, x3]");
	INSN("stp s0, s1, [%0]");
	INSN("stp d0, d1, [%0]");
	INSN("stp q0, q1, [%0]");
	INSN("stp q0, q1, [%0, #48]!");
	INSN("stnp q0, q1, [%0, #64]");
	INSN("st1 {v0.16b}, [%0]");
	INSN("st1 {v0.8b, v1.8b}, [%0]");
	INSN("st1 {v0.16b, v1.16b, v2.16b}, [%0]");
	INSN("st1 {v0.2d, v1.2d, v2.2d, v3.2d}, [%0], #64");
	INSN("st2 {v0.8h, v1.8h}, [%0]");
	INSN("st3 {v0.16b, v1.16b, v2.16b}, [%0]");
	INSN("st4 {v0.4s, v1.4s, v2.4s, v3.4s}, [%0]");
	INSN("st1 {v0.b}[3], [%0]");
	INSN("st1 {v0.s}[1], [%0]");
	INSN("st2 {v0.d, v1.d}[1], [%0]");
	INSN("st4 {v0.h, v1.h, v2.h, v3.h}[2], [%0]");
}

static void exclusive(void)
{
	INSN("1: ldxr x4, [%0]; add x4, x4, #9; stxr w5, x4, [%0]; cbnz w5, 1b");
	INSN("1: ldxr w4, [%0]; add w4, w4, #9; stxr w5, w4, [%0]; cbnz w5, 1b");
	INSN("1: ldxrb w4, [%0]; add w4, w4, #9; stxrb w5, w4, [%0]; cbnz w5, 1b");
	INSN("1: ldaxrh w4, [%0]; add w4, w4, #9; stlxrh w5, w4, [%0]; cbnz w5, 1b");
	INSN("1: ldxp x4, x5, [%0]; stxp w5, x1, x2, [%0]; cbnz w5, 1b");
	INSN("1: ldaxp w4, w5, [%0]; stlxp w5, w1, w2, [%0]; cbnz w5, 1b");
	INSN("clrex; stxr w5, x1, [%0]");
}

#define ATOMIC(op) \
	INSN(op "b w1, w4, [%0]"); \
	INSN(op "alh w1, w4, [%0]"); \
	INSN(op " w1, w4, [%0]"); \
	INSN(op "a x1, x4, [%0]"); \
	INSN(op "l x1, xzr, [%0]")

static void atomic(void)
{
	ATOMIC("ldadd");
	ATOMIC("ldset");
	ATOMIC("ldeor");
	ATOMIC("str x2, [%0]; ldclr");
	ATOMIC("ldsmax");
	ATOMIC("ldumax");
	ATOMIC("str x2, [%0]; ldsmin");
	ATOMIC("str x2, [%0]; ldumin");
	ATOMIC("swp");
	INSN("mov x4, #0; cas x4, x1, [%0]");
	INSN("mov x4, #5; cas x4, x1, [%0]");
	INSN("mov w4, #0; casb w4, w1, [%0]");
	INSN("mov w4, #0; casalh w4, w1, [%0]");
	INSN("mov w4, #0; casa w4, w1, [%0]");
	CASE("casp",
		__asm__ volatile(".arch armv8.1-a; mov x4, #0; mov x5, #0; mov x2, #7; mov x3, #8\n"
				 "casp x4, x5, x2, x3, [%0]"
				 :
				 : "r"(p)
				 : "memory", "x2", "x3", "x4", "x5"));
	CASE("caspal w",
		__asm__ volatile(".arch armv8.1-a; mov x4, #0; mov x5, #0; mov x2, #7; mov x3, #8\n"
				 "caspal w4, w5, w2, w3, [%0]"
				 :
				 : "r"(p)
				 : "memory", "x2", "x3", "x4", "x5"));
}

static void blocks(void)
{
	CASE("dc zva", memset(p, 1, SLOT); __asm__ volatile("dc zva, %0"
							    :
							    : "r"(p + 4096)
							    : "memory"));
	CASE("dc zva, then a store there", memset(p, 1, SLOT);
		__asm__ volatile("dc zva, %0; mov w1, #3; strb w1, [%0, #9]"
				 :
				 : "r"(p + 2048)
				 : "memory", "x1"));
	CASE("dc zva, within a block", memset(p, 1, SLOT); __asm__ volatile("dc zva, %0"
									    :
									    : "r"(p + 4133)
									    : "memory"));
}

static void store(void)
{
	single();
	vectors();
	exclusive();
	atomic();
	blocks();
}

int main(int argc, char *argv[])
{
	return run_kinds(argc, argv, store);
}
