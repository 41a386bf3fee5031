/* /api/v1/units: the dated tree, and what changes it; /api/v1/tables/...: in and out as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "matter/api.h"
#include "matter/reform.h"
#include "people/unit_table.h"

static void day_json(struct hy_json *j, const char *key, hy_day d)
{
	if (d == UNIT_EVER || d == HY_NO_DAY)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_day_text(j->b->a, d));
}

static void unit_members(struct hy_json *j, const struct unit *u)
{
	hy_json_kstr(j, "code", u->code);
	hy_json_kstr(j, "name", u->name);
	hy_json_kstr(j, "kind", unit_kinds[u->kind].id);
	hy_json_kstr(j, "parent", u->parent);
	day_json(j, "opened", u->opened);
	day_json(j, "closed", u->closed);
	hy_json_kstr(j, "successor", u->successor);
	hy_json_kstr(j, "origin", u->origin);
}

void unit_list_json(struct hy_json *j, const struct unit_book *book, bool all, hy_day day)
{
	struct unit_node *v = NULL;
	size_t n = 0;

	hy_json_obj(j);
	hy_json_key(j, "units");
	hy_json_arr(j);
	if (all)
		for (size_t i = 0; i < book->n; i++) {
			hy_json_obj(j);
			unit_members(j, &book->v[i].unit);
			hy_json_obj_end(j);
		}
	else
		unit_tree_on(j->b->a, book, day, &v, &n);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		unit_members(j, &v[i].unit);
		hy_json_kint(j, "depth", v[i].depth);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void unit_entry_json(struct hy_json *j, const struct unit_entry *u)
{
	hy_json_obj(j);
	unit_members(j, &u->unit);
	hy_json_key(j, "past");
	hy_json_arr(j);
	for (size_t i = 0; i < u->n_past; i++) {
		hy_json_obj(j);
		day_json(j, "from", u->past[i].from);
		hy_json_kstr(j, "name", u->past[i].name);
		hy_json_kstr(j, "parent", u->past[i].parent);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

struct units_query {
	hy_day day;
};
static const struct hy_field units_query[] = {
	HY_FIELD_DAY(struct units_query, day, false),
	{ 0 },
};

static enum hy_code units(struct hy_request *r, struct hy_err *e)
{
	const struct units_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct unit_book book;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = unit_book_read(b.a, db, &book, e);
	if (code)
		return code;
	unit_list_json(&j, &book, q->day == HY_NO_DAY, q->day);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code answer_unit(struct hy_request *r, struct hy_db *db, hy_str code, int status,
				struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct unit_book book;
	struct unit u;
	enum hy_code c = unit_by_code(b.a, db, code, &u, e);

	if (!c)
		c = unit_book_read(b.a, db, &book, e);
	if (c)
		return c;
	unit_entry_json(&j, unit_book_find(&book, u.code));
	hy_answer_json(r, status, &b);
	return HY_OK;
}

static enum hy_code unit_get(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : answer_unit(r, db, hy_request_param(r, "code"), 200, e);
}

/* --- changing ------------------------------------------------------------------------------------
 */

