/* Walks the log: what follows from its events is written down as messages. */
#include "base/log.h"
#include "tell/hook.h"

enum { EVENTS = 500, KEEP_NEWS_DAYS = 90 };

struct filling {
	struct city *c;
	struct hy_arena *a;
	struct hook *hooks;
	size_t n_hooks;
	bool mail;
	int64_t was, seen; /* indices in the log */
	HY_VEC(struct tell_message) made;
	HY_VEC(int64_t) erased; /* rows of matters: a message made meanwhile goes as well */
	hy_str language, site;
};

/* --- what an event gives -----------------------------------------------------------------------
 */

/* What the person who filed it is shown (matter/citizen_json.c), and did not do themselves. */
static bool is_news(const struct pack_kind *kind, const struct record_event *ev)
{
	int i = kind ? pack_move_index(kind, ev->move) : -1;

	if (i < 0 || hy_str_eq(ev->role, HY_S("citizen")))
		return false;
	switch (kind->moves[i].act) {
	case PACK_FILE:
	case PACK_NOTE:
	case PACK_ASSIGN:
	case PACK_JOIN:
	case PACK_SPLIT:
		return false;
	default:
		return true;
	}
}

/* One mail that waits says as much as two. */
static enum hy_code waits(struct hy_db *db, const struct filling *f, int64_t matter, bool *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM message WHERE kind = 1 AND matter = $1"
				      " AND state = 0 AND tries = 0 AND idx >= 0");

	for (size_t i = 0; i < f->made.n; i++)
		if (f->made.v[i].kind == TELL_NEWS && f->made.v[i].matter == matter) {
			*out = true;
			return HY_OK;
		}
	hy_bind_int(s, 1, matter);
	return hy_step(s, out, e);
}

static enum hy_code news(struct filling *f, struct hy_db *db, const struct record_event *ev,
			 hy_str code, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT address, from_idx FROM tell_news WHERE matter = $1");
	struct tell_message m = { .kind = TELL_NEWS,
				  .matter = ev->matter,
				  .idx = ev->idx,
				  .made_at = city_now(f->c),
				  .due_at = city_now(f->c) };
	bool row, there = false;

	hy_bind_int(s, 1, ev->matter);
	enum hy_code failed = hy_step(s, &row, e);
	if (failed || !row || hy_col_int(s, 1) >= ev->idx)
		return failed;
	m.address = hy_col_dup(f->a, s, 0);
	failed = waits(db, f, ev->matter, &there, e);
	if (failed || there)
		return failed;
	tell_text_news(f->a, f->language, city_name(f->c), f->site, code, false, &m);
	*hy_push(f->a, &f->made) = m;
	return HY_OK;
}

/* "TS-2026-000001：受理" */
static hy_str said(struct filling *f, const struct pack_kind *kind, const struct record_event *ev,
		   hy_str code)
{
	int i = kind ? pack_move_index(kind, ev->move) : -1;

	return hy_printf(f->a, HY_FMT "：" HY_FMT, HY_ARG(code),
			 HY_ARG(i >= 0 ? pack_say(&kind->moves[i].title, f->language) : ev->move));
}

static void hooks(struct filling *f, const struct record_event *ev, const char *head, hy_str text)
{
	struct hook_event h = { .type = hy_printf(f->a, "%s." HY_FMT, head, HY_ARG(ev->move)),
				.subject = ev->subject,
				.move = ev->move,
				.role = ev->role,
				.unit = ev->unit,
				.text = text,
				.city = city_name(f->c),
				.at = ev->at,
				.idx = ev->idx };

	for (size_t i = 0; i < f->n_hooks; i++) {
		if (f->hooks[i].from_idx >= ev->idx || !hook_wants(&f->hooks[i], h.type))
			continue;
		*hy_push(f->a, &f->made) = (struct tell_message){ .kind = TELL_HOOK,
								  .target = f->hooks[i].id,
								  .matter = ev->matter,
								  .idx = ev->idx,
								  .subject = h.type,
								  .text = hook_body(f->a, &h),
								  .made_at = city_now(f->c),
								  .due_at = city_now(f->c) };
	}
}

