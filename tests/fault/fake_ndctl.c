/* SPDX-License-Identifier: BSD-3-Clause */
/* fake_ndctl.c -- linked into ndctl.so in place of libndctl: each call can fail. */
#include <string.h>

#include "inject.h"

static bool fails(const char *function);
#define FAKE_FAILS(function) fails(#function)

#include "fake_libndctl.h"

/* Those that return an error may do so with several; the others have no value, that is all. */
static bool fails(const char *function)
{
	static const int several[] = {ENOMEM, EACCES, EIO, ENXIO, ENOTTY, 0};
	static const int one[] = {ENOMEM, 0};
	bool tells =
		strcmp(function, "ndctl_new") == 0 || strcmp(function, "ndctl_cmd_submit") == 0;

	return inject_fails(function, tells ? several : one);
}

static __attribute__((__constructor__)) void set_up(void)
{
	fake_libndctl();
	/* of the fake sysfs, region1 is the one */
	regions[0].name = "region1";
	regions[1].name = "region2";
}

long fake_ndctl_held(void);
__attribute__((__visibility__("default"))) long fake_ndctl_held(void)
{
	return contexts + commands;
}