enum { PARTS_MOST = 32 };
struct change_body {
	hy_str name, parent, kind, reason, into, successor;
	hy_day from, opened, on;
	bool correct, keep;
	struct hy_texts parts;
};
static const struct hy_field put_fields[] = {
	HY_FIELD_TEXT(struct change_body, name, true, 1, 100),
	HY_FIELD_TEXT(struct change_body, parent, false, 0, 40),
	HY_FIELD_WORD(struct change_body, kind, false, "region|organ|section|window"),
	HY_FIELD_DAY(struct change_body, opened, false),
	HY_FIELD_DAY(struct change_body, from, false),
	HY_FIELD_BOOL(struct change_body, correct, false),
	HY_FIELD_TEXT(struct change_body, reason, false, 0, 100),
	{ 0 },
};
static const struct hy_field merge_fields[] = {
	HY_FIELD_TEXT(struct change_body, into, true, 1, 40),
	HY_FIELD_DAY(struct change_body, on, false),
	HY_FIELD_TEXT(struct change_body, reason, false, 0, 100),
	{ 0 },
};
static const struct hy_field split_fields[] = {
	HY_FIELD_TEXTS(struct change_body, parts, true, 1, PARTS_MOST),
	HY_FIELD_DAY(struct change_body, on, false),
	HY_FIELD_BOOL(struct change_body, keep, false),
	HY_FIELD_TEXT(struct change_body, reason, false, 0, 100),
	{ 0 },
};
static const struct hy_field close_fields[] = {
	HY_FIELD_DAY(struct change_body, on, false),
	HY_FIELD_TEXT(struct change_body, successor, false, 0, 40),
	HY_FIELD_TEXT(struct change_body, reason, false, 0, 100),
	{ 0 },
};

struct changing {
	struct city *c;
	const struct actor *who;
	hy_str code;
	struct change_body body;
	enum hy_code (*fn)(const struct changing *x, const struct unit_act *w, hy_day today,
			   struct hy_err *e);
};

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct changing *x = in_out;
	struct reform r;
	struct unit_act w;

	reform_begin(&r, x->c, db, x->who, x->body.reason, &w);
	return x->fn(x, &w, hy_local(w.zone, w.at, NULL), e);
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	return answer_unit(r, db, ((const struct changing *)in_out)->code, 200, e);
}

static hy_day day_or(hy_day d, hy_day otherwise)
{
	return d == HY_NO_DAY ? otherwise : d;
}

static enum hy_code do_put(const struct changing *x, const struct unit_act *w, hy_day today,
			   struct hy_err *e)
{
	const struct change_body *b = &x->body;
	struct unit_new n = { x->code, b->name, b->parent, UNIT_ORGAN, day_or(b->opened, today) };
	struct hy_err why = { 0 };
	struct unit u;
	enum hy_code c = unit_by_code(hy_db_arena(w->db), w->db, x->code, &u, &why);

	if (c && c != HY_NOT_FOUND) {
		*e = why;
		return c;
	}
	if (!c)
		n.kind = u.kind;
	if (b->kind.n && !unit_kind_of(b->kind, &n.kind))
		return hy_fail(e, HY_BAD_FIELD, "kind", "is none of the kinds of units");
	if (c)
		return unit_make(w, &n, &(int64_t){ 0 }, e);
	if (b->correct)
		return unit_correct(w, x->code, n.kind, b->name, b->parent, e);
	if (n.kind != u.kind)
		return hy_fail(e, HY_BAD_FIELD, "kind",
			       "a unit keeps its kind; a mistake is put right with correct: true");
	return unit_change(w, x->code, day_or(b->from, today), b->name, b->parent, e);
}

static enum hy_code do_merge(const struct changing *x, const struct unit_act *w, hy_day today,
			     struct hy_err *e)
{
	return unit_merge(w, x->code, x->body.into, day_or(x->body.on, today), e);
}
/* The parts are of the same kind. */
static enum hy_code do_split(const struct changing *x, const struct unit_act *w, hy_day today,
			     struct hy_err *e)
{
	const struct hy_texts *given = &x->body.parts;
	struct unit_new parts[PARTS_MOST] = { 0 };
	struct unit u;
	enum hy_code c = unit_by_code(hy_db_arena(w->db), w->db, x->code, &u, e);

	for (size_t i = 0; !c && i < given->n; i++) {
		hy_str rest = given->v[i];
		if (!hy_str_cut(&rest, '=', &parts[i].code) || !rest.n)
			return hy_fail(e, HY_BAD_FIELD, "parts", "must be texts CODE=NAME");
		parts[i].name = rest;
		parts[i].kind = u.kind;
	}
	return c ? c
		 : unit_split(w, x->code, parts, given->n, day_or(x->body.on, today), x->body.keep,
			      e);
}
static enum hy_code do_close(const struct changing *x, const struct unit_act *w, hy_day today,
			     struct hy_err *e)
{
	return unit_close(w, x->code, day_or(x->body.on, today), x->body.successor, e);
}

