/* SPDX-License-Identifier: BSD-3-Clause */
/* again.c -- makes an image again, by its name. */
#include "again.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/options.h"
#include "common/say.h"
#include "common/volatiles.h"
#include "images/choice.h"
#include "images/image.h"
#include "images/overlay.h"
#include "images/units.h"
#include "images/volatile_files.h"
#include "replay/replay.h"
#include "replay/trace.h"

/* One file becomes the output, several become a directory of that name. */
static int move_images(const struct options *o, struct images *images)
{
	const char *from = images->place[1] == NULL ? images->image[0].path : images->directory;

	if (rename(from, o->output) != 0)
		return -errno;
	if (from == images->directory)
		images->directory[0] = '\0';
	return 0;
}

static void list_images(const struct options *o, const struct images *images,
	const struct replay *r)
{
	for (size_t i = 0; i < images->count; i++)
		if (images->place[1] == NULL)
			printf("%s: %s\n", o->output, r->media[i]->path);
		else
			printf("%s/%s: %s\n", o->output, images->place[i], r->media[i]->path);
}

/* What was acknowledged by then, beside the image. */
static int write_said(const struct options *o, const struct replay *r)
{
	char path[PATH_MAX];
	FILE *out;

	if (r->said.size == 0)
		return 0;
	snprintf(path, sizeof(path), "%.4000s.ack", o->output);
	out = fopen(path, "we");
	if (out == NULL)
		return -errno;
	fwrite(r->said.text, 1, r->said.size, out);
	if (fclose(out) != 0)
		return -errno;
	if (!o->json)
		printf("%s: what was acknowledged\n", path);
	return 0;
}

static int write_image(const struct options *o, struct replay *r, const struct overlay *overlay)
{
	struct images images;
	char directory[PATH_MAX];
	int ret;

	if (r->media_count == 0)
		return say_failed("at event %s no file is mapped yet", o->image);
	/* beside the output, to be renamed from there */
	snprintf(directory, sizeof(directory), "%.4000s.XXXXXX", o->output);
	if (mkdtemp(directory) == NULL || rmdir(directory) != 0)
		return say_failed("%s: %s", directory, strerror(errno));
	ret = images_init(&images, directory, r->trace);
	if (ret == 0)
		ret = images_set(&images, r, overlay);
	if (ret == 0)
		ret = move_images(o, &images);
	if (ret == 0 && !o->json)
		list_images(o, &images, r);
	if (ret == 0)
		ret = write_said(o, r);
	images_finish(&images);
	return ret == 0 ? 0 : say_failed("%s: %s", o->output, strerror(-ret));
}

/* The replay is at the event of the image. */
static int make_image(const struct options *o, struct replay *r, uint64_t event, const char *name)
{
	struct units units = {0};
	struct overlay overlay = {0};
	uint8_t *choice = NULL;
	int ret = CRASHTEST_FAILED;

	if (units_collect(&units, r, units_wanted(o, o->torn)))
		choice = calloc(1, units.count + 1);
	if (choice == NULL)
		say_failed("no memory");
	else if (!choice_read(name, o->seed, &units, choice))
		say_failed("there is no image %s at event %" PRIu64, name, event);
	else if (overlay_make(&overlay, r, &units, choice))
		ret = write_image(o, r, &overlay);
	free(choice);
	units_free(&units);
	overlay_free(&overlay);
	return ret;
}

int again(const struct options *o)
{
	struct volatiles volatiles;
	struct trace trace;
	struct replay r;
	char *name;
	uint64_t event = strtoull(o->image, &name, 10);
	int ret;

	if (*name++ != ':' || event == 0)
		return say_failed("no image has the name %s", o->image);
	if (trace_open(&trace, o->trace) != 0)
		return say_failed("%s", trace.error);
	if (!volatile_files_find(&volatiles, o->volatiles, &trace)) {
		trace_close(&trace);
		return say_failed("no memory");
	}
	trace.volatiles = &volatiles;
	ret = replay_open(&r, &trace);
	r.coherent = o->coherent;
	if (ret == 0 && replay_to(&r, event) == 0)
		ret = make_image(o, &r, event, name);
	else
		ret = say_failed("%s: %s", o->trace, r.error);
	replay_close(&r);
	trace_close(&trace);
	volatiles_free(&volatiles);
	return ret;
}
