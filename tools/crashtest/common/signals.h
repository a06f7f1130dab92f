/* SPDX-License-Identifier: BSD-3-Clause */
/* signals.h -- interruption: what goes on ends, and nothing is left behind. */
#ifndef CRASHTEST_SIGNALS_H
#define CRASHTEST_SIGNALS_H

/* From now on signals that ask for an end are remembered, and end nothing by themselves. */
void signals_catch(void);

/* The last one that came; 0: none did. */
int signals_came(void);

#endif
