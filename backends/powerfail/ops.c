/* SPDX-License-Identifier: BSD-3-Clause */
/* The operations of powerfail: ordinary stores, and then the engine is told. */
#include LINE_H

#define BACKEND powerfail
#define TUNING  pmem2_powerfail_tuning

/* put() is never asked to flush: the engine is told of whole ranges */
static inline void flush_line(const char *line)
{
	(void)line;
}

#include "../memops.tmpl.h"
#include "act.h"

#define SITE __builtin_return_address(0)

inlined void put(char *dest, struct from f, size_t len)
{
	if (len <= SHORT)
		put_short(dest, f, len);
	else
		put_lines(dest, f, len, 0);
}

/* What of `what` a copy with these flags still does. */
inlined unsigned allowed(unsigned flags, unsigned what)
{
	if ((flags & PMEM2_F_MEM_NOFLUSH) != 0)
		return 0;
	if ((flags & PMEM2_F_MEM_NODRAIN) != 0 && (what & PF_MSYNC) == 0)
		what &= ~(unsigned)PF_DRAINS;
	return what | PF_COPIED;
}

/*
 * The operations of a variant: how its flush and its drain appear to the engine. A drain of 0 is none: msync(2)
 * has drained.
 */
#define OPERATIONS(x, flush, drain, both) \
	static void x##_persist(const void *ptr, size_t size) \
	{ \
		fence(); \
		pmem2_pf_act(ptr, size, both, SITE); \
	} \
	static void x##_flush(const void *ptr, size_t size) \
	{ \
		if ((flush) != 0) \
			pmem2_pf_act(ptr, size, flush, SITE); \
	} \
	static void x##_drain(void) \
	{ \
		fence(); \
		if ((drain) != 0) \
			pmem2_pf_act(NULL, 0, drain, SITE); \
	} \
	static void *x##_memmove(void *dest, const void *src, size_t len, unsigned flags) \
	{ \
		put(dest, (struct from){.src = src}, len); \
		if (allowed(flags, both) != 0) \
			pmem2_pf_act(dest, len, allowed(flags, both), SITE); \
		return dest; \
	} \
	static void *x##_memset(void *dest, int c, size_t len, unsigned flags) \
	{ \
		put(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len); \
		if (allowed(flags, both) != 0) \
			pmem2_pf_act(dest, len, allowed(flags, both), SITE); \
		return dest; \
	}

OPERATIONS(line, PF_FLUSHES, PF_DRAINS, PF_FLUSHES | PF_DRAINS)
OPERATIONS(page, PF_FLUSHES | PF_DRAINS | PF_MSYNC, 0, PF_FLUSHES | PF_DRAINS | PF_MSYNC)
OPERATIONS(eadr, 0, PF_DRAINS | PF_FENCE, PF_DRAINS | PF_FENCE)

static void eadr_deep_persist(const void *ptr, size_t size)
{
	fence();
	pmem2_pf_act(ptr, size, PF_FLUSHES | PF_DRAINS | PF_FENCE, SITE);
}

int pmem2_powerfail_sync(const void *ptr, size_t size, unsigned how, const void *site);

int pmem2_powerfail_sync(const void *ptr, size_t size, unsigned how, const void *site)
{
	unsigned what = PF_FLUSHES | ((how & PMEM2_SYNC_COPY) != 0 ? PF_COPIED : 0);

	fence();
	if ((how & PMEM2_SYNC_LATER) != 0)
		what |= PF_LATER;
	else
		what |= PF_MSYNC | PF_DRAINS;
	if ((how & PMEM2_SYNC_DRAIN) != 0)
		what |= PF_NOTED;
	if ((how & PMEM2_SYNC_ALL) != 0)
		what |= PF_ANY;
	pmem2_pf_act(ptr, size, what, site);
	return 0;
}

#define VARIANT(x, called, bits, deep) \
	{ \
		.name = (called), .needs = ISA_NEEDS, .serves = (bits), .persist = x##_persist, \
		.flush = x##_flush, .drain = x##_drain, .deep_persist = (deep), \
		.memmove = x##_memmove, .memset = x##_memset, \
	}

const struct pmem2_variant pmem2_powerfail_line =
	VARIANT(line, "powerfail", PMEM2_SERVES_CACHE_LINE, line_persist);
const struct pmem2_variant pmem2_powerfail_byte =
	VARIANT(eadr, "powerfail-byte", PMEM2_SERVES_BYTE, eadr_deep_persist);
const struct pmem2_variant pmem2_powerfail_page =
	VARIANT(page, "powerfail-page", PMEM2_SERVES_PAGE, page_persist);
const struct pmem2_variant pmem2_powerfail_volatile =
	VARIANT(byte, "powerfail-volatile", PMEM2_SERVES_VOLATILE, byte_persist);
