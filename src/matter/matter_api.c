/* /api/v1/matters: list, file, show, move. */
#include "matter/acting.h"
#include "matter/api.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "matter/search.h"
#include "matter/sight.h"

/* --- list ----------------------------------------------------------------------------------- */

static const struct hy_field list_fields[] = {
	API_LIST_FIELDS,
	HY_FIELD_INT(struct api_list, limit, false, 1, 200),
	HY_FIELD_TEXT(struct api_list, cursor, false, 1, 64),
	{ 0 },
};

static int index_of(const char *const *names, int n, hy_str word)
{
	for (int i = 0; i < n; i++)
		if (hy_str_eq(word, hy_str_of(names[i])))
			return i;
	return 0;
}

struct matter_filter api_list_filter(struct hy_request *r, const struct api_list *q)
{
	struct city *c = api_city(r);
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);

	return (struct matter_filter){
		.kind = q->kind,
		.unit = q->unit,
		.state = q->state,
		.cls = q->class,
		.channel = q->channel,
		.light = (enum hy_light)index_of(matter_light_names, HY_LIGHT_RED + 1, q->light),
		.open = hy_str_eq(q->open, HY_S("yes")) ? 1
			: q->open.n			? 2
							: 0,
		.verdict = (enum matter_verdict)index_of(matter_verdict_names, MATTER_LATE + 1,
							 q->verdict),
		.filed_from = q->filed_from == HY_NO_DAY ? 0 : hy_instant(zone, q->filed_from, 0),
		.filed_until = q->filed_to == HY_NO_DAY ? 0 : hy_instant(zone, q->filed_to + 1, 0),
		.words = q->words,
		.who = api_actor(r),
		.now = city_now(c),
	};
}

enum matter_order api_list_order(const struct api_list *q)
{
	return hy_str_eq(q->order, HY_S("filed")) ? MATTER_BY_FILED_DESC : MATTER_BY_DUE;
}

static void percent(struct hy_buf *b, hy_str s)
{
	static const char plain[] = "-._~";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool word = (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z');
		if (word || (ch && strchr(plain, ch)))
			hy_buf_byte(b, (char)ch);
		else
			hy_buf_fmt(b, "%%%02X", ch);
	}
}

/* The same question with another cursor, by the route's own table. */
static hy_str next_address(struct hy_request *r, hy_str cursor)
{
	const char *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));

	hy_buf_fmt(&b, "<" HY_FMT "?cursor=", HY_ARG(hy_request_path(r)));
	percent(&b, cursor);
	for (const struct hy_field *f = list_fields; f->name; f++) {
		hy_str text = HY_S("");
		if (strcmp(f->name, "cursor") == 0)
			continue;
		if (f->type == HY_F_TEXT)
			text = *(const hy_str *)(const void *)(q + f->at);
		else if (f->type == HY_F_DAY &&
			 *(const hy_day *)(const void *)(q + f->at) != HY_NO_DAY)
			text = hy_day_text(b.a, *(const hy_day *)(const void *)(q + f->at));
		else if (f->type == HY_F_INT && *(const int64_t *)(const void *)(q + f->at))
			text = hy_printf(b.a, "%lld",
					 (long long)*(const int64_t *)(const void *)(q + f->at));
		if (text.n == 0)
			continue;
		hy_buf_fmt(&b, "&%s=", f->name);
		percent(&b, text);
	}
	hy_buf_add(&b, HY_S(">; rel=\"next\""));
	return hy_buf_str(&b);
}

