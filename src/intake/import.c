#include "intake/import.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/monotonic.h"
#include "base/progress.h"

/* Rows in flight: two batches of the writer, so that it never waits for the next row. */
enum { IN_FLIGHT = 1024 };

struct slot {
	struct hy_job job; /* first: done() gets its address */
	struct import *im;
	struct hy_arena *a; /* of the row and its plan */
	struct intake_row row;
	struct intake_plan plan;
	struct intake_applied applied;
	bool finished; /* guarded by the import's lock */
};

struct import {
	struct city *c;
	struct intake_map *m;
	const struct intake_options *o;
	struct hy_arena *a;    /* of the result */
	struct hy_arena *work; /* the writer's: what one row needs */
	struct intake_result *r;
	FILE *refused;
	hy_str file;
	hy_str *header; /* of the first file */
	size_t n_header;
	struct slot *slots;
	int64_t head, tail; /* rows begun and taken back */
	pthread_mutex_t lock;
	pthread_cond_t came_back;
	struct hy_err fatal;
};

/* --- one row through the queue ---------------------------------------------------------- */

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct slot *s = in_out;

	hy_arena_empty(s->im->work);
	return intake_apply(s->im->c, db, s->im->work, s->im->m, &s->plan, &s->applied, e);
}

static void done(struct hy_job *job)
{
	struct slot *s = (struct slot *)job;
	struct import *im = s->im;

	pthread_mutex_lock(&im->lock);
	s->finished = true;
	pthread_cond_signal(&im->came_back);
	pthread_mutex_unlock(&im->lock);
}

/* Is it the store that failed, not the row? */
static bool ours(enum hy_code code)
{
	return hy_code_info(code)->http >= 500;
}

static void refuse(struct import *im, const struct slot *s)
{
	const struct hy_err *e = &s->job.err;
	struct intake_refusal why = { im->file, s->plan.key, hy_str_of(e->field),
				      hy_str_of(e->detail), s->row.line };

	im->r->refused++;
	if (im->refused)
		intake_refused_row(im->refused, &why, &s->row);
	if (im->r->n_first == INTAKE_SHOWN)
		return;
	why.key = hy_str_dup(im->a, why.key);
	why.field = hy_str_dup(im->a, why.field);
	why.reason = hy_str_dup(im->a, why.reason);
	im->r->first[im->r->n_first++] = why;
}

static void count(struct import *im, const struct slot *s)
{
	struct intake_result *r = im->r;

	switch (s->applied.outcome) {
	case INTAKE_IMPORTED:
		r->imported++;
		break;
	case INTAKE_COMPLETED:
		r->completed++;
		break;
	case INTAKE_HERE:
		r->here++;
		break;
	}
	r->events += s->applied.events;
	r->units_made += s->applied.unit_made;
	for (size_t i = 0; i < im->m->n_checks; i++)
		intake_tally_add(im->a, &r->tallies[i], &im->m->checks[i], &s->plan, i, &s->applied,
				 s->row.line);
}

/* Takes the oldest row back, waiting for it. */
static void take_back(struct import *im)
{
	struct slot *s = &im->slots[im->tail++ % IN_FLIGHT];

	pthread_mutex_lock(&im->lock);
	while (!s->finished)
		pthread_cond_wait(&im->came_back, &im->lock);
	pthread_mutex_unlock(&im->lock);
	if (!s->job.err.code)
		count(im, s);
	else if (!ours(s->job.err.code))
		refuse(im, s);
	else if (!im->fatal.code)
		im->fatal = s->job.err;
}

static void take_all_back(struct import *im)
{
	while (im->tail < im->head)
		take_back(im);
}

static struct slot *free_slot(struct import *im)
{
	if (im->head - im->tail == IN_FLIGHT)
		take_back(im);
	struct slot *s = &im->slots[im->head % IN_FLIGHT];
	if (!s->a)
		s->a = hy_arena_new(0);
	hy_arena_empty(s->a);
	s->im = im;
	s->finished = false;
	hy_err_clear(&s->job.err);
	s->job.work = work;
	s->job.in_out = s;
	s->job.done = done;
	return s;
}

