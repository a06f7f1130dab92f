/* SPDX-License-Identifier: BSD-3-Clause */
/* reasons.c -- an explanation of the library, printed. */
#include "reasons.h"

#include <stdio.h>

#include "powerfail/report.h"

static void print_json(const struct pmem2_reason *reason, bool first)
{
	printf("%s\n    {\"code\": %d, \"name\": \"%s\", \"decided\": %s, \"error\": %d, "
	       "\"subject\": ",
		first ? "" : ",", (int)reason->code, reason->name,
		reason->decided ? "true" : "false", reason->error);
	pmem2_pf_json_string(reason->subject, stdout);
	fputs(", \"sentence\": ", stdout);
	pmem2_pf_json_string(reason->sentence, stdout);
	putchar('}');
}

void reasons_print(bool json, const struct pmem2_explanation *explanation)
{
	const struct pmem2_reason *reason = NULL;
	bool first = true;

	fputs(json ? ",\n  \"reasons\": [" : "reasons:\n", stdout);
	while ((reason = pmem2_explanation_next(explanation, reason)) != NULL) {
		if (json)
			print_json(reason, first);
		else
			printf("%c %-18s %s\n", reason->decided ? '*' : ' ', reason->name,
				reason->sentence);
		first = false;
	}
	if (json)
		fputs("\n  ]", stdout);
}

const char *reasons_decision(const struct pmem2_explanation *explanation)
{
	const struct pmem2_reason *reason = NULL;

	while ((reason = pmem2_explanation_next(explanation, reason)) != NULL)
		if (reason->decided)
			return reason->sentence;
	return "none";
}

const char *reasons_variant(const struct pmem2_explanation *explanation)
{
	const struct pmem2_reason *reason = NULL;

	while ((reason = pmem2_explanation_next(explanation, reason)) != NULL)
		if (reason->code == PMEM2_REASON_BACKEND_CHOSEN)
			return reason->subject;
	return "none";
}
