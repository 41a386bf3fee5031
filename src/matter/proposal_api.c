/* /api/v1/institution/...: a new institution is looked at, proposed, and brought into force by a
 * second person. */
#include "matter/api.h"
#include "matter/draft.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "matter/proposal.h"

enum { PAGE = 50, MOST_MOVED = 500, FOLDERS_MOST = 16, FILES_MOST = 2000, BODY_MOST = 24 << 20 };

/* --- what is asked --------------------------------------------------------------------------- */

struct asked {
	json_t *packs;
	hy_str notice, notice_name, reason;
	int64_t limit;
};
#define CONTENT_FIELDS                                                                             \
	HY_FIELD_JSON(struct asked, packs, false),                                                 \
		HY_FIELD_TEXT(struct asked, notice, false, 1, 1 << 20),                            \
		HY_FIELD_TEXT(struct asked, notice_name, false, 1, 200)
static const struct hy_field look_fields[] = {
	CONTENT_FIELDS,
	HY_FIELD_INT(struct asked, limit, false, 0, 1000000),
	{ 0 },
};
static const struct hy_field propose_fields[] = {
	CONTENT_FIELDS,
	HY_FIELD_TEXT(struct asked, reason, true, 1, 500),
	{ 0 },
};

/* A folder that is sent whole, or one of a version that was in force. */
struct folder {
	hy_str name;
	int64_t version;
	json_t *files;
};
static const struct hy_field folder_fields[] = {
	HY_FIELD_TEXT(struct folder, name, false, 1, 100),
	HY_FIELD_INT(struct folder, version, false, 1, INT32_MAX),
	HY_FIELD_JSON(struct folder, files, false),
	{ 0 },
};
static const struct hy_field file_fields[] = {
	HY_FIELD_TEXT(struct pack_file, path, true, 1, 200),
	HY_FIELD_TEXT(struct pack_file, text, true, 0, 1 << 20),
	{ 0 },
};

static enum hy_code kept_folder(struct hy_arena *a, struct hy_db *db, const struct folder *f,
				struct pack_source *out, struct hy_err *e)
{
	struct institution_content c;
	enum hy_code code = institution_content(a, db, f->version, &c, NULL, e);

	if (code)
		return code;
	for (size_t i = 0; i < c.n_packs; i++)
		if (hy_str_eq(c.packs[i].name, f->name)) {
			*out = c.packs[i];
			return HY_OK;
		}
	return hy_fail(e, HY_BAD_FIELD, "packs",
		       "version %lld of the institution has no folder '" HY_FMT "'",
		       (long long)f->version, HY_ARG(f->name));
}

static enum hy_code sent_folder(struct hy_arena *a, const struct folder *f, struct pack_source *out,
				struct hy_err *e)
{
	size_t n = json_array_size(f->files);
	struct pack_file *v = hy_new_n(a, struct pack_file, n + 1);
	enum hy_code code = HY_OK;

	if (n < 1 || n > FILES_MOST)
		return hy_fail(e, HY_BAD_FIELD, "packs", "a folder has 1 to %d files", FILES_MOST);
	for (size_t i = 0; !code && i < n; i++)
		code = hy_fields_read(a, json_array_get(f->files, i), file_fields, &v[i], e);
	if (!code)
		code = pack_source_make(a, v, n, out, e);
	if (!code && out->name.n == 0)
		out->name = f->name.n ? f->name : HY_S("unnamed");
	return code;
}

static enum hy_code folders_of(struct hy_arena *a, struct hy_db *db, const json_t *list,
			       struct pack_source **out, size_t *n_out, struct hy_err *e)
{
	size_t n = json_array_size(list);
	struct pack_source *v = hy_new_n(a, struct pack_source, n + 1);
	enum hy_code code = HY_OK;

