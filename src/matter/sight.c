#include "matter/sight.h"

#include "matter/city.h"
#include "people/security.h"

const struct sight sight_all = { true, true, true };

const char *const sight_fields[] = { "title", "body", "place", "text", "reason", "remedy", NULL };
/* Of the private fields these say nothing about who wrote: they stay for all who may see it. */
static const char *const kept_fields[] = { "guard", "about_unit", "paper", "papers", NULL };
static const char *const identity_fields[] = { "name", "contact", NULL };

#define REDACTED HY_S("text.redacted")

static bool among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* --- who sees what -------------------------------------------------------------------------------
 */

static enum hy_code seen_by(struct hy_db *db, struct hy_arena *a, const struct actor *who,
			    enum permission p, hy_str code, bool *out, struct hy_err *e)
{
	struct access_scope scope = access_scope(a, who, p, HY_S(""));

	return matter_seen(a, db, &scope, code, out, e);
}

enum hy_code sight_of(struct hy_db *db, struct hy_arena *a, const struct actor *who,
		      const struct matter *m, struct sight *out, struct hy_err *e)
{
	bool handles = false, redacts = false;

	if (who->kind == ACTOR_CONSOLE) {
		*out = sight_all;
		return HY_OK;
	}
	enum hy_code code = seen_by(db, a, who, PERMISSION_MATTER_MOVE, m->code, &handles, e);
	if (!code)
		code = seen_by(db, a, who, PERMISSION_MATTER_REDACT, m->code, &redacts, e);
	if (code)
		return code;
	*out = (struct sight){ .words = handles || redacts,
			       .identity = m->kind->identity == PACK_IDENTITY_OPEN ||
					   (handles && m->guard == PACK_NORMAL),
			       .openings = access_may(who, PERMISSION_SEALED_OPEN) };
	return HY_OK;
}

/* --- redactions
 * ------------------------------------------------------------------------------------
 */

bool sight_redaction(const struct matter *m, int64_t seq, hy_str field, hy_str *text_out,
		     const json_t **spans_out)
{
	for (size_t i = m->n_events; i-- > 0;) {
		const struct matter_event *ev = &m->events[i];
		if (!hy_str_eq(ev->name, REDACTED) || !ev->private ||
		    hy_json_get_int(ev->data, "of", 0) != seq ||
		    !hy_str_eq(hy_json_get(ev->data, "field"), field))
			continue;
		*text_out = hy_json_get(ev->private, "text");
		*spans_out = json_object_get(ev->private, "spans");
		return true;
	}
	return false;
}

hy_str sight_text(const struct matter *m, int64_t seq, hy_str field)
{
	const json_t *spans;
	hy_str text = HY_S("");

	return sight_redaction(m, seq, field, &text, &spans) ? text : HY_S("");
}

static hy_str title_of(struct hy_arena *a, const struct matter *m, int64_t seq, hy_str title)
{
	const json_t *spans;
	hy_str text;

	if (sight_redaction(m, seq, HY_S("title"), &text, &spans))
		return text;
	struct redact_spans found = redact_propose(a, title);
	return redact_apply(a, title, &found);
}

hy_str sight_title(struct hy_arena *a, const struct matter *m)
{
	for (size_t i = m->n_events; i-- > 0;) {
		const struct matter_event *ev = &m->events[i];
		if (ev->move < 0 || !ev->private || !json_object_get(ev->private, "title") ||
		    !hy_str_eq(hy_json_get(ev->private, "title"), m->title))
			continue;
		hy_str shown = title_of(a, m, ev->seq, m->title);
		return hy_str_eq(shown, m->title) ? HY_S("") : shown;
	}
	return HY_S("");
}

/* A private part without what S keeps back. */
static const json_t *filtered(struct hy_arena *a, const struct matter *m,
			      const struct matter_event *ev, const struct sight *s)
{
	json_t *out = json_object();
	const char *key;
	json_t *v;

	hy_json_keep(a, out);
	json_object_foreach ((json_t *)(uintptr_t)ev->private, key, v) {
		if (among(identity_fields, key)) {
			if (s->identity)
				json_object_set(out, key, v);
		} else if (strcmp(key, "filename") == 0) { /* may say whose file it is */
			if (s->words && s->identity)
				json_object_set(out, key, v);
		} else if (s->words || among(kept_fields, key)) {
			json_object_set(out, key, v);
		} else if (among(sight_fields, key)) {
			hy_str text =
				strcmp(key, "title") == 0
					? title_of(a, m, ev->seq, hy_json_get(ev->private, key))
					: sight_text(m, ev->seq, hy_str_of(key));
			if (text.n)
				json_object_set_new(out, key, json_stringn(text.p, text.n));
		}
	}
	return out;
}