/* Where the words of the question stand in each title that has one. */
static void marks_json(struct hy_json *j, struct hy_arena *a, const struct matter_page *page,
		       hy_str words)
{
	hy_str folded = search_fold(a, words);

	hy_json_key(j, "marks");
	hy_json_obj(j);
	for (size_t i = 0; i < page->n; i++) {
		struct search_marks m = search_mark(a, page->v[i].title, folded);
		if (m.n == 0)
			continue;
		hy_json_key(j, hy_str_dup(a, page->v[i].code).p);
		hy_json_arr(j);
		for (size_t k = 0; k < m.n; k++) {
			hy_json_arr(j);
			hy_json_int(j, (int64_t)m.v[k].from);
			hy_json_int(j, (int64_t)m.v[k].to);
			hy_json_arr_end(j);
		}
		hy_json_arr_end(j);
	}
	hy_json_obj_end(j);
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct city *c = api_city(r);
	struct hy_arena *a = hy_request_arena(r);
	const struct api_list *q = hy_request_query(r);
	struct matter_filter f = api_list_filter(r, q);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct matter_page page = { 0 };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_list(a, db, &scope, &f, api_list_order(q), q->cursor,
				   q->limit ? (int)q->limit : 50, &page, e);
	if (!code)
		code = sight_rows(db, a, api_actor(r), page.v, page.n, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_json_obj(&j);
	hy_json_key(&j, "matters");
	hy_json_arr(&j);
	for (size_t i = 0; i < page.n; i++)
		matter_row_json(&j, &page.v[i], city_rules(c), f.now);
	hy_json_arr_end(&j);
	if (page.next.n) {
		hy_json_kstr(&j, "next", page.next);
		hy_answer_header(r, "Link", next_address(r, page.next));
	} else {
		hy_json_knull(&j, "next");
	}
	if (f.words.n)
		marks_json(&j, a, &page, f.words);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- one matter ------------------------------------------------------------------------------- */

/* What a reader saw: the number of events, and the lights, which change without one. */
static hy_str etag_of(struct hy_arena *a, const struct matter *m, hy_ms now)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, "%lld-%c", (long long)m->events[m->n_events - 1].seq,
		   matter_light_names[matter_light(m->lights, now)][0]);
	for (size_t i = 0; i < m->n_clocks; i++)
		hy_buf_byte(&b, matter_light_names[matter_light(m->clocks[i].lights, now)][0]);
	return hy_buf_str(&b);
}

/* The number of events in such a tag; -1 for "*", -2 for a tag that is none of ours. */
static int64_t seq_of(hy_str etag)
{
	hy_str head;
	int64_t seq;

	if (hy_str_eq(etag, HY_S("*")))
		return -1;
	return hy_str_cut(&etag, '-', &head) && hy_str_int(head, &seq) && seq >= 1 ? seq : -2;
}

/* The code of a lead that is not theirs is not told. */
static enum hy_code hide_lead(struct hy_request *r, struct hy_db *db, struct matter *m,
			      struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	bool seen = true;
	enum hy_code code =
		m->lead.n ? matter_seen(hy_request_arena(r), db, &scope, m->lead, &seen, e) : HY_OK;

	if (!seen)
		m->lead = HY_S("");
	return code;
}

static enum hy_code answer_whole(struct hy_request *r, struct hy_db *db, struct matter *m,
				 hy_str role, struct hy_err *e)
{
	struct city *c = api_city(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_ms now = city_now(c);
	uint64_t possible = 0;
	enum hy_code code = acting_possible(db, b.a, api_actor(r), m, role, now, &possible, e);

	if (!code)
		code = hide_lead(r, db, m, e);
	struct sight sight = { 0 };
	if (!code)
		code = sight_of(db, b.a, api_actor(r), m, &sight, e);
	if (!code)
		sight_apply(b.a, m, &sight);
	if (!code)
		code = matter_whole_json(&j, m, city_rules(c), possible, now, false, db, e);
	if (code)
		return code;
	hy_answer_json(r, 200, &b);
	hy_answer_etag(r, etag_of(b.a, m, now));
	return HY_OK;
}

struct show_query {
	hy_str role;
};
static const struct hy_field show_fields[] = {
	HY_FIELD_TEXT(struct show_query, role, false, 1, 64),
	{ 0 },
};

static enum hy_code read_one(struct hy_request *r, struct hy_db *db, struct matter **out,
			     struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);

	return matter_read(api_city(r), db, &scope, hy_request_arena(r),
			   hy_request_param(r, "code"), out, e);
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	const struct show_query *q = hy_request_query(r);
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = read_one(r, db, &m, e);
	return code ? code : answer_whole(r, db, m, q->role, e);
}

