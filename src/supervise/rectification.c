#include "supervise/rectification.h"

#include "matter/city.h"
#include "matter/explain.h"
#include "matter/fold.h"
#include "matter/matter_json.h"
#include "matter/sight.h"
#include "people/unit.h"
#include "sheet/sheet.h"
#include "supervise/card.h"

static bool is(const struct matter_event *ev, const char *move)
{
	return hy_str_eq(ev->name, hy_str_of(move));
}

/* --- a line out of the fold ---------------------------------------------------------------------
 */

static void take(hy_str *to, hy_str v)
{
	if (hy_str_trim(v).n)
		*to = hy_str_trim(v);
}

static void one_event(struct hy_arena *a, const struct matter *m, const struct matter_event *ev,
		      struct rectification *r)
{
	const struct pack_move *mv = ev->move >= 0 ? &m->kind->moves[ev->move] : NULL;

	if (!mv)
		return;
	take(&r->cause, matter_field_text(ev, PACK_CAUSE));
	take(&r->measure, matter_field_text(ev, PACK_MEASURE));
	if (is(ev, "plan"))
		take(&r->measure, matter_field_text(ev, PACK_MEASURE).n
					  ? matter_field_text(ev, PACK_MEASURE)
					  : matter_field_text(ev, PACK_TEXT));
	if (is(ev, "sign") && r->served_at == HY_NO_TIME)
		r->served_at = ev->at;
	if (mv->act == PACK_REPLY) {
		r->reported_at = ev->at;
		if (matter_field_text(ev, PACK_PAPER).n)
			*hy_push(a, &r->papers) = matter_field_text(ev, PACK_PAPER);
	}
	if (mv->act == PACK_REPLY || mv->act == PACK_REOPEN || mv->act == PACK_CLOSE ||
	    is(ev, "plan") || is(ev, "sign")) {
		r->last = mv;
		r->last_at = ev->at;
		r->last_text = matter_field_text(ev, PACK_TEXT);
		if (mv->act == PACK_REOPEN)
			r->last_text = matter_field_text(ev, PACK_REASON);
	}
	if (mv->act == PACK_CLOSE) {
		r->verifier = ev->private ? hy_json_get(ev->private, "by_name") : HY_S("");
		r->approver = matter_field_text(ev, PACK_APPROVER_NAME);
	}
	if (mv->act == PACK_REOPEN) {
		r->recurred += is(ev, "reopen");
		r->sent_back += !is(ev, "reopen");
		r->verifier = r->approver = HY_S("");
	}
	if (is(ev, "expose") && r->exposed_at == HY_NO_TIME)
		r->exposed_at = ev->at;
}

/* The clock that runs, or ran last: mending again has a term of its own. */
static void term(const struct matter *m, struct rectification *r)
{
	const struct matter_clock *k = NULL;

	for (size_t i = 0; i < m->n_clocks; i++)
		if (m->clocks[i].def->holder == PACK_CITIZEN)
			k = &m->clocks[i];
	if (!k)
		return;
	r->due_at = k->due.due_at;
	r->verdict = k->verdict;
}