/* What the fold took from the newest event that has FIELD. */
static hy_str newest(const struct matter *m, const json_t *const *private, const char *field,
		     hy_str was)
{
	for (size_t i = m->n_events; i-- > 0;) {
		const struct matter_event *ev = &m->events[i];
		if (ev->move >= 0 && ev->private && json_object_get(ev->private, field) &&
		    hy_str_eq(hy_json_get(ev->private, field), was))
			return hy_json_get(private[i], field);
	}
	return HY_S("");
}

void sight_apply(struct hy_arena *a, struct matter *m, const struct sight *s)
{
	static const hy_str openings = HY_S_INIT("identity."), given = HY_S_INIT("identity.given");
	const json_t **private = hy_new_n(a, const json_t *, m->n_events + 1);

	for (size_t i = 0; i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		private[i] = ev->private ? filtered(a, m, ev, s) : NULL;
		/* identity.given is the reporter's own: name and contact like those of the filing
		 */
		if (hy_str_starts(ev->name, openings) && !hy_str_eq(ev->name, given))
		private[i] = s->openings ? ev->private : NULL;
		else if (hy_str_eq(ev->name, REDACTED) && !s->words) private[i] = NULL;
	}
	if (!s->words) {
		m->title = newest(m, private, "title", m->title);
		m->body = newest(m, private, "body", m->body);
		m->place = newest(m, private, "place", m->place);
		m->reply = newest(m, private, "text", m->reply);
		m->person = HY_S("");
		m->about_person = HY_S("");
	}
	for (size_t i = 0; i < m->n_events; i++)
		m->events[i].private = private[i];
}

/* --- lists
 * -------------------------------------------------------------------------------------------
 */

/* By whatever they read they also move or redact: nothing of a list is kept back. */
static bool reads_all(const struct actor *who)
{
	const uint64_t works =
		PERMISSION_BIT(PERMISSION_MATTER_MOVE) | PERMISSION_BIT(PERMISSION_MATTER_REDACT);
	const uint64_t reads = PERMISSION_BIT(PERMISSION_MATTER_READ) |
			       PERMISSION_BIT(PERMISSION_MATTER_EXPORT) |
			       PERMISSION_BIT(PERMISSION_SUPERVISION_OPEN) |
			       PERMISSION_BIT(PERMISSION_APPRAISE_READ);

	if (who->kind == ACTOR_CONSOLE)
		return true;
	for (size_t i = 0; i < who->n_grants; i++) {
		const uint64_t may = access_by(who, &who->grants[i]);
		if ((may & reads) && !(may & works))
			return false;
	}
	return true;
}

struct sight_sql sight_sql(struct hy_arena *a, const struct actor *who, int first)
{
	static const enum permission works[] = { PERMISSION_MATTER_MOVE, PERMISSION_MATTER_REDACT };
	struct sight_sql x = { .title = HY_S("m.title"), .handles = HY_S("1 = 1"), .next = first };

	if (!who)
		who = &actor_anyone;
	if (who->kind == ACTOR_CONSOLE || (who->n_grants && reads_all(who)))
		return x;
	for (size_t i = 0; i < HY_COUNT(works); i++) {
		struct access_scope s = access_scope(a, who, works[i], HY_S(""));
		x.w[i] = access_where(a, &s, x.next);
		x.next += x.w[i].n;
	}
	x.handles = hy_printf(a, "((1 = 1" HY_FMT ") OR (1 = 1" HY_FMT "))", HY_ARG(x.w[0].sql),
			      HY_ARG(x.w[1].sql));
	/* A row that sight_fill() has not seen shows nothing. */
	x.title = hy_printf(a,
			    "CASE WHEN m.shown = '' OR " HY_FMT " THEN m.title"
			    " ELSE coalesce(m.shown, '') END",
			    HY_ARG(x.handles));
	return x;
}

void sight_bind(struct hy_stmt *st, const struct sight_sql *x)
{
	for (size_t i = 0; i < HY_COUNT(x->w); i++)
		access_bind(st, &x->w[i]);
}

static enum hy_code shown_title(struct hy_db *db, struct hy_arena *a, struct matter_row *r,
				struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT CASE WHEN shown = '' THEN title"
				      " ELSE coalesce(shown, '') END FROM matter WHERE code = $1");
	bool row;

	hy_bind_text(s, 1, r->code);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		r->title = row ? hy_col_dup(a, s, 0) : HY_S("");
	return code;
}

