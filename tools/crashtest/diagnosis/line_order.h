/* SPDX-License-Identifier: BSD-3-Clause */
/* line_order.h -- stores to one line in the wrong order, where each store is known. */
#ifndef CRASHTEST_LINE_ORDER_H
#define CRASHTEST_LINE_ORDER_H

#include <stdbool.h>

struct experiment;
struct group;

/* Whether that is what is wrong with the failing image; it is written into the group then. */
bool line_order_is_wrong(struct experiment *e, struct group *group);

#endif
