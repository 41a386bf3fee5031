/* /api/v1/cards: what was raised, what it rests on, contesting and deciding. */
#include "matter/acting.h"
#include "matter/api.h"
#include "supervise/card.h"

/* --- reading ------------------------------------------------------------------------------------
 */

struct list_query {
	hy_str unit, matter, kind, level, state, order;
	int32_t from, to;
	int64_t limit, cursor;
};
#define WHICH                                                                                      \
	HY_FIELD_TEXT(struct list_query, unit, false, 1, 64),                                      \
		HY_FIELD_TEXT(struct list_query, matter, false, 1, 40),                            \
		HY_FIELD_TEXT(struct list_query, kind, false, 1, 40),                              \
		HY_FIELD_WORD(struct list_query, level, false, "warning|yellow|red"),              \
		HY_FIELD_WORD(struct list_query, state, false,                                     \
			      "stands|contested|upheld|annulled"),                                 \
		HY_FIELD_DAY(struct list_query, from, false),                                      \
		HY_FIELD_DAY(struct list_query, to, false)
static const struct hy_field count_fields[] = { WHICH, { 0 } };
static const struct hy_field list_fields[] = {
	WHICH,
	HY_FIELD_WORD(struct list_query, order, false, "newest|oldest"),
	HY_FIELD_INT(struct list_query, limit, false, 1, 200),
	HY_FIELD_INT(struct list_query, cursor, false, 1, INT64_MAX),
	{ 0 },
};

static int one_of(const char *const *names, hy_str name)
{
	for (int i = 0; name.n && names[i]; i++)
		if (hy_str_eq(name, hy_str_of(names[i])))
			return i + 1;
	return 0;
}

