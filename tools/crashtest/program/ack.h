/* SPDX-License-Identifier: BSD-3-Clause */
/* ack.h -- what the program acknowledges: the file that the recorder watches, and the end of the trace. */
#ifndef CRASHTEST_ACK_H
#define CRASHTEST_ACK_H

#include <limits.h>
#include <stdbool.h>

struct ack {
	char path[PATH_MAX]; /* ""; nothing is watched */
	int fd; /* of the program, which leads to a file of ours; -1: the file is the program's */
	int socket
		[2]; /* a pair: the first is that descriptor, what is sent to the second goes to the file; -1: none */
};

/* where: "stdout", the number of a descriptor, "socket:" and one, or a file. A file of ours is made in the directory. 0 or an exit status. */
int ack_begin(struct ack *ack, const char *where, const char *directory);

/* In the process that becomes the program: opens the descriptor, and tells the recorder. */
void ack_child(const struct ack *ack, bool exact);

/* While the program runs: makes room for what it sends, if it does. */
void ack_take(const struct ack *ack);

/* The program ended: what it wrote after its last record goes to the end of its trace. 0 or an exit status. */
int ack_end(const struct ack *ack, const char *trace);

/* Removes the file, if it is ours. */
void ack_finish(const struct ack *ack);

#endif