static struct changing *begin(struct hy_request *r)
{
	struct changing *x = hy_new(hy_request_arena(r), struct changing);

	x->c = api_city(r);
	x->who = api_actor(r);
	x->code = hy_request_param(r, "code");
	x->body = *(const struct change_body *)hy_request_body(r);
	return x;
}

static enum hy_code unit_put_route(struct hy_request *r, struct hy_err *e)
{
	struct changing *x = begin(r);

	x->fn = do_put;
	return hy_answer_after(r, change_work, change_answer, x, e);
}
static enum hy_code unit_merge_route(struct hy_request *r, struct hy_err *e)
{
	struct changing *x = begin(r);

	x->fn = do_merge;
	return hy_answer_after(r, change_work, change_answer, x, e);
}
static enum hy_code unit_close_route(struct hy_request *r, struct hy_err *e)
{
	struct changing *x = begin(r);

	x->fn = do_close;
	return hy_answer_after(r, change_work, change_answer, x, e);
}

static enum hy_code unit_split_route(struct hy_request *r, struct hy_err *e)
{
	struct changing *x = begin(r);

	x->fn = do_split;
	return hy_answer_after(r, change_work, change_answer, x, e);
}

/* --- tables
 * ---------------------------------------------------------------------------------------- */

struct import_query {
	bool preview;
	hy_day on;
};
static const struct hy_field import_query[] = {
	HY_FIELD_BOOL(struct import_query, preview, false),
	HY_FIELD_DAY(struct import_query, on, false),
	{ 0 },
};

static enum hy_code read_upload(struct hy_request *r, hy_str *out, struct hy_err *e)
{
	const struct hy_upload *up = hy_request_upload(r);
	size_t at = 0;

	if (!up || up->size == 0)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the file is the body of the request; there is none");
	if (up->size > GRID_FILE_MOST)
		return hy_fail(e, HY_TOO_LARGE, "", "the file is larger than %d MiB",
			       GRID_FILE_MOST >> 20);
	char *to = hy_arena_take(hy_request_arena(r), (size_t)up->size + 1);
	while (at < (size_t)up->size) {
		ssize_t got = pread(up->fd, to + at, (size_t)up->size - at, (off_t)at);
		if (got <= 0)
			return hy_broke(e, HY_IO, "an upload could not be read again");
		at += (size_t)got;
	}
	*out = (hy_str){ to, at };
	return HY_OK;
}

static enum hy_code import(struct hy_request *r, enum table_kind kind, struct hy_err *e)
{
	const struct import_query *q = hy_request_query(r);
	struct city *c = api_city(r);
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct reform reform;
	struct unit_act act;
	struct grid g;
	hy_str bytes;

	reform_begin(&reform, c, NULL, api_actor(r), HY_S(""), &act);
	struct table_job job = { .kind = kind,
				 .act = &act,
				 .pack = city_pack(c),
				 .grid = &g,
				 .on = day_or(q->on, hy_local(act.zone, act.at, NULL)),
				 .preview = q->preview,
				 .a = a };
	enum hy_code code = read_upload(r, &bytes, e);
	if (!code)
		code = grid_read(a, bytes, &g, e);
	if (!code)
		code = table_import(city_store(c), &job, e);
	if (code)
		return code;
	table_plan_json(&j, &job.plan);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code import_units(struct hy_request *r, struct hy_err *e)
{
	return import(r, TABLE_UNITS, e);
}
static enum hy_code import_posts(struct hy_request *r, struct hy_err *e)
{
	return import(r, TABLE_POSTS, e);
}
static enum hy_code units_in(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, import_units, e);
}
static enum hy_code posts_in(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, import_posts, e);
}

