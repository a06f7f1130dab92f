/* SPDX-License-Identifier: BSD-3-Clause */
/* emulate.h -- runs a program under QEMU, with the recorder of --exact. */
#ifndef CRASHTEST_EMULATE_H
#define CRASHTEST_EMULATE_H

/*
 * The command line that runs program (a command line) under QEMU, which ends in NULL. The caller
 * frees it and nothing in it. NULL: it cannot be done, a sentence says why.
 */
char **emulate_arguments(char *const *program);

/* Sets the environment for it, in the process that will become QEMU. */
void emulate_environment(const char *trace);

#endif
