/* SPDX-License-Identifier: BSD-3-Clause */
/* acknowledged.h -- does the image fail for what the program had acknowledged by then? */
#ifndef CRASHTEST_ACKNOWLEDGED_H
#define CRASHTEST_ACKNOWLEDGED_H

struct experiment;
struct group;

/* If it passes without the last acknowledgements, says so in the group. */
void acknowledged_name(struct experiment *e, struct group *group);

#endif