struct export_query {
	hy_str form;
	bool bom;
};
static const struct hy_field export_query[] = {
	HY_FIELD_WORD(struct export_query, form, false, "csv|xlsx"),
	HY_FIELD_BOOL(struct export_query, bom, false),
	{ 0 },
};

static enum hy_code fill_units(struct hy_request *r, struct hy_db *db, struct sheet *to,
			       struct hy_err *e)
{
	return table_export(hy_request_arena(r), db, TABLE_UNITS, city_now(api_city(r)), to, e);
}

static enum hy_code fill_posts(struct hy_request *r, struct hy_db *db, struct sheet *to,
			       struct hy_err *e)
{
	return table_export(hy_request_arena(r), db, TABLE_POSTS, city_now(api_city(r)), to, e);
}

static enum hy_code take_out(struct hy_request *r, enum table_kind kind, struct hy_err *e)
{
	const struct export_query *q = hy_request_query(r);
	const struct api_sheet s = { .what = kind == TABLE_UNITS ? "tables/units" : "tables/posts",
				     .name = kind == TABLE_UNITS ? "units" : "posts",
				     .xlsx = hy_str_eq(q->form, HY_S("xlsx")),
				     .bom = q->bom,
				     .fill = kind == TABLE_UNITS ? fill_units : fill_posts };

	return api_answer_sheet(r, &s, e);
}

static enum hy_code units_out(struct hy_request *r, struct hy_err *e)
{
	return take_out(r, TABLE_UNITS, e);
}
static enum hy_code posts_out(struct hy_request *r, struct hy_err *e)
{
	return take_out(r, TABLE_POSTS, e);
}

#define CHANGE(path_, summary_, fields_, run_)                                                     \
	{                                                                                          \
		.method = "POST", .path = "/api/v1/units/{code}/" path_,                           \
		.permission = "unit.write", .summary = summary_, .body = fields_,                  \
		.body_size = sizeof(struct change_body), .run = run_, .idempotent_key = true       \
	}
#define TABLE(what_, method_, permission_, summary_, query_, run_, upload_)                        \
	{                                                                                          \
		.method = method_, .path = "/api/v1/tables/" what_, .permission = permission_,     \
		.summary = summary_, .query = query_, .query_size = sizeof(struct query_),         \
		.run = run_, .upload = upload_, .body_limit = upload_ ? GRID_FILE_MOST : 0         \
	}
const struct hy_route unit_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/units",
	  .permission = "public",
	  .summary = "The units of the city: all, or the tree as of a day",
	  .query = units_query,
	  .query_size = sizeof(struct units_query),
	  .run = units },
	{ .method = "GET",
	  .path = "/api/v1/units/{code}",
	  .permission = "public",
	  .summary = "A unit with its names and places, each from its day on",
	  .run = unit_get },
	{ .method = "PUT",
	  .path = "/api/v1/units/{code}",
	  .permission = "unit.write",
	  .summary = "Make a unit; rename or move it from a day on; put a mistake right",
	  .body = put_fields,
	  .body_size = sizeof(struct change_body),
	  .run = unit_put_route },
	CHANGE("merge", "Merge a unit into another, with what stands in it and its open matters",
	       merge_fields, unit_merge_route),
	CHANGE("split", "Split a unit into parts, or parts off it", split_fields, unit_split_route),
	CHANGE("close", "Close a unit, its open matters going to a successor", close_fields,
	       unit_close_route),
	TABLE("units", "GET", "unit.write", "All units as CSV or XLSX", export_query, units_out,
	      false),
	TABLE("units", "POST", "unit.write", "Import units from CSV or XLSX, or preview that",
	      import_query, units_in, true),
	TABLE("posts", "GET", "post.write", "The open posts as CSV or XLSX", export_query,
	      posts_out, false),
	TABLE("posts", "POST", "post.write", "Import posts from CSV or XLSX, or preview that",
	      import_query, posts_in, true),
	{ 0 },
};
