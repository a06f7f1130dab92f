/* SPDX-License-Identifier: BSD-3-Clause */
/* stepping_none.c -- where no instruction is known, nothing of it is shown. */
#include <stdio.h>

#include "conformance.h"

void stepping_check(const struct subject *subject, struct finding *finding)
{
	(void)subject;
	finding->outcome = NOT_SHOWN;
	snprintf(finding->text, sizeof(finding->text),
		"the instructions of this CPU are not known to this test");
}
