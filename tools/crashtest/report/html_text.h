/* SPDX-License-Identifier: BSD-3-Clause */
/* html_text.h -- text in a page of HTML. */
#ifndef CRASHTEST_HTML_TEXT_H
#define CRASHTEST_HTML_TEXT_H

#include <stdio.h>

/* Writes a text, with entities for what HTML would take for markup. */
void html_text(FILE *out, const char *text);

/* Likewise, as printf(3) makes it. */
void html_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
