/* SPDX-License-Identifier: BSD-3-Clause */
/* crashtest.h -- the command pmem2 crashtest. */
#ifndef CRASHTEST_H
#define CRASHTEST_H

/* argv[0] is its name. Returns an exit status. */
int tool_crashtest(int argc, char *argv[]);

#endif
