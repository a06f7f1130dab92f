/* SPDX-License-Identifier: BSD-3-Clause */
/* explain.c -- gathers why a mapping has, or would have, its granularity. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "explain_backends.h"
#include "explain_place.h"
#include "explanation.h"
#include "granularity_name.h"
#include "map_life.h"
#include "registry.h"
#include "request.h"
#include "vm_reservation.h"

#define add    pmem2_explanation_add
#define decide pmem2_explanation_decide
#define has    pmem2_explanation_has

/* ---- how it is mapped ---- */

static void about_variable(struct pmem2_explanation *e, const struct pmem2_verdict *verdict)
{
	const char *value = secure_getenv("PMEM2_FORCE_GRANULARITY");
	enum pmem2_granularity granularity;

	if (value == NULL)
		return;
	if (!pmem2_granularity_forced(&granularity))
		add(e, PMEM2_REASON_FORCED_IGNORED, 0, value,
			"PMEM2_FORCE_GRANULARITY is ignored: \"%s\" is not BYTE, CACHE_LINE or PAGE",
			value);
	else if (verdict->step == PMEM2_STEP_FORCED || verdict->step == PMEM2_STEP_NO_BACKEND)
		add(e, PMEM2_REASON_FORCED, 0, pmem2_granularity_name(granularity),
			"PMEM2_FORCE_GRANULARITY says %s, whatever the file is on",
			pmem2_granularity_name(granularity));
}

static void about_sync(struct pmem2_explanation *e, const struct pmem2_verdict *verdict)
{
	if (verdict->sync_errno == 0)
		add(e, PMEM2_REASON_SYNC_GRANTED, 0, NULL,
			"MAP_SYNC was granted: stores go to the device's memory, and what the file "
			"system must write first is durable before a store succeeds");
	else
		add(e, PMEM2_REASON_SYNC_REFUSED, verdict->sync_errno, NULL,
			"MAP_SYNC was refused: %s (%s)", strerror(verdict->sync_errno),
			verdict->sync_errno == EINVAL
				? "the kernel does not know it"
				: "the file is not mapped directly from persistent memory");
}

/* ---- what follows ---- */

static void decide_by(struct pmem2_explanation *e, const struct pmem2_verdict *verdict)
{
	static const enum pmem2_reason_code codes[] = {
		[PMEM2_STEP_VOLATILE] = PMEM2_REASON_VOLATILE,
		[PMEM2_STEP_FORCED] = PMEM2_REASON_FORCED,
		[PMEM2_STEP_NO_SYNC] = PMEM2_REASON_SYNC_REFUSED,
		[PMEM2_STEP_NO_REGION] = PMEM2_REASON_SYNC_GRANTED,
		[PMEM2_STEP_EADR] = PMEM2_REASON_CPU_CACHE,
		[PMEM2_STEP_ADR] = PMEM2_REASON_MEMORY_CONTROLLER,
		[PMEM2_STEP_NO_BACKEND] = PMEM2_REASON_NO_BACKEND,
		[PMEM2_STEP_NOT_DURABLE] = PMEM2_REASON_NOT_DURABLE,
		[PMEM2_STEP_CALLER] = PMEM2_REASON_CALLER,
	};

	decide(e, codes[verdict->step]);
}

/* What has to be different for CACHE_LINE. */
static const char *cache_line_needs(const struct pmem2_explanation *e,
	const struct pmem2_verdict *verdict)
{
	static const struct {
		enum pmem2_reason_code code;
		const char *need;
	} table[] = {
		{PMEM2_REASON_OVERLAY,
			"a directory with a mount of its own, with DAX, on an NVDIMM"},
		{PMEM2_REASON_IN_MEMORY, "a file system with DAX on an NVDIMM"},
		{PMEM2_REASON_NO_BLOCK_DEVICE, "a local file system with DAX on an NVDIMM"},
		{PMEM2_REASON_DEVICE_WITHOUT_DAX,
			"a file system with DAX on an NVDIMM's namespace of "
			"mode fsdax"},
		{PMEM2_REASON_MOUNT_WITHOUT_DAX, "the mount option dax=always"},
		{PMEM2_REASON_FILE_WITHOUT_DAX, "the file's DAX flag"},
		{PMEM2_REASON_DEVICE_WITHOUT_SYNC, "a device that flushes of the CPU make durable"},
	};

	if (verdict->step == PMEM2_STEP_FORCED)
		return "PMEM2_FORCE_GRANULARITY unset, or another value of it";
	if (verdict->step == PMEM2_STEP_NO_BACKEND)
		return "a backend that serves it on this CPU, and that PMEM2_BACKEND does not exclude";
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (has(e, table[i].code))
			return table[i].need;

	return "a mapping with MAP_SYNC: a file system with DAX on an NVDIMM";
}