static void note_unit(struct import *im, const struct intake_unit_found *u)
{
	if (u->name.n == 0) {
		im->r->unit_none++;
		return;
	}
	im->r->unit_found++;
	if (u->rule >= 0)
		im->r->found_by[u->rule]++;
}

static void send_row(struct import *im, struct slot *s, size_t n_header)
{
	struct hy_err e = { 0 };

	im->head++;
	im->r->rows++;
	if (intake_plan_make(s->a, im->m, &s->row, n_header, city_now(im->c), &s->plan,
			     &s->job.err)) {
		s->finished = true;
		return;
	}
	note_unit(im, &s->plan.unit);
	if (hy_store_submit(city_store(im->c), &s->job, &e)) {
		s->job.err = e;
		s->finished = true;
	}
}

/* --- files -------------------------------------------------------------------------------- */

struct opened {
	struct intake_source *source;
	hy_str *header;
	size_t n_header;
};

static void close_opened(struct opened *o)
{
	intake_source_close(&o->source);
}
#define SCOPED_OPENED __attribute__((cleanup(close_opened))) struct opened

static enum hy_code in_file(hy_str file, struct hy_err *e)
{
	struct hy_err why = *e;

	hy_err_clear(e);
	return hy_fail(e, why.code, why.field, HY_FMT ": %.*s", HY_ARG(hy_str_head(file, 100)), 400,
		       why.detail);
}

static enum hy_code open_file(struct import *im, const char *path, struct opened *out,
			      struct hy_err *e)
{
	struct intake_row row;
	bool more = false;
	enum hy_code code =
		intake_source_open(path, im->m->encoding, im->m->delimiter, &out->source, e);

	if (!code)
		code = intake_source_next(out->source, im->a, &row, &more, e);
	if (code)
		return code;
	if (!more)
		return hy_fail(e, HY_BAD_INPUT, "FILE", "%s is empty: not even a header", path);
	if (row.problem)
		return hy_fail(e, HY_BAD_INPUT, "header", "%s: the header %s", path, row.problem);
	out->header = row.cells;
	out->n_header = row.n;
	code = intake_map_columns(im->a, im->m, row.cells, row.n, e);
	return code ? in_file(hy_str_of(path), e) : HY_OK;
}

static bool same_header(const struct import *im, const struct opened *o)
{
	bool same = im->n_header == o->n_header;

	for (size_t i = 0; same && i < o->n_header; i++)
		same = hy_str_eq(im->header[i], o->header[i]);
	return same;
}

static enum hy_code check_header(struct import *im, const char *path, const struct opened *o,
				 struct hy_err *e)
{
	if (!im->header) {
		im->header = o->header;
		im->n_header = o->n_header;
	}
	if (im->o->refused && !same_header(im, o))
		return hy_fail(e, HY_BAD_INPUT, "header",
			       "%s has other columns than the first file; with --refused they need "
			       "runs of "
			       "their own",
			       path);
	return HY_OK;
}

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* A pipe can be read once only: its header is seen when its turn comes. */
static bool can_look(const char *path)
{
	struct stat st;

	return !is_stdin(path) && (stat(path, &st) != 0 || S_ISREG(st.st_mode));
}

/* Everything that can be known beforehand, before anything is written. */
static enum hy_code look_first(struct import *im, const char *const *files, size_t n,
			       struct hy_err *e)
{
	int from_stdin = 0;

	for (size_t i = 0; i < n; i++) {
		SCOPED_OPENED o = { 0 };
		if (is_stdin(files[i]) && from_stdin++)
			return hy_fail(e, HY_BAD_INPUT, "FILE", "\"-\" stands twice");
		if (!can_look(files[i]))
			continue;
		enum hy_code code = open_file(im, files[i], &o, e);
		if (!code)
			code = check_header(im, files[i], &o, e);
		if (code)
			return code;
	}
	return HY_OK;
}

