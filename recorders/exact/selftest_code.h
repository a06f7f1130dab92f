/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * selftest_code.h -- the programs of the self-test, in machine code: each opens its first argument, maps a page of
 * it, and stores, flushes and waits there as selftest.c expects.
 */
#ifndef EXACT_SELFTEST_CODE_H
#define EXACT_SELFTEST_CODE_H

#include <stdint.h>

static const uint8_t selftest_x86[] = {
	0x48, 0x8b, 0x7c, 0x24, 0x10,       /* mov 16(%rsp), %rdi */
	0xbe, 0x02, 0x00, 0x00, 0x00,       /* mov $2, %esi: O_RDWR */
	0x31, 0xd2,                         /* xor %edx, %edx */
	0xb8, 0x02, 0x00, 0x00, 0x00,       /* mov $2, %eax: open */
	0x0f, 0x05,                         /* syscall */
	0x41, 0x89, 0xc0,                   /* mov %eax, %r8d */
	0x31, 0xff,                         /* xor %edi, %edi */
	0xbe, 0x00, 0x10, 0x00, 0x00,       /* mov $4096, %esi */
	0xba, 0x03, 0x00, 0x00, 0x00,       /* mov $3, %edx: PROT_READ | PROT_WRITE */
	0x41, 0xba, 0x01, 0x00, 0x00, 0x00, /* mov $1, %r10d: MAP_SHARED */
	0x45, 0x31, 0xc9,                   /* xor %r9d, %r9d */
	0xb8, 0x09, 0x00, 0x00, 0x00,       /* mov $9, %eax: mmap */
	0x0f, 0x05,                         /* syscall */
	0x48, 0x89, 0xc3,                   /* mov %rax, %rbx */
	0xc7, 0x03, 0x44, 0x33, 0x22, 0x11, /* movl $0x11223344, (%rbx) */
	0x4c, 0x8d, 0x63, 0x40,             /* lea 64(%rbx), %r12 */
	0xb9, 0x02, 0x00, 0x00, 0x00,       /* mov $2, %ecx */
	0x49, 0xc7, 0x44, 0x8c, 0xc8, 0x55, 0x00, 0x00, 0x00, /* movq $0x55, -56(%r12, %rcx, 4) */
	0x66, 0x41, 0x0f, 0xae, 0x74, 0x24, 0xc0,             /* clwb -64(%r12) */
	0x0f, 0xae, 0xf8,                                     /* sfence */
	0xb8, 0x77, 0x00, 0x00, 0x00,                         /* mov $0x77, %eax */
	0x0f, 0xc3, 0x43, 0x40,                               /* movnti %eax, 64(%rbx) */
	0xf0, 0x83, 0x83, 0x80, 0x00, 0x00, 0x00, 0x03,       /* lock addl $3, 128(%rbx) */
	0x49, 0x83, 0xc4, 0x40,                               /* add $64, %r12 */
	0x66, 0x41, 0x0f, 0xae, 0x3c, 0x24,                   /* clflushopt (%r12) */
	0x49, 0x83, 0xc4, 0x80,                               /* add $-128, %r12 */
	0x41, 0x0f, 0xae, 0x3c, 0x24,                         /* clflush (%r12) */
	0x0f, 0xae, 0xf0,                                     /* mfence */
	0x31, 0xff,                                           /* xor %edi, %edi */
	0xb8, 0x3c, 0x00, 0x00, 0x00,                         /* mov $60, %eax: exit */
	0x0f, 0x05,                                           /* syscall */
};

static const uint32_t selftest_arm[] = {
	0xf9400be1, /* ldr x1, [sp, #16] */
	0x92800c60, /* mov x0, #-100: AT_FDCWD */
	0xd2800042, /* mov x2, #2: O_RDWR */
	0xd2800708, /* mov x8, #56: openat */
	0xd4000001, /* svc #0 */
	0xaa0003e4, /* mov x4, x0 */
	0xd2800000, /* mov x0, #0 */
	0xd2820001, /* mov x1, #4096 */
	0xd2800062, /* mov x2, #3: PROT_READ | PROT_WRITE */
	0xd2800023, /* mov x3, #1: MAP_SHARED */
	0xd2800005, /* mov x5, #0 */
	0xd2801bc8, /* mov x8, #222: mmap */
	0xd4000001, /* svc #0 */
	0xaa0003f3, /* mov x19, x0 */
	0x52866881, /* mov w1, #0x3344 */
	0xb9000261, /* str w1, [x19] */
	0xd1002275, /* sub x21, x19, #8 */
	0xd28000a2, /* mov x2, #5 */
	0xd2800aa1, /* mov x1, #0x55 */
	0xf8227aa1, /* str x1, [x21, x2, lsl #3] */
	0xd50b7a33, /* dc cvac, x19: QEMU 7.2 has no cvap */
	0xd5033f9f, /* dsb sy */
	0x91020274, /* add x20, x19, #128 */
	0xa9000a81, /* stp x1, x2, [x20] */
	0xc89ffe82, /* stlr x2, [x20] */
	0xd50b7e34, /* dc civac, x20 */
	0xd5033e9f, /* dsb st */
	0xd2800000, /* mov x0, #0 */
	0xd2800bc8, /* mov x8, #94: exit_group */
	0xd4000001, /* svc #0 */
};

#endif
