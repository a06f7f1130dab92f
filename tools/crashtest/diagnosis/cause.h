/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cause.h -- what an image that fails lacks, what it has that needs it, and what the program did about them.
 *
 * What it lacks is lost, or is stored only later. What needs it is on its way, or durable already. If the image
 * passes with the one and without the other, one has to be durable before the other; if not, no order helps.
 */
#ifndef CRASHTEST_CAUSE_H
#define CRASHTEST_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "replay/mend.h"
#include "replay/sight.h"

struct experiment;

struct cause {
	struct sight lost, kept;
	size_t lost_at, lost_size; /* offset in the file, bytes; of what differs */
	size_t kept_at, kept_size;
	size_t lost_unit, kept_unit; /* of the experiment; SIZE_MAX: none, it is not on its way */
	bool is_overdue;             /* a drain has passed, and nobody had flushed what is lost */
	bool has_kept;               /* what needs it was found */
	bool is_future;              /* what is lacking was not stored yet, */
	struct future {
		struct bytes bytes;
		uint64_t event; /* of the record that has them so */
		bool needed;
	} future[MEND_LINES]; /* which are these lines, the first one first, and what is stored until then */
	size_t future_count;
	bool was_durable;  /* what needs it is durable already */
	bool is_orderable; /* it passes with what is lacking, and without what needs it */
};

/* Of the failing image of an experiment, which has been given back what it may have; false: it lacks nothing. */
bool cause_find(struct experiment *e, struct cause *cause);

/*
 * What that image lacks and what it has have to change together, but both were free to change one by one: as long as
 * something that is durable now was not yet, such as the end of a log; or once something is durable that is stored only
 * later, such as the beginning of one. They are no parts of one thing, for which no guard is meant. false: there is no
 * such thing.
 */
bool cause_find_guard(struct experiment *e, const struct cause *cause, struct cause *guard);

/* Of an image that lost nothing and fails: what is stored only later; false: that does not help either. */
bool cause_find_later(struct experiment *e, struct cause *cause);

#endif
