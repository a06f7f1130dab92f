/* SPDX-License-Identifier: BSD-3-Clause */
/* hidden.c -- a library that is stripped. */
#include "hidden.h"

int hidden_neighbour(int number)
{
	return number + 1;
}

static __attribute__((noinline)) void no_symbol(void (*persist)(const void *ptr, size_t size),
	void *word)
{
	persist(word, 8);
	__asm__ volatile("" ::: "memory"); /* the call above is not the last thing */
}

void hidden_entry(void (*persist)(const void *ptr, size_t size), void *word)
{
	no_symbol(persist, word);
	__asm__ volatile("" ::: "memory");
}