	if (n < 1 || n > FOLDERS_MOST)
		return hy_fail(e, HY_BAD_FIELD, "packs", "must be 1 to %d folders, the base first",
			       FOLDERS_MOST);
	for (size_t i = 0; !code && i < n; i++) {
		struct folder f;
		code = hy_fields_read(a, json_array_get(list, i), folder_fields, &f, e);
		if (!code && !f.version == !f.files)
			code = hy_fail(e, HY_BAD_FIELD, "packs",
				       "each folder has either its files or a version");
		if (!code)
			code = f.version ? kept_folder(a, db, &f, &v[i], e)
					 : sent_folder(a, &f, &v[i], e);
	}
	*out = v;
	*n_out = n;
	return code;
}

/* Reads what is asked; a notice that cannot be read leaves OUT empty and its messages in D. */
static enum hy_code content_of(struct hy_arena *a, struct hy_db *db, const struct asked *q,
			       struct draft_ask *out, struct draft *d, struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct pack_source *packs = NULL;
	struct pack_file *file = hy_new(a, struct pack_file);
	enum hy_code code;

	*out = (struct draft_ask){ 0 };
	if (!q->packs == !q->notice.n)
		return hy_fail(e, HY_BAD_FIELD, "packs", "send either packs or a notice");
	if (q->packs) {
		code = folders_of(a, db, json_object_get(q->packs, "folders"), &packs,
				  &out->n_packs, e);
		out->packs = packs;
		return code;
	}
	code = draft_notice(a, q->notice_name.n ? q->notice_name : HY_S("notice.yaml"), q->notice,
			    &d->msgs, &d->year, file, &why);
	if (!code)
		out->notice = file;
	else if (code != HY_BAD_PACK)
		*e = why;
	return code == HY_BAD_PACK ? HY_OK : code;
}

static enum hy_code look_at(struct city *c, struct hy_db *db, struct hy_arena *a,
			    const struct asked *q, struct draft_ask *ask, struct draft *out,
			    struct hy_err *e)
{
	struct draft read = { 0 };
	enum hy_code code = content_of(a, db, q, ask, &read, e);

	*out = read;
	if (code || (!ask->n_packs && !ask->notice))
		return code;
	code = draft_look(c, db, a, ask, out, e);
	out->year = read.year;
	return code;
}

/* --- looking --------------------------------------------------------------------------------- */