static enum hy_code show_clocks(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_ms now = city_now(api_city(r));
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = read_one(r, db, &m, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kstr(&j, "code", m->code);
	explain_instant(&j, "now", city_pack(api_city(r))->calendar, now);
	code = matter_clocks_json(&j, m, now, true, e);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code receipt(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	hy_str text = HY_S("");
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code failed = hy_store_read(hy_request_store(r), &db, e);

	if (!failed)
		failed = read_one(r, db, &m, e);
	if (!failed)
		failed = record_receipt(a, db, m->events[0].idx, &text, e);
	if (failed)
		return failed;
	hy_answer(r, 200, "text/plain; charset=utf-8", text);
	hy_answer_header(
		r, "Content-Disposition",
		hy_printf(a, "attachment; filename=\"" HY_FMT ".tlog-proof\"", HY_ARG(m->code)));
	return HY_OK;
}

/* --- who, when, what ----------------------------------------------------------------------------
 */

static const struct hy_field who_fields[] = {
	HY_FIELD_TEXT(struct acting_wish, role, false, 1, 64),
	HY_FIELD_TEXT(struct acting_wish, unit, false, 1, 40),
	HY_FIELD_TEXT(struct acting_wish, name, false, 1, 100),
	{ 0 },
};

struct move_body { /* filing takes KIND instead of MOVE */
	hy_str kind, move;
	bool protect; /* a filing: who files wants name and contact sealed */
	int64_t at;
	json_t *by, *data;
};
#define ACTION_FIELDS                                                                              \
	HY_FIELD_INSTANT(struct move_body, at, false), HY_FIELD_JSON(struct move_body, by, false), \
		HY_FIELD_JSON(struct move_body, data, false),                                      \
	{                                                                                          \
		0                                                                                  \
	}
static const struct hy_field file_fields[] = { HY_FIELD_TEXT(struct move_body, kind, true, 1, 64),
					       HY_FIELD_BOOL(struct move_body, protect, false),
					       ACTION_FIELDS };
static const struct hy_field move_fields[] = { HY_FIELD_TEXT(struct move_body, move, true, 1, 64),
					       ACTION_FIELDS };

struct making {
	struct city *c;
	struct hy_arena *a;
	hy_str subject; /* kind or code */
	const struct actor *who;
	struct acting_wish wish;
	struct matter_move mv;
	bool at_now; /* no time was given: the moment in which it is done */
	int64_t if_seq;
	struct matter_filed filed;
	struct matter *m;
};

static enum hy_code making_of(struct hy_request *r, struct making **out, struct hy_err *e)
{
	const struct move_body *body = hy_request_body(r);
	struct making *k = hy_new(hy_request_arena(r), struct making);

	k->who = api_actor(r);
	k->c = api_city(r);
	k->a = hy_request_arena(r);
	k->at_now = body->at == HY_NO_TIME;
	k->mv.move = body->move;
	k->mv.protect = body->protect;
	k->mv.at = k->at_now ? city_now(k->c) : body->at;
	k->mv.data = json_is_null(body->data) ? NULL : body->data;
	if (body->by && !json_is_object(body->by))
		return hy_fail(e, HY_BAD_FIELD, "by",
			       "must be an object with role, and unit where it applies");
	if (k->mv.data && !json_is_object(k->mv.data))
		return hy_fail(e, HY_BAD_FIELD, "data", "must be an object of fields");
	enum hy_code code =
		body->by ? hy_fields_read(k->a, body->by, who_fields, &k->wish, e) : HY_OK;
	if (!code)
		*out = k;
	return code;
}

/* --- filing -------------------------------------------------------------------------------------
 */

static enum hy_code file_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *k = in_out;

	enum hy_code code = acting_file(k->c, k->a, k->who, k->subject, &k->wish, &k->mv, e);

	if (k->at_now)
		k->mv.at = city_now(k->c);
	return code ? code
		    : matter_file(k->c, db, k->a, k->subject, &k->mv, HY_S(""), true, &k->filed, e);
}

static enum hy_code file_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct making *k = in_out;
	const struct matter *m = k->filed.m;
	struct hy_buf b = hy_buf_on(k->a);
	struct hy_json j = hy_json_on(&b);
	const struct hy_calendar *cal = city_pack(k->c)->calendar;
	hy_ms now = city_now(k->c);
	hy_str url = hy_printf(k->a, "/api/v1/matters/" HY_FMT, HY_ARG(k->filed.code));

	(void)db;
	hy_json_obj(&j);
	hy_json_kstr(&j, "code", k->filed.code);
	hy_json_kstr(&j, "secret", hy_str_of(k->filed.secret));
	hy_json_kstr(&j, "kind", m->kind->id);
	hy_json_kstr(&j, "state", m->kind->states[m->state].id);
	explain_instant(&j, "filed_at", cal, m->filed_at);
	explain_instant(&j, "due_at", cal, m->due_at);
	enum hy_code code = matter_clocks_json(&j, m, now, false, e);
	hy_json_kstr(&j, "url", url);
	hy_json_kstr(&j, "receipt", hy_printf(k->a, HY_FMT "/receipt", HY_ARG(url)));
	hy_json_obj_end(&j);
	hy_answer_json(r, 201, &b);
	hy_answer_header(r, "Location", url);
	hy_answer_etag(r, etag_of(k->a, m, now));
	return code;
}

