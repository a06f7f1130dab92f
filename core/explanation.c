/* SPDX-License-Identifier: BSD-3-Clause */
/* explanation.c -- a list of reasons, and its getters. */
#include "explanation.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct pmem2_reason_node {
	struct pmem2_reason reason; /* first: the user's pointer is the node's */
	struct pmem2_reason_node *next;
	char text[]; /* the subject, and the sentence */
};

static const char *name_of(enum pmem2_reason_code code)
{
#define NAME(code) \
	case PMEM2_REASON_##code: \
		return #code;
	switch (code) {
		NAME(VOLATILE)
		NAME(CALLER)
		NAME(FORCED)
		NAME(FORCED_IGNORED)
		NAME(REQUEST_REFUSED)
		NAME(PLACE_REFUSED)
		NAME(MMAP_REFUSED)
		NAME(NO_MMAP)
		NAME(NO_HUGE_PAGES)
		NAME(SYNC_GRANTED)
		NAME(SYNC_REFUSED)
		NAME(FILE_SYSTEM)
		NAME(OVERLAY)
		NAME(NO_BLOCK_DEVICE)
		NAME(IN_MEMORY)
		NAME(HUGE_PAGES)
		NAME(NO_SYSFS)
		NAME(DEVICE_WITHOUT_DAX)
		NAME(MOUNT_WITHOUT_DAX)
		NAME(FILE_WITHOUT_DAX)
		NAME(DEVICE_WITHOUT_SYNC)
		NAME(FSYNC_DOES_NOTHING)
		NAME(REGION)
		NAME(NO_REGION)
		NAME(CPU_CACHE)
		NAME(MEMORY_CONTROLLER)
		NAME(DOMAIN_NOT_TOLD)
		NAME(NOT_DURABLE)
		NAME(NO_MSYNC)
		NAME(BACKEND_CHOSEN)
		NAME(BACKEND_MISSING)
		NAME(BACKEND_REFUSED)
		NAME(BACKEND_NOT_NAMED)
		NAME(BACKEND_OTHER)
		NAME(BACKEND_VARIABLE)
		NAME(NO_BACKEND)
		NAME(BACKEND_NOT_NOW)
		NAME(COARSER)
		NAME(FOR_CACHE_LINE)
		NAME(FOR_BYTE)
	}
#undef NAME
	return "";
}

struct pmem2_explanation *pmem2_explanation_new(void)
{
	return calloc(1, sizeof(struct pmem2_explanation));
}

void pmem2_explanation_add(struct pmem2_explanation *e, enum pmem2_reason_code code, int error,
	const char *subject, const char *format, ...)
{
	char sentence[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (subject == NULL)
		subject = "";

	size_t first = strlen(subject) + 1, second = strlen(sentence) + 1;
	struct pmem2_reason_node *node = malloc(sizeof(*node) + first + second);
	if (node == NULL) {
		e->lost = true;
		return;
	}

	memcpy(node->text, subject, first);
	memcpy(node->text + first, sentence, second);
	node->next = NULL;
	node->reason = (struct pmem2_reason){
		.code = code,
		.error = error,
		.name = name_of(code),
		.subject = node->text,
		.sentence = node->text + first,
	};
	if (e->last != NULL)
		e->last->next = node;
	else
		e->first = node;
	e->last = node;
}

void pmem2_explanation_decide(struct pmem2_explanation *e, enum pmem2_reason_code code)
{
	for (struct pmem2_reason_node *node = e->first; node != NULL; node = node->next)
		if (node->reason.code == code)
			node->reason.decided = 1;
}

bool pmem2_explanation_has(const struct pmem2_explanation *e, enum pmem2_reason_code code)
{
	for (const struct pmem2_reason_node *node = e->first; node != NULL; node = node->next)
		if (node->reason.code == code)
			return true;

	return false;
}

/* weak, as all that PMDK's library does not have: see legacy.c */
__attribute__((weak)) int pmem2_explanation_granularity(const struct pmem2_explanation *explanation,
	enum pmem2_granularity *granularity)
{
	if (explanation->result != 0)
		return pmem2_err(explanation->result, "%s", explanation->message);

	*granularity = explanation->granularity;
	return 0;
}

__attribute__((weak)) const struct pmem2_reason *
pmem2_explanation_next(const struct pmem2_explanation *explanation,
	const struct pmem2_reason *reason)
{
	const struct pmem2_reason_node *node =
		reason == NULL ? explanation->first
			       : ((const struct pmem2_reason_node *)reason)->next;

	return node != NULL ? &node->reason : NULL;
}

void pmem2_explanation_discard(struct pmem2_explanation *e)
{
	for (struct pmem2_reason_node *node = e->first, *next; node != NULL; node = next) {
		next = node->next;
		free(node);
	}
	free(e);
}

__attribute__((weak)) int pmem2_explanation_delete(struct pmem2_explanation **explanation)
{
	if (*explanation == NULL)
		return 0;

	pmem2_explanation_discard(*explanation);
	*explanation = NULL;
	return 0;
}
