/* SPDX-License-Identifier: BSD-3-Clause */
/* error.c -- a code, and a sentence for this thread. */
#include "error.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef pmem2_err
#undef pmem2_err_sys
#undef pmem2_err_memory

enum {
	MESSAGE_SIZE = 1024,
};

/*
 * The buffer is made at a thread's first error. It is not itself thread-local: fault.c has this
 * library's thread-local storage in the static block, of which a process that loads libraries
 * at run time has little left for each.
 */
static _Thread_local char *buffer;
static _Thread_local const char *message = "";

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* releases the buffer of a thread that ends */
static int key_error;

static void release(void *old)
{
	buffer = NULL;
	message = "";
	free(old);
}

static void make_key(void)
{
	key_error = pthread_key_create(&key, release);
}

static char *make_buffer(void)
{
	pthread_once(&once, make_key);

	char *made = key_error == 0 ? calloc(1, MESSAGE_SIZE) : NULL;
	if (made != NULL && pthread_setspecific(key, made) != 0) {
		free(made);
		made = NULL;
	}

	return made;
}

static void say(const char *format, va_list args)
{
	if (buffer == NULL)
		buffer = make_buffer();
	if (buffer != NULL)
		vsnprintf(buffer, MESSAGE_SIZE, format, args);
	message = buffer != NULL ? buffer : "out of memory, for the reason too";
}

static void add(const char *separator, const char *text)
{
	if (buffer == NULL)
		return;

	size_t used = strlen(buffer);
	snprintf(buffer + used, MESSAGE_SIZE - used, "%s%s", separator, text);
}

int pmem2_err(int code, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);

	errno = saved;
	return code;
}

int pmem2_err_sys(const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	add(": ", strerror(saved));

	errno = saved;
	return -saved;
}

int pmem2_err_memory(const char *call)
{
	return pmem2_err(-ENOMEM, "%s: %s", call, strerror(ENOMEM));
}

void pmem2_err_prefix(const char *format, ...)
{
	char old[MESSAGE_SIZE];
	va_list args;

	snprintf(old, sizeof(old), "%s", message);
	va_start(args, format);
	say(format, args);
	va_end(args);
	add("", old);
}

const char *pmem2_errormsg(void)
{
	return message;
}

void pmem2_err_append(char *sentence, size_t size, const char *format, ...)
{
	size_t used = strlen(sentence);
	va_list args;

	va_start(args, format);
	vsnprintf(sentence + used, size - used, format, args);
	va_end(args);
}

/* EIO, ESTALE and ETIMEDOUT: the file is there, and could not be read */
static const int passing[] = {EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN, EINTR, EBUSY, ETXTBSY, EIO,
	ESTALE, ETIMEDOUT};

bool pmem2_err_is_passing(int error)
{
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (passing[i] == error)
			return true;

	return false;
}

int pmem2_err_passing_in(const char *text)
{
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (strstr(text, strerror(passing[i])) != NULL)
			return passing[i];

	/* what ld.so says of a malloc that failed */
	return strstr(text, "out of memory") != NULL || strstr(text, "cannot allocate") != NULL
	               ? ENOMEM
	               : 0;
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

/* weak: PMDK's header declares it, its library has none, so that a program may have its own */
__attribute__((weak)) int pmem2_err_to_errno(int code)
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
