/* SPDX-License-Identifier: BSD-3-Clause */
/* html.h -- the results as a page of HTML that needs no other file. */
#ifndef CRASHTEST_HTML_H
#define CRASHTEST_HTML_H

struct recovered;
struct verdict;

/* Writes the page. 0 or an exit status. */
int html_write(const char *file, const struct verdict *v, const struct recovered *recovered);

#endif
