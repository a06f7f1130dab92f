/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * odd_symbol.c -- files whose pmem2_backend_v1 is none: FUNCTION, it is code; SMALL, it has too few bytes;
 * else there is none. It does not know the contract's header, which would not let it.
 */
#define EXPORTED __attribute__((visibility("default")))

#if defined(FUNCTION)
EXPORTED int pmem2_backend_v1(void);
int pmem2_backend_v1(void)
{
	return 0;
}
#elif defined(SMALL)
extern EXPORTED const char *const pmem2_backend_v1;
const char *const pmem2_backend_v1 = "small";
#else
extern EXPORTED const int some_other_library;
const int some_other_library = 1;
#endif
