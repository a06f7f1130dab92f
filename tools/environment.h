/* SPDX-License-Identifier: BSD-3-Clause */
/* environment.h -- the variables that the library reads. */
#ifndef TOOLS_ENVIRONMENT_H
#define TOOLS_ENVIRONMENT_H

/* Prints those that are set, and which of them the library takes no notice of, and why. */
void environment_print(void);

/* The members of an object of JSON. */
void environment_print_json(void);

#endif
