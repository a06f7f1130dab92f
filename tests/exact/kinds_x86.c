/* SPDX-License-Identifier: BSD-3-Clause */
/* Stores of x86-64, of all kinds. */
#include "kinds.h"

/* An instruction, or some, that store at %0; the text is the name. */
#define INSN(text) \
	CASE(text, __asm__ volatile(text : : "r"(p) : "memory", "cc", "rax", "rcx", "rdx"))

/* With xmm3 filled. */
#define VECTOR(text) \
	CASE(text, __asm__ volatile("vmovdqu (%1), %%ymm3\n" text "\nvzeroupper" \
				    : \
				    : "r"(p), "r"(source) \
				    : "memory", "xmm2", "xmm3"))

/* With x87 in its initial state. */
#define X87(text) CASE(text, __asm__ volatile("fninit\n" text "\nfninit" : : "r"(p) : "memory"))

/* With rdi at a slot, rsi at bytes, rcx a count. */
#define STRING(text, at, from, count) \
	CASE(text " of " #count " at " #at, char *to = p + (at); const char *bytes = (from); \
		long n = (count); __asm__ volatile("mov $0x31, %%eax\n" text "\ncld" \
						   : "+D"(to), "+S"(bytes), "+c"(n) \
						   : \
						   : "memory", "cc", "rax"))

static void move(void)
{
	INSN("movb $0x11, (%0)");
	INSN("mov $0x12, %%al; mov %%al, (%0)");
	INSN("mov $0x1300, %%eax; mov %%ah, (%0)");
	INSN("movw $0x1411, (%0)");
	INSN("movl $0x15151515, (%0)");
	INSN("movq $0x16161616, (%0)");
	INSN("movabs $0x1716151413121110, %%rax; mov %%rax, (%0)");
	INSN("mov %%rsp, (%0)");
	INSN("mov $0x18, %%eax; movl $0x19191919, 16(%0, %%rax, 4)");
	INSN("movabs $0x1716151413121110, %%rax; mov %%rax, 60(%0)");
	INSN("movabs $0x1716151413121110, %%rax; mov %%rax, 4092(%0)");
	INSN("movq $0, (%0)");
	INSN("mov $0x2d2e2f30, %%eax; movbe %%eax, (%0)");
	INSN("push $0x22; pop (%0)");
	INSN("stc; setc (%0)");
	INSN("mov $0x25, %%eax; xchg %%eax, (%0)");
	INSN("mov %%rsp, %%rdx; lea 1024(%0), %%rsp; push $0x37; pushfq; mov %%rdx, %%rsp");
	INSN("mov %%rsp, %%rdx; lea 1024(%0), %%rsp; call 1f; 1: mov %%rdx, %%rsp");
	INSN("mov %%rsp, %%rdx; mov %%rbp, %%rcx; lea 1024(%0), %%rsp; enter $16, $0; "
	     "mov %%rcx, %%rbp; mov %%rdx, %%rsp");
	CASE("mov, segment fs", unsigned long fs = (unsigned long)__builtin_thread_pointer();
		__asm__ volatile("movl $0x38, %%fs:(%0)"
				 :
				 : "r"((unsigned long)p - fs)
				 : "memory"));
}

static void change(void)
{
	INSN("addq $0x23, (%0)");
	INSN("subl $0x24, (%0)");
	INSN("stc; adcl $0x24, (%0)");
	INSN("stc; sbbl $0x24, (%0)");
	INSN("orw $0x24, (%0)");
	INSN("xorb $0x24, (%0)");
	INSN("movl $-1, (%0); andl $0x24, (%0)");
	INSN("incl (%0)");
	INSN("decl (%0)");
	INSN("movl $5, (%0); negl (%0)");
	INSN("notl (%0)");
	INSN("movl $5, (%0); shll $3, (%0)");
	INSN("movl $-5, (%0); sarl $1, (%0)");
	INSN("movl $5, (%0); rolb $3, (%0)");
	INSN("stc; rcrl $1, (%0)");
	INSN("movl $5, (%0); mov $-1, %%eax; shldl $3, %%eax, (%0)");
	INSN("movl $5, (%0); mov $-1, %%eax; shrdl $3, %%eax, (%0)");
	INSN("btsl $7, (%0)");
	INSN("mov $1000, %%eax; btsl %%eax, (%0)");
	INSN("movl $-1, (%0); btrl $7, (%0)");
	INSN("btcl $7, (%0)");
	INSN("mov $0x27, %%eax; xadd %%eax, (%0)");
	INSN("xor %%eax, %%eax; mov $0x28, %%edx; cmpxchg %%edx, (%0)");
}

static void change_locked(void)
{
	INSN("lock addl $0x26, (%0)");
	INSN("lock incq (%0)");
	INSN("lock decb (%0)");
	INSN("lock orl $0x26, (%0)");
	INSN("lock notl (%0)");
	INSN("lock negl (%0)");
	INSN("lock btsq $9, (%0)");
	INSN("lock addq $0x26, 60(%0)");
	INSN("mov $0x27, %%eax; lock xadd %%eax, (%0)");
	INSN("xor %%eax, %%eax; mov $0x28, %%edx; lock cmpxchg %%edx, (%0)");
	INSN("mov $1, %%eax; mov $0x28, %%edx; lock cmpxchg %%edx, (%0)");
	INSN("push %%rbx; xor %%eax, %%eax; xor %%edx, %%edx; mov $0x29, %%ebx; mov $0x2a, %%ecx; "
	     "lock cmpxchg8b (%0); pop %%rbx");
	INSN("push %%rbx; xor %%eax, %%eax; xor %%edx, %%edx; mov $0x2b, %%ebx; mov $0x2c, %%ecx; "
	     "lock cmpxchg16b (%0); pop %%rbx");
}