static enum hy_code about_matter(struct filling *f, struct hy_db *db, const struct record_event *ev,
				 struct hy_err *e)
{
	const struct pack_kind *kind;
	struct matter_row r;
	hy_str code = ev->subject;

	if (hy_str_eq(ev->move, HY_S(RECORD_ERASED))) {
		*hy_push(f->a, &f->erased) = ev->matter;
		return HY_OK;
	}
	if (!hy_str_starts(code, HY_S("matter/")) || memchr(ev->move.p, '.', ev->move.n))
		return HY_OK;
	code = (hy_str){ code.p + 7, code.n - 7 };
	enum hy_code failed = matter_row(f->a, db, &access_all, code, &r, e);
	if (failed)
		return failed;
	kind = pack_kind(city_pack(f->c), r.kind);
	if (r.guard == PACK_NORMAL)
		hooks(f, ev, "matter", said(f, kind, ev, code));
	return f->mail && is_news(kind, ev) ? news(f, db, ev, code, e) : HY_OK;
}

/* "红牌", "申辩" ... */
static hy_str card_word(const struct filling *f, const struct record_event *ev)
{
	static const struct {
		const char *id;
		struct pack_text word;
	} words[] = {
		{ "warning", { HY_S_INIT("预警"), HY_S_INIT("預警"), HY_S_INIT("warning") } },
		{ "yellow", { HY_S_INIT("黄牌"), HY_S_INIT("黃牌"), HY_S_INIT("yellow card") } },
		{ "red", { HY_S_INIT("红牌"), HY_S_INIT("紅牌"), HY_S_INIT("red card") } },
		{ "contest", { HY_S_INIT("申辩"), HY_S_INIT("申辯"), HY_S_INIT("contested") } },
		{ "decide", { HY_S_INIT("已裁定"), HY_S_INIT("已裁定"), HY_S_INIT("decided") } },
		{ "rectify",
		  { HY_S_INIT("责令整改"), HY_S_INIT("責令整改"), HY_S_INIT("to be mended") } },
	};
	hy_str level = hy_json_get(ev->data, "level"), id = level.n ? level : ev->move;

	for (size_t i = 0; i < HY_COUNT(words); i++)
		if (hy_str_eq(hy_str_of(words[i].id), id))
			return pack_say(&words[i].word, f->language);
	return ev->move;
}

/* A card is told of as its matter would be; its first event names that. */
static enum hy_code about_card(struct filling *f, struct hy_db *db, const struct record_event *ev,
			       struct hy_err *e)
{
	hy_str card = { ev->subject.p + 5, ev->subject.n - 5 };
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event first;
	struct matter_row r;
	bool row;

	hy_bind_text(s, 1, ev->subject);
	enum hy_code failed = hy_step(s, &row, e);
	if (failed || !row)
		return failed;
	failed = record_row(f->a, s, &first, e);
	if (!failed)
		failed =
			matter_row(f->a, db, &access_all, hy_json_get(first.data, "matter"), &r, e);
	if (!failed && r.guard == PACK_NORMAL)
		hooks(f, ev, "card",
		      hy_printf(f->a, HY_FMT "（" HY_FMT "）：" HY_FMT, HY_ARG(card),
				HY_ARG(r.code), HY_ARG(card_word(f, ev))));
	return failed;
}

/* --- the walk ----------------------------------------------------------------------------------
 */

/* Where somebody first wants to be told from; *OUT is -2 when nobody does. */
static enum hy_code wanted_from(struct filling *f, struct hy_db *db, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT min(from_idx) FROM tell_news");
	bool row;
	enum hy_code code = hy_step(s, &row, e);

	if (code)
		return code;
	/* addresses are looked at even with mail off: what is erased goes */
	*out = row && !hy_col_null(s, 0) ? hy_col_int(s, 0) : INT64_MAX;
	for (size_t i = 0; i < f->n_hooks; i++)
		*out = f->hooks[i].from_idx < *out ? f->hooks[i].from_idx : *out;
	if (*out == INT64_MAX)
		*out = -2;
	return HY_OK;
}

static enum hy_code seen_before(struct filling *f, struct hy_db *db, struct hy_err *e)
{
	enum hy_code code =
		hy_sql_int(db, "SELECT idx FROM tell_seen WHERE id = 1", -1, &f->was, e);

