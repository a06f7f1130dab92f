/* SPDX-License-Identifier: BSD-3-Clause */
/* hidden.h -- a library that is stripped. */
#ifndef HIDDEN_H
#define HIDDEN_H

#include <stddef.h>

/* Has the function called from one that the library does not export. */
__attribute__((visibility("default"))) void
hidden_entry(void (*persist)(const void *ptr, size_t size), void *word);

/* Its code comes before that of the function that is not exported. */
__attribute__((visibility("default"))) int hidden_neighbour(int number);

#endif