static enum hy_code look(struct hy_request *r, struct hy_err *e)
{
	const struct asked *q = hy_request_body(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct draft_ask ask;
	struct draft d;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = look_at(api_city(r), db, b.a, q, &ask, &d, e);
	if (code)
		return code;
	hy_json_obj(&j);
	draft_json(&j, &d, api_city(r), q->limit ? (size_t)q->limit : MOST_MOVED);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- proposals as JSON ----------------------------------------------------------------------- */

static void by(struct hy_json *j, const char *key, struct hy_db *db, int64_t account)
{
	struct hy_err why = { 0 };
	hy_str login = HY_S("");
	struct account who;

	if (account && !account_by_id(j->b->a, db, account, &who, &why))
		login = who.login;
	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kint(j, "account", account);
	hy_json_kstr(j, "login", login);
	hy_json_obj_end(j);
}

static void members(struct hy_json *j, struct city *c, struct hy_db *db, const struct proposal *p)
{
	const struct hy_calendar *cal = city_pack(c)->calendar;

	hy_json_kint(j, "id", p->id);
	hy_json_kstr(j, "state", hy_str_of(proposal_state_names[p->state]));
	hy_json_kstr(j, "what", p->notice ? HY_S("notice") : HY_S("packs"));
	hy_json_kstr(j, "name", p->name);
	hy_json_kstr(j, "version", p->version);
	hy_json_kstr(j, "content", p->content);
	hy_json_kint(j, "based_on", p->base);
	hy_json_kint(j, "became", p->became);
	by(j, "proposed_by", db, p->proposed_by);
	explain_instant(j, "proposed_at", cal, p->proposed_at);
	hy_json_kstr(j, "reason", p->reason);
	by(j, "decided_by", db, p->decided_by);
	explain_instant(j, "decided_at", cal, p->decided_at);
	hy_json_kstr(j, "answer", p->answer);
}

struct list_query {
	hy_str state, cursor;
	int64_t limit;
};
static const struct hy_field list_fields[] = {
	HY_FIELD_WORD(struct list_query, state, false, "proposed|approved|refused"),
	HY_FIELD_INT(struct list_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct list_query, cursor, false, 1, 20),
	{ 0 },
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct list_query *q = hy_request_query(r);
	int limit = q->limit ? (int)q->limit : PAGE, state = -1;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct proposal *v = NULL;
	size_t n = 0;
	int64_t before = 0;
	HY_SCOPED_DB db = NULL;

	if (q->cursor.n && (!hy_str_int(q->cursor, &before) || before < 1))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	for (int i = 0; proposal_state_names[i]; i++)
		if (hy_str_eq(q->state, hy_str_of(proposal_state_names[i])))
			state = i;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = proposal_list(b.a, db, state, before, limit + 1, &v, &n, e);
	if (code)
		return code;
	bool more = n > (size_t)limit;
	n = more ? (size_t)limit : n;
	hy_json_obj(&j);
	hy_json_key(&j, "proposals");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(&j);
		members(&j, api_city(r), db, &v[i]);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	if (more)
		hy_json_kstr(&j, "next", hy_printf(b.a, "%lld", (long long)v[n - 1].id));
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code id_of(struct hy_request *r, int64_t *out, struct hy_err *e)
{
	if (hy_str_int(hy_request_param(r, "id"), out) && *out > 0)
		return HY_OK;
	return hy_fail(e, HY_NOT_FOUND, "id", "there is no such proposal");
}

struct one_query {
	int64_t limit;
};
static const struct hy_field one_fields[] = {
	HY_FIELD_INT(struct one_query, limit, false, 1, 1000000),
	{ 0 },
};

/* With what it would do now; of a decided one only what it was. */
static enum hy_code one(struct hy_request *r, struct hy_err *e)
{
	const struct one_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct proposal_new what;
	struct proposal p;
	struct draft d = { 0 };
	int64_t id = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = id_of(r, &id, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = proposal_by_id(b.a, db, id, &p, e);
	if (!code && p.state == PROPOSAL_OPEN)
		code = proposal_content(b.a, db, &p, &what, e);
	if (!code && p.state == PROPOSAL_OPEN) {
		const struct draft_ask ask = { what.packs, what.n_packs, what.notice };
		int64_t year = 0;
		code = draft_look(api_city(r), db, b.a, &ask, &d, e);
		d.year = p.notice && hy_str_int(p.name, &year) ? (int)year : 0;
	}
	if (code)
		return code;
	hy_json_obj(&j);
	members(&j, api_city(r), db, &p);
	if (p.state == PROPOSAL_OPEN) {
		hy_json_key(&j, "draft");
		hy_json_obj(&j);
		draft_json(&j, &d, api_city(r), q->limit ? (size_t)q->limit : MOST_MOVED);
		hy_json_obj_end(&j);
	}
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- changing -------------------------------------------------------------------------------- */

struct changing {
	struct city *c;
	const struct actor *who;
	hy_str reason;
	struct proposal_new what;
	enum { MAKE, APPROVE, REFUSE } step;
	int64_t id, seen, moved;
};

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct changing *k = in_out;
	enum permission p = k->step == MAKE	 ? PERMISSION_INSTITUTION_PROPOSE
			    : k->step == APPROVE ? PERMISSION_INSTITUTION_APPROVE
						 : PERMISSION_INSTITUTION_READ;
	const struct proposal_act w = {
		.c = k->c,
		.db = db,
		.at = city_now(k->c),
		.account = k->who->account,
		.role = access_as(k->who, p).role.n
				? access_as(k->who, p).role
				: access_as(k->who, PERMISSION_INSTITUTION_APPROVE).role,
		.address = k->who->address,
		.reason = k->reason
	};

	if (k->step == REFUSE) {
		struct proposal old;
		enum hy_code code = proposal_by_id(hy_db_arena(db), db, k->id, &old, e);
		if (!code && old.proposed_by != k->who->account)
			code = access_need(k->who, PERMISSION_INSTITUTION_APPROVE, e);
		if (code)
			return code;
	}
	switch (k->step) {
	case MAKE:
		return proposal_make(&w, &k->what, &k->id, e);
	case APPROVE:
		return proposal_approve(&w, k->id, k->seen, &k->moved, e);
	default:
		return proposal_refuse(&w, k->id, e);
	}
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	struct changing *k = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct proposal p;
	enum hy_code code = proposal_by_id(b.a, db, k->id, &p, e);

	if (code)
		return code;
	hy_json_obj(&j);
	members(&j, k->c, db, &p);
	if (k->step == APPROVE)
		hy_json_kint(&j, "moved", k->moved);
	hy_json_obj_end(&j);
	hy_answer_json(r, k->step == MAKE ? 201 : 200, &b);
	return HY_OK;
}

static struct changing *changing_of(struct hy_request *r, hy_str reason)
{
	struct changing *k = hy_new(hy_request_arena(r), struct changing);

	k->c = api_city(r);
	k->who = api_actor(r);
	k->reason = reason;
	return k;
}

static enum hy_code refuse_bad(const struct draft *d, struct hy_err *e)
{
	if (!d->pack && d->msgs.n)
		return hy_fail(e, HY_BAD_PACK, "", HY_FMT ":%d:%d: " HY_FMT,
			       HY_ARG(d->msgs.v[0].file), d->msgs.v[0].line, d->msgs.v[0].column,
			       HY_ARG(d->msgs.v[0].text));
	if (!draft_good(d))
		return hy_fail(e, HY_BAD_PACK, "", "%zu of %zu tests fail", d->tests.failed,
			       d->tests.failed + d->tests.passed);
	return HY_OK;
}

/* Looked at in a snapshot; packs are tested once more when they come into force. */
static enum hy_code propose(struct hy_request *r, struct hy_err *e)
{
	const struct asked *q = hy_request_body(r);
	struct hy_arena *a = hy_request_arena(r);
	struct changing *k = changing_of(r, q->reason);
	struct draft_ask ask;
	struct draft d;

	{
		HY_SCOPED_DB db = NULL;
		enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
		if (!code)
			code = look_at(k->c, db, a, q, &ask, &d, e);
		if (!code)
			code = refuse_bad(&d, e);
		if (code)
			return code;
	}
	k->what = (struct proposal_new){
		.packs = ask.packs,
		.n_packs = ask.n_packs,
		.notice = ask.notice,
		.name = ask.notice ? hy_printf(a, "%d", d.year) : d.pack->name,
		.version = ask.notice ? HY_S("") : d.pack->version,
	};
	return hy_answer_after(r, change_work, change_answer, k, e);
}

struct decide_body {
	hy_str reason;
	int64_t version;
};
static const struct hy_field approve_fields[] = {
	HY_FIELD_TEXT(struct decide_body, reason, true, 1, 500),
	HY_FIELD_INT(struct decide_body, version, true, 1, INT32_MAX),
	{ 0 },
};
static const struct hy_field refuse_fields[] = {
	HY_FIELD_TEXT(struct decide_body, reason, true, 1, 500),
	{ 0 },
};

static enum hy_code approve(struct hy_request *r, struct hy_err *e)
{
	const struct decide_body *q = hy_request_body(r);
	struct changing *k = changing_of(r, q->reason);
	enum hy_code code = id_of(r, &k->id, e);

	k->step = APPROVE;
	k->seen = q->version;
	return code ? code : hy_answer_after(r, change_work, change_answer, k, e);
}

static enum hy_code refuse(struct hy_request *r, struct hy_err *e)
{
	const struct decide_body *q = hy_request_body(r);
	struct changing *k = changing_of(r, q->reason);
	enum hy_code code = id_of(r, &k->id, e);

	k->step = REFUSE;
	return code ? code : hy_answer_after(r, change_work, change_answer, k, e);
}

/* --- versions -------------------------------------------------------------------------------- */

static void folders_json(struct hy_json *j, const struct pack *p)
{
	hy_json_key(j, "folders");
	hy_json_arr(j);
	for (size_t i = 0; i < p->n_sources; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "name", p->sources[i].name);
		hy_json_kint(j, "files", (int64_t)p->sources[i].n_files);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void version_json(struct hy_json *j, struct city *c, struct hy_db *db, int64_t n,
			 const struct record_event *ev)
{
	const struct pack *p = city_pack_at(c, n);
	hy_str notice = hy_json_get(ev->data, "notice");

	hy_json_obj(j);
	hy_json_kint(j, "version", n);
	explain_instant(j, "at", city_pack(c)->calendar, ev->at);
	hy_json_kstr(j, "what", notice.n ? HY_S("notice") : HY_S("packs"));
	hy_json_kstr(j, "notice", notice);
	hy_json_kstr(j, "pack", hy_json_get(ev->data, "name"));
	hy_json_kstr(j, "pack_version", hy_json_get(ev->data, "version"));
	hy_json_kstr(j, "hash", hy_json_get(ev->data, "pack"));
	hy_json_kint(j, "proposal", hy_json_get_int(ev->data, "proposal", 0));
	by(j, "proposed_by", db, hy_json_get_int(ev->private, "proposed_by", 0));
	by(j, "approved_by", db, hy_json_get_int(ev->private, "approved_by", 0));
	folders_json(j, p);
	hy_json_obj_end(j);
}

static enum hy_code versions(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	HY_VEC(struct record_event) v = { 0 };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	bool row;

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	hy_bind_text(s, 1, HY_S("institution"));
	while (!(code = hy_step(s, &row, e)) && row && !code)
		code = record_row(b.a, s, hy_push(b.a, &v), e);
	hy_done(&s);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "versions");
	hy_json_arr(&j);
	for (size_t i = v.n; i-- > 0;)
		version_json(&j, api_city(r), db, (int64_t)i + 1, &v.v[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route proposal_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/institution/versions",
	  .permission = "institution.read",
	  .summary = "Every institution that was in force, newest first, and who decided it",
	  .run = versions },
	{ .method = "POST",
	  .path = "/api/v1/institution/draft",
	  .permission = "institution.propose",
	  .summary = "Check and test an institution; what it would change and which dates it moves",
	  .body = look_fields,
	  .body_size = sizeof(struct asked),
	  .body_limit = BODY_MOST,
	  .pace = HY_PACE_HEAVY,
	  .run = look },
	{ .method = "GET",
	  .path = "/api/v1/institution/proposals",
	  .permission = "institution.read",
	  .summary = "Proposed institutions, newest first",
	  .query = list_fields,
	  .query_size = sizeof(struct list_query),
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/institution/proposals",
	  .permission = "institution.propose",
	  .summary = "Propose an institution; it holds when a second person has approved it",
	  .body = propose_fields,
	  .body_size = sizeof(struct asked),
	  .body_limit = BODY_MOST,
	  .pace = HY_PACE_HEAVY,
	  .run = propose,
	  .idempotent_key = true },
	{ .method = "GET",
	  .path = "/api/v1/institution/proposals/{id}",
	  .permission = "institution.read",
	  .summary = "A proposal, and what it would do now",
	  .query = one_fields,
	  .query_size = sizeof(struct one_query),
	  .pace = HY_PACE_HEAVY,
	  .run = one },
	{ .method = "POST",
	  .path = "/api/v1/institution/proposals/{id}/approve",
	  .permission = "institution.approve",
	  .summary = "Bring a proposed institution into force as the second person",
	  .body = approve_fields,
	  .body_size = sizeof(struct decide_body),
	  .run = approve },
	{ .method = "POST",
	  .path = "/api/v1/institution/proposals/{id}/refuse",
	  .permission = "institution.read",
	  .summary = "Turn a proposal down, or take back one's own",
	  .body = refuse_fields,
	  .body_size = sizeof(struct decide_body),
	  .run = refuse },
	{ 0 },
};