static void about_next(struct pmem2_explanation *e, const struct pmem2_verdict *verdict)
{
	if (!verdict->durable || verdict->step == PMEM2_STEP_CALLER)
		return;
	if (verdict->granularity == PMEM2_GRANULARITY_PAGE)
		add(e, PMEM2_REASON_FOR_CACHE_LINE, 0, NULL, "CACHE_LINE needs %s",
			cache_line_needs(e, verdict));
	else if (verdict->granularity == PMEM2_GRANULARITY_CACHE_LINE)
		add(e, PMEM2_REASON_FOR_BYTE, 0, NULL, "BYTE needs %s",
			verdict->step == PMEM2_STEP_FORCED
				? "PMEM2_FORCE_GRANULARITY unset, or another value of it"
				: "a platform whose caches survive a power cut (eADR): an nd region "
				  "whose persistence_domain is cpu_cache");
}

/* All about a mapping that was judged. */
static void about_verdict(struct pmem2_explanation *e, const struct pmem2_source *src,
	const struct pmem2_verdict *verdict)
{
	if (verdict->step == PMEM2_STEP_CALLER) {
		add(e, PMEM2_REASON_CALLER, 0, NULL,
			"the caller of pmem2_map_from_existing said so, and nothing was verified");
	} else if (!verdict->durable) {
		add(e, PMEM2_REASON_VOLATILE, 0, NULL,
			"the memory is anonymous, or mapped privately: no store outlives the process, "
			"and so none has to be flushed");
	} else {
		about_variable(e, verdict);
		about_sync(e, verdict);
		pmem2_explain_file(e, src, verdict->sync_errno != 0);
		pmem2_explain_region(e, src);
	}
}

static void finish(struct pmem2_explanation *e, const struct pmem2_verdict *verdict,
	const struct pmem2_choice *choice)
{
	pmem2_explain_backends(e, verdict, choice);
	decide_by(e, verdict);
	about_next(e, verdict);
	e->granularity = verdict->granularity;
}

/* ---- the trial ---- */

/* Notes a refusal with the sentence that came with it. */
static int refuse(struct pmem2_explanation *e, enum pmem2_reason_code code, int error, int ret)
{
	add(e, code, error, NULL, "%s", pmem2_errormsg());
	decide(e, code);
	return ret;
}

static int refuse_mmap(struct pmem2_explanation *e, const struct pmem2_source *src,
	const struct pmem2_placement *wanted, int error)
{
	int ret = pmem2_request_error(wanted, error, pmem2_answers_manual.append_only);
	enum pmem2_reason_code code = error == -ENODEV ? PMEM2_REASON_NO_MMAP
	                              : error == -ENOMEM && src->unit != 0
	                                      ? PMEM2_REASON_NO_HUGE_PAGES
	                                      : PMEM2_REASON_MMAP_REFUSED;

	refuse(e, code, -error, ret);
	pmem2_explain_file(e, src, false);
	return ret;
}

static int try_place(struct pmem2_explanation *e, const struct pmem2_config *cfg,
	const struct pmem2_placement *wanted)
{
	void *place = NULL;
	int ret = cfg->rsv == NULL ? 0
	                           : pmem2_vm_reservation_claim(cfg->rsv, cfg->rsv_offset,
					     wanted->length, wanted->alignment,
					     pmem2_answers_manual.beyond_reservation, &place);

	if (ret != 0)
		return refuse(e, PMEM2_REASON_PLACE_REFUSED, ret, ret);
	if (place != NULL)
		pmem2_vm_reservation_release(cfg->rsv, place, NULL);
	return 0;
}

/* Nothing can be promised; the sentence is there. */
static int refuse_verdict(struct pmem2_explanation *e, const struct pmem2_source *src,
	const struct pmem2_verdict *verdict, int ret)
{
	if (src->type == PMEM2_SOURCE_DEVDAX)
		refuse(e,
			verdict->step == PMEM2_STEP_NOT_DURABLE ? PMEM2_REASON_NOT_DURABLE
								: PMEM2_REASON_NO_MSYNC,
			ret, ret);
	char sentence[sizeof(e->message)];
	snprintf(sentence, sizeof(sentence), "%s", pmem2_errormsg());
	about_verdict(e, src, verdict);
	decide(e, PMEM2_REASON_FSYNC_DOES_NOTHING);
	return pmem2_err(ret, "%s", sentence);
}