static enum hy_code source_of(struct hy_arena *a, struct hy_db *db, int64_t id, hy_str *out,
			      struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT coalesce((SELECT code FROM card"
				      " WHERE rectification = m.id), m.source, '')"
				      " FROM matter m WHERE m.id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	*out = row ? hy_col_dup(a, s, 0) : HY_S("");
	hy_str rest = *out, head;
	if (hy_str_cut(&rest, '/', &head) && hy_str_eq(head, HY_S("problem")))
		*out = rest; /* "WT-2026-000001/2" */
	return HY_OK;
}

enum hy_code rectification_read(struct hy_arena *a, struct city *c, struct hy_db *db,
				const struct actor *who, hy_str name, struct rectification *out,
				struct hy_err *e)
{
	struct access_scope scope =
		who ? access_scope(a, who, PERMISSION_MATTER_READ, HY_S("")) : access_all;
	struct rectification r = { .served_at = HY_NO_TIME,
				   .due_at = HY_NO_TIME,
				   .reported_at = HY_NO_TIME,
				   .exposed_at = HY_NO_TIME };
	struct sight sight = sight_all;
	struct matter_key key;
	struct matter *m = NULL;
	enum hy_code code = matter_key_of(db, &scope, a, name, &key, e);

	if (!code)
		code = matter_load(c, db, a, &key, &m, e);
	if (!code && !hy_str_eq(m->kind->id, HY_S(CARD_RECTIFICATION)))
		code = hy_fail(e, HY_BAD_FIELD, "code", HY_FMT " is no rectification",
			       HY_ARG(m->code));
	if (!code && who)
		code = sight_of(db, a, who, m, &sight, e);
	if (!code)
		code = attach_list(db, a, key.id, &r.files, &r.n_files, e);
	if (!code)
		code = source_of(a, db, key.id, &r.source, e);
	if (code)
		return code;
	if (who)
		sight_apply(a, m, &sight);
	for (size_t i = 0; i < m->n_events; i++)
		one_event(a, m, &m->events[i], &r);
	term(m, &r);
	r.code = m->code;
	r.title = m->title;
	r.fact = m->body;
	r.unit = m->unit;
	r.person = m->person;
	r.state = &m->kind->states[m->state];
	r.open = m->open;
	r.annulled = m->annulled;
	r.issued_at = m->filed_at;
	r.struck_off_at = m->closed_at;
	r.light = matter_light(m->lights, city_now(c));
	*out = r;
	return HY_OK;
}

/* --- as JSON ------------------------------------------------------------------------------------
 */

static void last_json(struct hy_json *j, const struct rectification *r,
		      const struct hy_calendar *cal)
{
	if (!r->last) {
		hy_json_knull(j, "progress");
		return;
	}
	hy_json_key(j, "progress");
	hy_json_obj(j);
	hy_json_kstr(j, "move", r->last->id);
	matter_text_json(j, "title", &r->last->title);
	hy_json_kstr(j, "text", r->last_text);
	explain_instant(j, "at", cal, r->last_at);
	hy_json_obj_end(j);
}

static void evidence_json(struct hy_json *j, const struct rectification *r)
{
	hy_json_key(j, "papers");
	hy_json_arr(j);
	for (size_t i = 0; i < r->papers.n; i++)
		hy_json_str(j, r->papers.v[i]);
	hy_json_arr_end(j);
	hy_json_key(j, "files");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n_files; i++) {
		hy_json_obj(j);
		hy_json_kint(j, "n", r->files[i].n);
		hy_json_kstr(j, "type", r->files[i].type);
		hy_json_kstr(j, "hash", r->files[i].hash);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

void rectification_json(struct hy_json *j, const struct rectification *r,
			const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", r->code);
	hy_json_kstr(j, "title", r->title);
	hy_json_kstr(j, "fact", r->fact);
	hy_json_kstr(j, "cause", r->cause);
	hy_json_kstr(j, "measure", r->measure);
	hy_json_kstr(j, "unit", r->unit);
	hy_json_kstr(j, "person", r->person);
	hy_json_kstr(j, "source", r->source);
	hy_json_kstr(j, "state", r->state->id);
	matter_text_json(j, "state_title", &r->state->title);
	hy_json_kbool(j, "open", r->open);
	hy_json_kstr(j, "light", hy_str_of(matter_light_names[r->light]));
	hy_json_kstr(j, "verdict", hy_str_of(matter_verdict_names[r->verdict]));
	explain_instant(j, "issued_at", cal, r->issued_at);
	explain_instant(j, "served_at", cal, r->served_at);
	explain_instant(j, "due_at", cal, r->due_at);
	explain_instant(j, "reported_at", cal, r->reported_at);
	explain_instant(j, "struck_off_at", cal, r->struck_off_at);
	explain_instant(j, "exposed_at", cal, r->exposed_at);
	last_json(j, r, cal);
	evidence_json(j, r);
	hy_json_kstr(j, "verifier", r->verifier);
	hy_json_kstr(j, "approver", r->approver);
	hy_json_kint(j, "recurred", r->recurred);
	hy_json_kint(j, "sent_back", r->sent_back);
	hy_json_obj_end(j);
}

/* --- as a table ---------------------------------------------------------------------------------
 */

static const struct {
	struct pack_text title;
	int width;
} heads[RECTIFICATION_COLUMNS] = {
	{ PACK_TEXT("编号", "編號", "Number"), 16 },
	{ PACK_TEXT("来源", "來源", "Source"), 18 },
	{ PACK_TEXT("问题", "問題", "Problem"), 30 },
	{ PACK_TEXT("事实", "事實", "Fact"), 40 },
	{ PACK_TEXT("原因", "原因", "Cause"), 30 },
	{ PACK_TEXT("整改措施", "整改措施", "Action"), 30 },
	{ PACK_TEXT("责任单位", "責任單位", "Unit"), 14 },
	{ PACK_TEXT("责任人", "責任人", "Owner"), 12 },
	{ PACK_TEXT("下达日期", "下達日期", "Ordered"), 12 },
	{ PACK_TEXT("期限", "期限", "Due"), 12 },
	{ PACK_TEXT("状态", "狀態", "State"), 12 },
	{ PACK_TEXT("进展", "進展", "Progress"), 30 },
	{ PACK_TEXT("佐证材料", "佐證材料", "Evidence"), 20 },
	{ PACK_TEXT("附件哈希", "附件雜湊", "Hashes of files"), 20 },
	{ PACK_TEXT("核验人", "核驗人", "Verified by"), 12 },
	{ PACK_TEXT("批准人", "批准人", "Approved by"), 12 },
	{ PACK_TEXT("销号日期", "銷號日期", "Struck off"), 12 },
	{ PACK_TEXT("退回次数", "退回次數", "Sent back"), 8 },
	{ PACK_TEXT("反弹次数", "反彈次數", "Recurred"), 8 },
};

void rectification_begin(struct sheet *to, hy_str language)
{
	struct sheet_column columns[RECTIFICATION_COLUMNS];

	for (size_t i = 0; i < RECTIFICATION_COLUMNS; i++)
		columns[i] = (struct sheet_column){ .title = pack_say(&heads[i].title, language),
						    .width = heads[i].width };
	sheet_begin(to, HY_S("rectifications"), columns, RECTIFICATION_COLUMNS);
}

static struct sheet_cell day(struct hy_arena *a, const struct hy_calendar *cal, hy_ms at)
{
	return at == HY_NO_TIME
		       ? (struct sheet_cell){ 0 }
		       : sheet_words(hy_day_text(a, hy_local(hy_calendar_zone(cal), at, NULL)));
}

enum hy_code rectification_row(struct sheet *to, struct hy_arena *a, const struct rectification *r,
			       const struct hy_calendar *cal, hy_str language, struct hy_err *e)
{
	struct hy_buf papers = hy_buf_on(a), hashes = hy_buf_on(a);

	for (size_t i = 0; i < r->papers.n; i++)
		hy_buf_fmt(&papers, "%s" HY_FMT, i ? "；" : "", HY_ARG(r->papers.v[i]));
	for (size_t i = 0; i < r->n_files; i++)
		hy_buf_fmt(&hashes, "%s" HY_FMT, i ? " " : "", HY_ARG(r->files[i].hash));
	const struct sheet_cell cells[] = {
		sheet_words(r->code),
		sheet_words(r->source),
		sheet_words(r->title),
		sheet_words(r->fact),
		sheet_words(r->cause),
		sheet_words(r->measure),
		sheet_words(r->unit),
		sheet_words(r->person),
		day(a, cal, r->issued_at),
		day(a, cal, r->due_at),
		sheet_words(pack_say(&r->state->title, language)),
		sheet_words(r->last_text),
		sheet_words(hy_buf_str(&papers)),
		sheet_words(hy_buf_str(&hashes)),
		sheet_words(r->verifier),
		sheet_words(r->approver),
		day(a, cal, r->struck_off_at),
		sheet_number(r->sent_back),
		sheet_number(r->recurred),
	};

	_Static_assert(HY_COUNT(cells) == RECTIFICATION_COLUMNS, "a cell for each head");
	return sheet_row(to, cells, e);
}

/* --- for everybody ------------------------------------------------------------------------------
 */

/* Only the public parts of events: what an `expose` and each `tell` said, and where it stands. */
static void public_json(struct hy_json *j, const struct matter *m, hy_str unit_name,
			const struct hy_calendar *cal)
{
	struct rectification r = { .served_at = HY_NO_TIME,
				   .due_at = HY_NO_TIME,
				   .reported_at = HY_NO_TIME,
				   .exposed_at = HY_NO_TIME };
	hy_str exposed = HY_S("");

	for (size_t i = 0; i < m->n_events; i++) {
		one_event(j->b->a, m, &m->events[i], &r);
		if (is(&m->events[i], "expose"))
			exposed = matter_field_text(&m->events[i], PACK_TOLD);
	}
	term(m, &r);
	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "unit_name", unit_name);
	hy_json_kstr(j, "told", exposed);
	hy_json_kstr(j, "channel", m->channel);
	explain_instant(j, "exposed_at", cal, r.exposed_at);
	explain_instant(j, "issued_at", cal, m->filed_at);
	explain_instant(j, "due_at", cal, r.due_at);
	hy_json_kstr(j, "verdict", hy_str_of(matter_verdict_names[r.verdict]));
	explain_instant(j, "reported_at", cal, r.reported_at);
	explain_instant(j, "struck_off_at", cal, m->closed_at);
	matter_text_json(j, "state_title", &m->kind->states[m->state].title);
	hy_json_kbool(j, "open", m->open);
	hy_json_kint(j, "recurred", r.recurred);
	hy_json_kint(j, "sent_back", r.sent_back);
	hy_json_key(j, "progress");
	hy_json_arr(j);
	for (size_t i = 0; i < m->n_events; i++) {
		if (!is(&m->events[i], "tell"))
			continue;
		hy_json_obj(j);
		explain_instant(j, "at", cal, m->events[i].at);
		hy_json_kstr(j, "told", matter_field_text(&m->events[i], PACK_TOLD));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

enum hy_code rectification_moved(struct hy_db *db, int64_t id, const struct matter *m,
				 const struct matter_event *ev, struct hy_err *e)
{
	if (!is(ev, "expose") || !hy_str_eq(m->kind->id, HY_S(CARD_RECTIFICATION)))
		return HY_OK;
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO exposure(matter) VALUES($1)"
				      " ON CONFLICT(matter) DO NOTHING");
	hy_bind_int(s, 1, id);
	return hy_exec(s, NULL, e);
}

enum hy_code rectification_fsck(struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT m.code FROM matter m LEFT JOIN exposure x"
				      " ON x.matter = m.id WHERE (x.matter IS NOT NULL) <>"
				      " (" RECTIFICATION_EXPOSED_SQL ") ORDER BY m.id LIMIT 1");
	bool wrong;
	enum hy_code code = hy_step(s, &wrong, e);

	if (code || !wrong)
		return code;
	return hy_fail(e, HY_TAMPERED, "", HY_FMT ": its events and the table of exposures differ",
		       HY_ARG(hy_col_dup(a, s, 0)));
}

void rectification_public_query(struct hy_arena *a, int64_t after, int limit, struct hy_query *out)
{
	*out = (struct hy_query){ .sql = hy_buf_on(a) };
	hy_buf_fmt(&out->sql,
		   "SELECT m.id, m.code, coalesce(u.name, m.unit) FROM exposure x"
		   " JOIN matter m ON m.id = x.matter LEFT JOIN unit u ON u.code = m.unit"
		   " WHERE x.matter < $%d AND m.annulled = 0 AND m.about_unit = ''"
		   " AND m.about_person = ''",
		   hy_query_int(out, after ? after : INT64_MAX));
	access_into(out, a, &access_public);
	hy_buf_fmt(&out->sql, " ORDER BY x.matter DESC LIMIT $%d", hy_query_int(out, limit));
}

enum hy_code rectification_public_json(struct hy_json *j, struct city *c, struct hy_db *db,
				       int64_t after, int limit, int64_t *next_out,
				       struct hy_err *e)
{
	struct hy_arena *a = j->b->a;
	struct hy_query q;
	rectification_public_query(a, after, limit + 1, &q);
	HY_SCOPED_STMT s = hy_sql_many(db, hy_buf_str(&q.sql).p);
	enum hy_code code;
	int64_t last = 0;
	bool row;
	int n = 0;

	hy_bind_values(s, 1, q.value, q.n);
	*next_out = 0;
	hy_json_arr(j);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct matter *m = NULL;
		if (n++ == limit) {
			*next_out = last;
			break;
		}
		last = hy_col_int(s, 0);
		code = matter_read(c, db, &access_all, a, hy_col_dup(a, s, 1), &m, e);
		if (code)
			break;
		public_json(j, m, hy_col_dup(a, s, 2), city_pack(c)->calendar);
	}
	hy_json_arr_end(j);
	return code;
}