	f->seen = f->was;
	return code;
}

static enum hy_code events(struct filling *f, struct hy_db *db, struct hy_err *e)
{
	HY_VEC(struct record_event) v = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, record_from);
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, f->seen + 1);
	hy_bind_int(s, 2, EVENTS);
	while (!(code = hy_step(s, &row, e)) && row && !code)
		if ((code = record_row(f->a, s, hy_push(f->a, &v), e)))
			break;
	hy_done(&s);
	for (size_t i = 0; !code && i < v.n; i++) {
		if (v.v[i].matter)
			code = about_matter(f, db, &v.v[i], e);
		else if (hy_str_starts(v.v[i].subject, HY_S("card/")) && f->n_hooks)
			code = about_card(f, db, &v.v[i], e);
		f->seen = v.v[i].idx;
	}
	return code;
}

static enum hy_code look(struct filling *f, struct hy_db *db, struct hy_err *e)
{
	struct hook *all = NULL;
	int64_t from = -2;
	size_t n = 0;
	enum hy_code code = hook_list(f->a, db, &all, &n, e);

	f->hooks = hy_new_n(f->a, struct hook, n + 1);
	for (size_t i = 0; i < n; i++)
		if (!all[i].off)
			f->hooks[f->n_hooks++] = all[i];
	f->mail = setting_bool(db, "mail.on");
	f->language = hy_str_dup(f->a, setting_text(db, "mail.language"));
	f->site = hy_str_dup(f->a, setting_text(db, "mail.site"));
	if (!code)
		code = seen_before(f, db, e);
	if (!code)
		code = wanted_from(f, db, &from, e);
	if (code || from == -2)
		return code;
	f->seen = from > f->seen ? from : f->seen;
	return events(f, db, e);
}

static enum hy_code fill_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct filling *f = in_out;
	struct filling now = { .c = f->c };
	enum hy_code code = seen_before(&now, db, e);

	if (code || now.was != f->was) /* another server has led meanwhile */
		return code;
	for (size_t i = 0; !code && i < f->made.n; i++)
		code = tell_add(db, &f->made.v[i], NULL, e);
	for (size_t i = 0; !code && i < f->erased.n; i++)
		code = tell_news_erase(db, f->erased.v[i], e);
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO tell_seen(id, idx) VALUES(1, $1)"
				      " ON CONFLICT(id) DO UPDATE SET idx = excluded.idx");
	hy_bind_int(s, 1, f->seen);
	return hy_exec(s, NULL, e);
}

/* Once an hour: addresses of matters that were finished long ago. */
static enum hy_code forget_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM tell_news WHERE matter IN (SELECT id FROM matter"
				      " WHERE open = 0 AND changed_at < $1)");

	hy_bind_int(s, 1, city_now(in_out) - (hy_ms)KEEP_NEWS_DAYS * HY_DAY_MS);
	return hy_exec(s, NULL, e);
}

static enum hy_code forget(struct city *c, struct hy_err *e)
{
	static hy_ms last;

	if (last && city_now(c) - last < HY_HOUR)
		return HY_OK;
	last = city_now(c);
	return hy_store_write(city_store(c), forget_work, c, e);
}

static enum hy_code fill(struct city *c, bool *more_out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct filling f = { .c = c, .a = a };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);
	int64_t from;

	if (!code)
		code = look(&f, db, e);
	hy_store_give(&db);
	from = f.was;
	*more_out = !code && f.seen - from >= EVENTS;
	/* Nothing to write for what concerns nobody, but to keep the next walk short. */
	if (!code && (f.made.n || f.erased.n || f.seen - f.was >= EVENTS / 2))
		code = hy_store_write(city_store(c), fill_work, &f, e);
	return code;
}

enum hy_code tell_tick(struct city *c, int most, int *done_out, struct hy_err *e)
{
	bool more = true;
	enum hy_code code = HY_OK;

	*done_out = 0;
	for (int i = 0; !code && more && i < 10; i++)
		code = fill(c, &more, e);
	if (!code)
		code = tell_digests(c, most, done_out, e);
	return code ? code : forget(c, e);
}