static void strings(void)
{
	STRING("movsb", 0, source, 1);
	STRING("movsw", 0, source, 1);
	STRING("movsl", 0, source, 1);
	STRING("movsq", 0, source, 1);
	STRING("rep movsb", 0, source, 100);
	STRING("rep movsw", 1, source, 30);
	STRING("rep movsq", 0, source, 20);
	STRING("rep movsb", 4056, source, 100);
	STRING("std; rep movsb", 99, source + 99, 100);
	STRING("rep movsb", 8, to - 8, 100);
	STRING("rep movsb", 0, source, 0);
	STRING("stosb", 0, source, 1);
	STRING("stosq", 0, source, 1);
	STRING("rep stosb", 0, source, 100);
	STRING("rep stosl", 3, source, 25);
	STRING("rep stosq", 0, source, 20);
}

static void vectors(void)
{
	VECTOR("movss %%xmm3, (%0)");
	VECTOR("movsd %%xmm3, (%0)");
	VECTOR("movaps %%xmm3, (%0)");
	VECTOR("movapd %%xmm3, (%0)");
	VECTOR("movups %%xmm3, 1(%0)");
	VECTOR("movdqa %%xmm3, (%0)");
	VECTOR("movdqu %%xmm3, 56(%0)");
	VECTOR("movlps %%xmm3, (%0)");
	VECTOR("movhps %%xmm3, (%0)");
	VECTOR("movq %%xmm3, (%0)");
	VECTOR("movd %%xmm3, (%0)");
	VECTOR("pextrb $3, %%xmm3, (%0)");
	VECTOR("pextrw $3, %%xmm3, (%0)");
	VECTOR("pextrd $1, %%xmm3, (%0)");
	VECTOR("pextrq $1, %%xmm3, (%0)");
	VECTOR("extractps $1, %%xmm3, (%0)");
	VECTOR("vmovdqu %%ymm3, (%0)");
	VECTOR("vmovdqu %%ymm3, 50(%0)");
	VECTOR("vmovdqu %%ymm3, 4080(%0)");
	VECTOR("vmovaps %%ymm3, (%0)");
	VECTOR("vmovdqu %%xmm3, (%0)");
	VECTOR("vmovss %%xmm3, (%0)");
	VECTOR("vextractf128 $1, %%ymm3, (%0)");
	VECTOR("vextracti128 $1, %%ymm3, (%0)");
	VECTOR("vpcmpeqd %%ymm2, %%ymm2, %%ymm2; vpslldq $8, %%ymm2, %%ymm2; "
	       "vmaskmovps %%ymm3, %%ymm2, (%0)");
	VECTOR("vpcmpeqd %%ymm2, %%ymm2, %%ymm2; vpslldq $8, %%ymm2, %%ymm2; "
	       "vpmaskmovq %%ymm3, %%ymm2, (%0)");
	VECTOR("vcvtps2ph $0, %%ymm3, (%0)");
	VECTOR("movq (%1), %%mm1; movq %%mm1, (%0); emms");
}

static void past_the_caches(void)
{
	INSN("mov $0x34343434, %%eax; movnti %%eax, (%0)");
	INSN("movabs $0x3534343434343434, %%rax; movnti %%rax, (%0)");
	VECTOR("movntdq %%xmm3, (%0)");
	VECTOR("movntps %%xmm3, (%0)");
	VECTOR("movntpd %%xmm3, (%0)");
	VECTOR("vmovntdq %%ymm3, (%0)");
	VECTOR("vmovntps %%ymm3, (%0)");
	VECTOR("vmovntpd %%ymm3, (%0)");
	VECTOR("movq (%1), %%mm1; movntq %%mm1, (%0); emms");
	VECTOR("movntss %%xmm3, (%0)");
	VECTOR("movntsd %%xmm3, (%0)");
	VECTOR("pcmpeqb %%xmm2, %%xmm2; psrlw $8, %%xmm2; mov %0, %%rdi; maskmovdqu %%xmm2, %%xmm3");
	CASE("clzero", memset(p, 0x36, 128); __asm__ volatile("clzero" : : "a"(p) : "memory"));
}

static void states(void)
{
	X87("fld1; fstps (%0)");
	X87("fld1; fstpl (%0)");
	X87("fldpi; fstpt (%0)");
	X87("fldpi; fbstp (%0)");
	X87("fldpi; fists (%0)");
	X87("fldpi; fistpl (%0)");
	X87("fldpi; fistpll (%0)");
	X87("fldpi; fisttpl (%0)");
	X87("fnstcw (%0)");
	X87("fnstsw (%0)");
	X87("fnstenv (%0)");
	X87("fldpi; fnsave (%0)");
	INSN("stmxcsr (%0)");
	INSN("fxsave64 (%0)");
	INSN("mov $7, %%eax; xor %%edx, %%edx; xsave64 (%0)");
	INSN("mov $7, %%eax; xor %%edx, %%edx; xsaveopt64 (%0)");
	INSN("mov $7, %%eax; xor %%edx, %%edx; xsavec64 (%0)");
	INSN("sgdt (%0)");
}

static void store(void)
{
	move();
	change();
	change_locked();
	strings();
	vectors();
	past_the_caches();
	states();
}

int main(int argc, char *argv[])
{
	return run_kinds(argc, argv, store);
}
