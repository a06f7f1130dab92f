/* SPDX-License-Identifier: BSD-3-Clause */
/* raw.h -- how a program that uses no library for it makes its stores durable. */
#ifndef RAW_H
#define RAW_H

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __aarch64__
static inline void write_back(const void *p)
{
	__asm__ volatile("dc cvac, %0"
			 :
			 : "r"(p)
			 : "memory"); /* QEMU 7.2 has no cvap for programs */
}

static inline void store_fence(void)
{
	__asm__ volatile("dsb ish" : : : "memory");
}

static inline void store_past_caches(uint64_t *to, uint64_t value)
{
	*(volatile uint64_t *)to = value;
	write_back(to);
}
#else
#ifdef INTRINSICS
#include <immintrin.h>

static inline void write_back(const void *p)
{
	_mm_clwb((void *)(uintptr_t)p);
}
#else
static inline void write_back(const void *p)
{
	__asm__ volatile("clwb %0" : : "m"(*(const char *)p) : "memory");
}
#endif

static inline void store_fence(void)
{
	__asm__ volatile("sfence" : : : "memory");
}

static inline void store_past_caches(uint64_t *to, uint64_t value)
{
	__asm__ volatile("movnti %1, %0" : "=m"(*to) : "r"(value));
}
#endif

/* All lines of a range. */
static inline void persist(const void *p, size_t size)
{
	for (uintptr_t at = (uintptr_t)p & ~(uintptr_t)63; at < (uintptr_t)p + size; at += 64)
		write_back((const void *)at);
	store_fence();
}

/* All of a file, made of zeros if it is not there; never less than size. */
static inline void *map_file(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	void *base = MAP_FAILED;

	if (end > (off_t)size)
		size = (size_t)end;
	if (end == (off_t)size || (end >= 0 && ftruncate(fd, (off_t)size) == 0))
		base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	close(fd);
	return base;
}

#endif