static int judge(struct pmem2_explanation *e, const struct pmem2_config *cfg,
	const struct pmem2_source *src, const struct pmem2_placed *placed)
{
	struct pmem2_verdict verdict;
	const struct pmem2_choice *choice = NULL;
	int ret = pmem2_granularity_judge(src, cfg->sharing == PMEM2_SHARED, placed->synchronous,
		placed->sync_errno, &verdict);

	if (ret != 0)
		return refuse_verdict(e, src, &verdict, ret);

	about_verdict(e, src, &verdict);
	int pick = pmem2_registry_pick(verdict.granularity, verdict.durable, &choice);
	finish(e, &verdict, choice);
	ret = pmem2_granularity_check(&verdict, src, cfg->granularity);
	if (ret != 0) {
		add(e, PMEM2_REASON_COARSER, ret, pmem2_granularity_name(cfg->granularity),
			"the config requires %s or finer",
			pmem2_granularity_name(cfg->granularity));
		return ret;
	}
	/* looked for once more, for its sentence */
	return pick == 0 ? 0 : pmem2_registry_pick(verdict.granularity, verdict.durable, &choice);
}

static int try_to_map(struct pmem2_explanation *e, const struct pmem2_config *cfg,
	const struct pmem2_source *src)
{
	struct pmem2_placement wanted;
	struct pmem2_placed placed;
	int ret = pmem2_request_read(cfg, src, &wanted);

	if (ret == 0) {
		ret = try_place(e, cfg, &wanted);
		if (ret != 0)
			return ret;
		if (wanted.length == 0)
			ret = pmem2_request_empty(&wanted);
	}
	if (ret != 0)
		return refuse(e, PMEM2_REASON_REQUEST_REFUSED, ret, ret);

	ret = pmem2_place(&wanted, &placed);
	if (ret != 0)
		return refuse_mmap(e, src, &wanted, ret);

	ret = judge(e, cfg, src, &placed);
	/* it holds no more than address space: a second try is all that can be done */
	char sentence[sizeof(e->message)];
	snprintf(sentence, sizeof(sentence), "%s", pmem2_errormsg());
	if (pmem2_placement_release(placed.address, wanted.length) != 0)
		pmem2_placement_release(placed.address, wanted.length);
	return ret != 0 ? pmem2_err(ret, "%s", sentence) : 0;
}

/* ---- the two questions ---- */

static int hand_out(struct pmem2_explanation *e, struct pmem2_explanation **explanation)
{
	if (!e->lost) {
		*explanation = e;
		return 0;
	}

	pmem2_explanation_discard(e);
	return pmem2_err_memory("malloc");
}

/* weak, as all that PMDK's library does not have: see legacy.c */
__attribute__((weak)) int pmem2_map_explain(const struct pmem2_map *map,
	struct pmem2_explanation **explanation)
{
	const struct pmem2_source src = {.type = map->type, .fd = -1, .device = map->device};

	*explanation = NULL;
	struct pmem2_explanation *e = pmem2_explanation_new();
	if (e == NULL)
		return pmem2_err_memory("calloc");

	about_verdict(e, &src, &map->verdict);
	finish(e, &map->verdict, map->choice);
	return hand_out(e, explanation);
}

__attribute__((weak)) int pmem2_source_explain(const struct pmem2_source *src,
	const struct pmem2_config *cfg, struct pmem2_explanation **explanation)
{
	struct pmem2_config any = {.sharing = PMEM2_SHARED, .protection = PMEM2_PROT_READ};
	char saved[1024];

	*explanation = NULL;
	struct pmem2_explanation *e = pmem2_explanation_new();
	if (e == NULL)
		return pmem2_err_memory("calloc");

	if (cfg != NULL)
		any = *cfg;
	if (!any.granularity_set) {
		any.granularity_set = true;
		any.granularity = PMEM2_GRANULARITY_PAGE;
	}

	/* a refusal is what was asked for: it is no failure of this call */
	snprintf(saved, sizeof(saved), "%s", pmem2_errormsg());
	e->result = try_to_map(e, &any, src);
	if (e->result != 0) {
		snprintf(e->message, sizeof(e->message), "%s", pmem2_errormsg());
		pmem2_err(0, "%s", saved);
	}
	return hand_out(e, explanation);
}