static enum hy_code rows_of(struct import *im, struct opened *o, struct hy_progress *p,
			    struct hy_err *e)
{
	int64_t size = intake_source_size(o->source);
	bool more = true;
	enum hy_code code = HY_OK;

	for (;;) {
		struct slot *s = free_slot(im);
		if (im->fatal.code)
			break;
		code = intake_source_next(o->source, s->a, &s->row, &more, e);
		if (code || !more)
			break;
		send_row(im, s, o->n_header);
		if (size)
			hy_progress_part(p, im->r->rows, intake_source_read(o->source), size);
		else
			hy_progress(p, im->r->rows);
	}
	take_all_back(im);
	return code;
}

static enum hy_code one_file(struct import *im, const char *path, struct hy_progress *p,
			     struct hy_err *e)
{
	SCOPED_OPENED o = { 0 };
	struct intake_file *f = &im->r->files[im->r->n_files];
	int64_t before = im->r->rows;
	enum hy_code code = open_file(im, path, &o, e);

	if (!code)
		code = check_header(im, path, &o, e);
	if (code)
		return code;
	if (im->refused && im->r->n_files == 0)
		intake_refused_header(im->refused, o.header, o.n_header);
	im->file = f->name = is_stdin(path) ? HY_S("standard input") : hy_str_of(path);
	f->encoding = intake_source_encoding(o.source);
	im->r->n_files++;
	code = rows_of(im, &o, p, e);
	f->rows = im->r->rows - before;
	return code;
}

/* --- the whole ------------------------------------------------------------------------------ */

static enum hy_code all_files(struct import *im, const char *const *files, size_t n,
			      struct hy_err *e)
{
	enum hy_code code = look_first(im, files, n, e);

	if (!code && im->o->refused)
		code = intake_refused_open(im->o->refused, files, n, &im->refused, e);
	if (code)
		return code;
	struct hy_progress p = hy_progress_begin(im->o->progress, "rows", 0);
	for (size_t i = 0; !code && !im->fatal.code && i < n; i++)
		code = one_file(im, files[i], &p, e);
	hy_progress_end(&p, im->r->rows);
	return code;
}

static void clean_up(struct import *im)
{
	for (size_t i = 0; i < IN_FLIGHT; i++)
		hy_arena_free(&im->slots[i].a);
	free(im->slots);
	hy_arena_free(&im->work);
	pthread_mutex_destroy(&im->lock);
	pthread_cond_destroy(&im->came_back);
}

enum hy_code intake_import(struct city *c, struct intake_map *m, const char *const *files, size_t n,
			   const struct intake_options *o, struct hy_arena *a,
			   struct intake_result *out, struct hy_err *e)
{
	struct import im = { .c = c, .m = m, .o = o, .a = a, .r = out };
	int64_t begun = hy_monotonic_ms();

	*out = (struct intake_result){ 0 };
	out->files = hy_new_n(a, struct intake_file, n);
	out->found_by = hy_new_n(a, int64_t, m->unit.n_find + 1);
	im.slots = calloc(IN_FLIGHT, sizeof(*im.slots));
	if (!im.slots)
		return hy_broke(e, HY_INTERNAL, "no memory");
	im.work = hy_arena_new(0);
	pthread_mutex_init(&im.lock, NULL);
	pthread_cond_init(&im.came_back, NULL);
	enum hy_code code = all_files(&im, files, n, e);
	struct hy_err why = { 0 };
	enum hy_code closed = intake_refused_close(&im.refused, &why);
	out->ms = hy_monotonic_ms() - begun;
	clean_up(&im);
	if (!code && im.fatal.code) {
		*e = im.fatal;
		code = e->code;
	}
	if (!code && closed) {
		*e = why;
		code = closed;
	}
	return code;
}