enum hy_code sight_rows(struct hy_db *db, struct hy_arena *a, const struct actor *who,
			struct matter_row *v, size_t n, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	if (reads_all(who))
		return HY_OK;
	for (size_t i = 0; !code && i < n; i++) {
		bool handles = false, redacts = false;
		code = seen_by(db, a, who, PERMISSION_MATTER_MOVE, v[i].code, &handles, e);
		if (!code && !handles)
			code = seen_by(db, a, who, PERMISSION_MATTER_REDACT, v[i].code, &redacts,
				       e);
		if (code || handles || redacts)
			continue;
		code = shown_title(db, a, &v[i], e);
		v[i].place = v[i].person = v[i].about_person = HY_S("");
	}
	return code;
}

/* --- matters from before
 * ---------------------------------------------------------------------------------
 */

struct filling {
	struct city *c;
	size_t n; /* how many the last page had */
};

static enum hy_code fill_one(struct hy_db *db, struct hy_arena *a, struct city *c, hy_str code,
			     struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct matter *m = NULL;
	enum hy_code failed = matter_read(c, db, &access_all, a, code, &m, &why);

	if (failed == HY_STORE || failed == HY_STORE_BUSY) {
		*e = why;
		return failed;
	}
	/* What cannot be folded is for fsck to tell; it shows nothing until then. */
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE matter SET shown = $2 WHERE code = $1");
	hy_bind_text(s, 1, code);
	hy_bind_text(s, 2, failed ? code : sight_title(a, m));
	return hy_exec(s, NULL, e);
}

static enum hy_code fill_page(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct filling *f = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_VEC(hy_str) codes = { 0 };
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT code FROM matter WHERE shown IS NULL ORDER BY id LIMIT 500");
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &codes) = hy_col_dup(a, s, 0);
	hy_done(&s);
	f->n = codes.n;
	for (size_t i = 0; !code && i < codes.n; i++)
		code = fill_one(db, a, f->c, codes.v[i], e);
	return code;
}

static enum hy_code any_unshown(struct city *c, bool *out, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM matter WHERE shown IS NULL LIMIT 1");
	return hy_step(s, out, e);
}

enum hy_code sight_fill(struct city *c, struct hy_err *e)
{
	struct filling f = { .c = c };
	bool any = false;
	enum hy_code code = any_unshown(c, &any, e);

	for (f.n = any; !code && f.n;)
		code = hy_store_write(city_store(c), fill_page, &f, e);
	return code;
}

/* --- redacting
 * ------------------------------------------------------------------------------------------
 */

static json_t *spans_json(const struct redact_spans *spans)
{
	json_t *list = json_array();

	for (size_t i = 0; i < spans->n; i++)
		json_array_append_new(list, json_pack("{s:I,s:s,s:I}", "from",
						      (json_int_t)spans->v[i].from, "kind",
						      redact_names[spans->v[i].kind], "to",
						      (json_int_t)spans->v[i].to));
	return list;
}

enum hy_code sight_redact(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			  int64_t seq, hy_str field, struct redact_spans spans,
			  const struct identity_by *by, struct hy_err *e)
{
	struct matter *m = NULL;
	enum hy_code failed = matter_read(c, db, &access_all, a, code, &m, e);
	hy_str was = HY_S("");

	for (size_t i = 0; !failed && i < m->n_events; i++)
		if (m->events[i].seq == seq && m->events[i].move >= 0 && m->events[i].private)
			was = hy_json_get(m->events[i].private,
					  hy_printf(a, HY_FMT, HY_ARG(field)).p);
	if (!failed && (!among(sight_fields, hy_printf(a, HY_FMT, HY_ARG(field)).p) || was.n == 0))
		return hy_fail(e, HY_NOT_FOUND, "field", "event %lld has no such text",
			       (long long)seq);
	if (!failed)
		failed = redact_check(a, was, &spans, e);
	if (failed)
		return failed;
	hy_str text = redact_apply(a, was, &spans);
	json_t *data = json_object(), *private = json_object();
	hy_json_keep(a, data);
	hy_json_keep(a, private);
	json_object_set_new(data, "field", json_stringn(field.p, field.n));
	json_object_set_new(data, "of", json_integer(seq));
	json_object_set_new(private, "spans", spans_json(&spans));
	json_object_set_new(private, "text", json_stringn(text.p, text.n));
	json_object_set_new(private, "account", json_integer(by->account));
	struct matter_event ev = { .at = city_now(c),
				   .name = REDACTED,
				   .role = by->role,
				   .unit = by->unit,
				   .data = data,
				   .private = private };
	failed = matter_remark(c, db, a, code, &ev, NULL, e);
	const struct security_act act = { .act = "redact",
					  .by = { by->account, by->address },
					  .subject = hy_printf(a, "matter/" HY_FMT, HY_ARG(code)),
					  .role = by->role,
					  .unit = by->unit };
	return failed ? failed : security_note(city_record(c), db, &act, e);
}