static enum hy_code filter_of(struct hy_request *r, struct card_filter *f, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(api_city(r))->calendar);
	const struct list_query *q = hy_request_query(r);

	if (q->kind.n && !card_kind_of(q->kind))
		return hy_fail(e, HY_BAD_FIELD, "kind", "there is no kind of card '" HY_FMT "'",
			       HY_ARG(q->kind));
	*f = (struct card_filter){ .unit = q->unit,
				   .matter = q->matter,
				   .kind = q->kind,
				   .level = one_of(card_level_names, q->level),
				   .state = one_of(card_state_names, q->state),
				   .oldest = hy_str_eq(q->order, HY_S("oldest")),
				   .after = q->cursor,
				   .limit = q->limit ? (int)q->limit : 50 };
	if (q->from != HY_NO_DAY)
		f->from = hy_instant(zone, q->from, 0);
	if (q->to != HY_NO_DAY)
		f->until = hy_instant(zone, q->to + 1, 0);
	return HY_OK;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_CARD_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct card_filter f;
	struct card_list v;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = filter_of(r, &f, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = card_read_list(b.a, db, &scope, &f, &v, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "cards");
	hy_json_arr(&j);
	for (size_t i = 0; i < v.n; i++)
		card_json(&j, &v.v[i], city_pack(api_city(r)));
	hy_json_arr_end(&j);
	if (v.next)
		hy_json_kint(&j, "next", v.next);
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code counts(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_CARD_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct city *c = api_city(r);
	struct card_filter f;
	struct card_report v;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = filter_of(r, &f, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = card_report(b.a, db, &scope, &f, &v, e);
	if (code)
		return code;
	card_report_json(&j, &v, city_pack(c)->calendar, city_now(c));
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* By name; where no accounts are asked for, the person at this machine. */
static hy_str name_of(const struct actor *who)
{
	if (who->name.n)
		return who->name;
	return who->login.n ? who->login : HY_S("console");
}

/* Whoever files acts in the role in which the kind lets it be filed. */
static enum hy_code files_as(struct city *c, struct hy_arena *a, const struct actor *who,
			     struct matter_move *mv, struct hy_err *e)
{
	const struct acting_wish wish = { .role = who->kind == ACTOR_CONSOLE
							  ? HY_S("efficacy_office")
							  : HY_S(""),
					  .name = name_of(who) };

	return acting_file(c, a, who, HY_S(CARD_RECTIFICATION), &wish, mv, e);
}

static bool may_rectify(struct hy_request *r, const struct card *k)
{
	struct matter_move mv = { 0 };
	struct hy_err why = { 0 };

	return card_mendable(k, &why) == HY_OK &&
	       files_as(api_city(r), hy_request_arena(r), api_actor(r), &mv, &why) == HY_OK;
}

/* The card, and what the asker may do with it. */
static enum hy_code whole(struct hy_request *r, struct hy_db *db, const struct card *k,
			  struct hy_err *e)
{
	const struct access_scope contest = api_scope(r, PERMISSION_CARD_CONTEST);
	const struct access_scope decide = api_scope(r, PERMISSION_CARD_DECIDE);
	const struct actor *who = api_actor(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	const struct card_act w = { .city = api_city(r),
				    .db = db,
				    .a = b.a,
				    .account = who->account,
				    .name = name_of(who),
				    .person = who->login };
	struct card_may may;
	enum hy_code code = card_may(&w, k, &contest, &decide, &may, e);

	if (code)
		return code;
	may.rectify = may_rectify(r, k);
	code = card_whole_json(&j, api_city(r), db, k, &may, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_CARD_READ);
	struct card k;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = card_by_code(hy_request_arena(r), db, &scope, hy_request_param(r, "card"),
				    &k, e);
	return code ? code : whole(r, db, &k, e);
}

/* --- doing --------------------------------------------------------------------------------------
 */

struct card_body {
	hy_str reason;
	bool upheld;
	hy_str title, body, class, basis, limit, due; /* of a rectification */
};
static const struct hy_field contest_fields[] = {
	HY_FIELD_TEXT(struct card_body, reason, true, 1, 4000),
	{ 0 },
};
static const struct hy_field decide_fields[] = {
	HY_FIELD_TEXT(struct card_body, reason, true, 1, 4000),
	HY_FIELD_BOOL(struct card_body, upheld, true),
	{ 0 },
};
/* What is absent comes from the card. */
static const struct hy_field rectify_fields[] = {
	HY_FIELD_TEXT(struct card_body, title, false, 1, 200),
	HY_FIELD_TEXT(struct card_body, body, false, 1, 4000),
	HY_FIELD_TEXT(struct card_body, class, false, 1, 64),
	HY_FIELD_TEXT(struct card_body, basis, false, 1, 400),
	HY_FIELD_TEXT(struct card_body, limit, false, 2, 16),
	HY_FIELD_TEXT(struct card_body, due, false, 1, 40),
	{ 0 },
};

struct doing {
	struct city *c;
	const struct actor *who;
	enum permission needs;
	hy_str code;
	struct card_body body;
	struct access_scope scope;
	struct card k;
};

static hy_str filing_of(struct hy_arena *a, const struct card_body *b)
{
	const struct {
		const char *name;
		hy_str value;
	} fields[] = { { "basis", b->basis }, { "body", b->body },   { "class", b->class },
		       { "due", b->due },     { "limit", b->limit }, { "title", b->title } };
	struct hy_buf out = hy_buf_on(a);
	struct hy_json j = hy_json_on(&out);

	hy_json_obj(&j);
	for (size_t i = 0; i < HY_COUNT(fields); i++)
		if (fields[i].value.n)
			hy_json_kstr(&j, fields[i].name, fields[i].value);
	hy_json_obj_end(&j);
	return hy_buf_str(&out);
}

static enum hy_code rectify_work(struct doing *d, const struct card_act *base, struct hy_err *e)
{
	struct matter_move mv = { .at = base->at };
	struct card_act w = *base;
	json_t *data = NULL;
	/* What is not there and what is not his are the same, whatever his role. */
	enum hy_code code = card_by_code(w.a, w.db, w.scope, d->code, &d->k, e);

	if (!code)
		code = files_as(d->c, w.a, d->who, &mv, e);
	if (!code)
		code = hy_json_read(w.a, filing_of(w.a, &d->body), &data, e);
	if (code)
		return code;
	mv.data = data;
	w.role = mv.role;
	w.unit = mv.unit;
	return card_rectify(&w, d->code, &mv, &d->k, e);
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct access_as as = access_as(d->who, d->needs);
	const struct card_act w = { .city = d->c,
				    .db = db,
				    .a = hy_db_arena(db),
				    .at = city_now(d->c),
				    .role = as.role,
				    .unit = as.unit,
				    .account = d->who->account,
				    .name = name_of(d->who),
				    .person = d->who->login,
				    .scope = &d->scope };

	if (d->needs == PERMISSION_MATTER_FILE)
		return rectify_work(d, &w, e);
	if (d->needs == PERMISSION_CARD_CONTEST)
		return card_contest(&w, d->code, d->body.reason, &d->k, e);
	return card_decide(&w, d->code, d->body.upheld, d->body.reason, &d->k, e);
}

static enum hy_code finish(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return whole(r, db, &d->k, e);
}

static enum hy_code start(struct hy_request *r, enum permission needs, struct hy_err *e)
{
	struct doing *d = hy_new(hy_request_arena(r), struct doing);
	const struct card_body *body = hy_request_body(r);

	*d = (struct doing){ .c = api_city(r),
			     .who = api_actor(r),
			     .needs = needs,
			     .code = hy_request_param(r, "card"),
			     .body = *body,
			     .scope = api_scope(r, needs == PERMISSION_MATTER_FILE
							   ? PERMISSION_CARD_READ
							   : needs) };
	return hy_answer_after(r, work, finish, d, e);
}

static enum hy_code contest(struct hy_request *r, struct hy_err *e)
{
	return start(r, PERMISSION_CARD_CONTEST, e);
}

static enum hy_code decide(struct hy_request *r, struct hy_err *e)
{
	return start(r, PERMISSION_CARD_DECIDE, e);
}

static enum hy_code rectify(struct hy_request *r, struct hy_err *e)
{
	return start(r, PERMISSION_MATTER_FILE, e);
}

const struct hy_route card_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/cards",
	  .permission = "card.read",
	  .summary = "Warnings, yellow and red cards within reach",
	  .query = list_fields,
	  .query_size = sizeof(struct list_query),
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/card-counts",
	  .permission = "card.read",
	  .summary = "How many cards there are, by unit, colour and what became of them",
	  .query = count_fields,
	  .query_size = sizeof(struct list_query),
	  .run = counts },
	{ .method = "GET",
	  .path = "/api/v1/cards/{card}",
	  .permission = "card.read",
	  .summary = "A card: on which events it rests, and what became of it",
	  .run = show },
	{ .method = "POST",
	  .path = "/api/v1/cards/{card}/contest",
	  .permission = "card.contest",
	  .summary = "Contest a card of one's own unit",
	  .body = contest_fields,
	  .body_size = sizeof(struct card_body),
	  .run = contest,
	  .idempotent_key = true },
	{ .method = "POST",
	  .path = "/api/v1/cards/{card}/decision",
	  .permission = "card.decide",
	  .summary = "Uphold or annul a card",
	  .body = decide_fields,
	  .body_size = sizeof(struct card_body),
	  .run = decide,
	  .idempotent_key = true },
	{ .method = "POST",
	  .path = "/api/v1/cards/{card}/rectification",
	  .permission = "matter.file",
	  .summary = "Order the rectification of what a card is about",
	  .body = rectify_fields,
	  .body_size = sizeof(struct card_body),
	  .run = rectify,
	  .idempotent_key = true },
	{ 0 },
};
