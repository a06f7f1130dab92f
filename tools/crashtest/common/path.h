/* SPDX-License-Identifier: BSD-3-Clause */
/* path.h -- parts of paths. */
#ifndef CRASHTEST_PATH_H
#define CRASHTEST_PATH_H

#include <string.h>

/* What follows the last slash. */
static inline const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

#endif
