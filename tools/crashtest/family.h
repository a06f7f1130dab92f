/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * family.h -- what the first process of a family made durable after a child of it had ended.
 *
 * Processes that fork(2) made tell each other what they drain. So what is lost at the end of a child, and durable at the
 * end of the first process, was drained after the child's end.
 */
#ifndef CRASHTEST_FAMILY_H
#define CRASHTEST_FAMILY_H

struct family;
struct replay;

/* path: that of the first process's trace, which is kept. NULL: no memory. */
struct family *family_new(const char *path);
void family_free(struct family *family);

/* Has the replay of a child ask the family, if the trace is of a child of the first process. */
void family_follow(struct family *family, struct replay *child);

#endif