static enum hy_code file(struct hy_request *r, struct hy_err *e)
{
	const struct move_body *body = hy_request_body(r);
	struct making *k = NULL;
	enum hy_code code = making_of(r, &k, e);

	if (code)
		return code;
	k->subject = body->kind;
	return hy_answer_after(r, file_work, file_answer, k, e);
}

/* --- moving -------------------------------------------------------------------------------------
 */

static enum hy_code move_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *k = in_out;

	enum hy_code code = acting_move(k->c, db, k->a, k->who, k->subject, &k->wish, &k->mv, e);

	if (k->at_now)
		k->mv.at = city_now(k->c);
	return code ? code
		    : matter_make_move(k->c, db, k->a, k->subject, &k->mv, k->if_seq, &k->m, e);
}

static enum hy_code move_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct making *k = in_out;

	return answer_whole(r, db, k->m, k->mv.role, e);
}

static enum hy_code move(struct hy_request *r, struct hy_err *e)
{
	struct making *k = NULL;
	enum hy_code code = making_of(r, &k, e);

	if (code)
		return code;
	k->subject = hy_request_param(r, "code");
	k->if_seq = seq_of(hy_request_if_match(r));
	if (k->if_seq == -2)
		return hy_fail(e, HY_STALE, "If-Match",
			       "is no ETag of this matter; read it again and send its ETag");
	return hy_answer_after(r, move_work, move_answer, k, e);
}

static enum hy_code preview(struct hy_request *r, struct hy_err *e)
{
	struct city *c = api_city(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct matter *before = NULL, *after = NULL;
	struct making *k = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = making_of(r, &k, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = acting_move(c, db, b.a, k->who, hy_request_param(r, "code"), &k->wish,
				   &k->mv, e);
	if (!code)
		code = matter_preview(c, db, b.a, hy_request_param(r, "code"), &k->mv, &before,
				      &after, e);
	if (code)
		return code;
	code = matter_preview_json(&j, c, db, &k->mv, before, after, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

#define TAKES(which, fields, T) .which = fields, .which##_size = sizeof(T)

const struct hy_route matter_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/matters",
	  .permission = "matter.read",
	  .summary = "Matters, soonest due first",
	  TAKES(query, list_fields, struct api_list),
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/matters",
	  .permission = "matter.file",
	  .summary = "File a matter",
	  TAKES(body, file_fields, struct move_body),
	  .run = file,
	  .idempotent_key = true },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}",
	  .permission = "matter.read",
	  .summary = "One matter: fields, clocks, timeline, possible moves",
	  TAKES(query, show_fields, struct show_query),
	  .run = show },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/clock",
	  .permission = "matter.read",
	  .summary = "Why these dates: every clock, every day counted and skipped",
	  .run = show_clocks },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/receipt",
	  .permission = "matter.read",
	  .summary = "The receipt of the filing, to be verified without us",
	  .run = receipt },
	{ .method = "POST",
	  .path = "/api/v1/matters/{code}/moves",
	  .permission = "matter.move",
	  .summary = "Make a move",
	  TAKES(body, move_fields, struct move_body),
	  .run = move,
	  .idempotent_key = true,
	  .need_match = true },
	{ .method = "POST",
	  .path = "/api/v1/matters/{code}/moves/preview",
	  .permission = "matter.read",
	  .summary = "What a move would do to state and clocks, and which cards it would raise, "
		     "without making it",
	  TAKES(body, move_fields, struct move_body),
	  .run = preview },
	{ 0 },
};
