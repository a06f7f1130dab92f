/* SPDX-License-Identifier: BSD-3-Clause */
/* error.c -- a code, and a sentence for this thread. */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	MESSAGE_SIZE = 1024,
};

static _Thread_local char message[MESSAGE_SIZE];

int pmem2_err(int code, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);

	errno = saved;
	return code;
}

int pmem2_err_sys(const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);

	size_t used = strlen(message);
	snprintf(message + used, sizeof(message) - used, ": %s", strerror(saved));

	errno = saved;
	return -saved;
}

void pmem2_err_prefix(const char *format, ...)
{
	char old[MESSAGE_SIZE];
	va_list args;

	memcpy(old, message, sizeof(old));
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);

	size_t used = strlen(message);
	snprintf(message + used, sizeof(message) - used, "%s", old);
}

const char *pmem2_errormsg(void)
{
	return message;
}

void pmem2_vperror(const char *format, va_list args)
{
	vfprintf(stderr, format, args);
	fprintf(stderr, ": %s\n", message);
}

void pmem2_perror(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pmem2_vperror(format, args);
	va_end(args);
}

int pmem2_err_to_errno(int code)
{
	static const struct {
		int code;
		int error;
	} nearest[] = {
		{PMEM2_E_NOSUPP, ENOTSUP},
		{PMEM2_E_FILE_HANDLE_NOT_SET, EBADF},
		{PMEM2_E_INVALID_FILE_HANDLE, EBADF},
		{PMEM2_E_MAPPING_EXISTS, EEXIST},
		{-100034, EEXIST}, /* PMDK's MAP_EXISTS */
		{PMEM2_E_GRANULARITY_NOT_SUPPORTED, ENOTSUP},
		{PMEM2_E_OFFSET_OUT_OF_RANGE, ERANGE},
		{PMEM2_E_LENGTH_OUT_OF_RANGE, ERANGE},
		{PMEM2_E_DEEP_FLUSH_RANGE, ERANGE},
		{PMEM2_E_MAP_RANGE, ERANGE},
		{PMEM2_E_MAPPING_NOT_FOUND, ENOENT},
		{PMEM2_E_NO_BAD_BLOCK_FOUND, ENOENT},
		{PMEM2_E_BUFFER_TOO_SMALL, ENOBUFS},
		{PMEM2_E_SOURCE_EMPTY, ENODATA},
		{PMEM2_E_DAX_REGION_NOT_FOUND, ENODEV},
		{PMEM2_E_CANNOT_READ_BOUNDS, EIO},
		{PMEM2_E_NO_ACCESS, EACCES},
		{PMEM2_E_VM_RESERVATION_NOT_EMPTY, EBUSY},
		{PMEM2_E_FILE_DESCRIPTOR_NOT_SET, EBADF},
		{PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED, ENOTSUP},
		{PMEM2_E_IO_FAIL, EIO},
		{PMEM2_E_BACKEND, ELIBACC},
	};

	if (code > PMEM2_E_UNKNOWN)
		return code < 0 ? -code : code;

	for (size_t i = 0; i < sizeof(nearest) / sizeof(nearest[0]); i++)
		if (nearest[i].code == code)
			return nearest[i].error;

	return EINVAL;
}
