/* The calendar of one's deadlines. */
#include "tell/feed.h"

#include "base/hash.h"

enum { BYTES = 32, ROWS = 200, UNITS = 20, FOLD = 73 };

/* --- text --------------------------------------------------------------------------------------
 */

/* A content line, folded at FOLD bytes between characters; TEXT is escaped. */
static void put(struct hy_buf *b, const char *head, hy_str text)
{
	struct hy_buf line = hy_buf_on(b->a);
	hy_str rest;

	hy_buf_add(&line, hy_str_of(head));
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\n')
			hy_buf_add(&line, HY_S("\\n"));
		else if (c == '\\' || c == ';' || c == ',')
			hy_buf_fmt(&line, "\\%c", c);
		else if ((unsigned char)c >= ' ')
			hy_buf_byte(&line, c);
	}
	rest = hy_buf_str(&line);
	for (bool first = true; rest.n; first = false) {
		size_t n = rest.n < FOLD ? rest.n : FOLD;

		while (n < rest.n && ((unsigned char)rest.p[n] & 0xc0) == 0x80)
			n--;
		if (!first)
			hy_buf_byte(b, ' ');
		hy_buf_add(b, (hy_str){ rest.p, n });
		hy_buf_add(b, HY_S("\r\n"));
		rest = (hy_str){ rest.p + n, rest.n - n };
	}
}

/* "20261127T080000Z" */
static hy_str instant(struct hy_arena *a, hy_ms at)
{
	hy_str t = hy_instant_text(a, &hy_zone_utc, at); /* 2026-11-27T08:00:00... */

	return hy_printf(a, "%.4s%.2s%.5s%.2s%.2sZ", t.p, t.p + 5, t.p + 8, t.p + 14, t.p + 17);
}

hy_str feed_text(struct hy_arena *a, hy_str language, hy_str city, hy_str site,
		 const struct feed_entry *v, size_t n, hy_ms now)
{
	static const struct pack_text name = { HY_S_INIT("我的办理期限"), HY_S_INIT("我的辦理期限"),
					       HY_S_INIT("My deadlines") };
	static const struct pack_text due = { HY_S_INIT("到期"), HY_S_INIT("到期"),
					      HY_S_INIT("due") };
	static const struct pack_text over = { HY_S_INIT("已超期"), HY_S_INIT("已逾期"),
					       HY_S_INIT("overdue") };
	struct hy_buf b = hy_buf_on(a);

	put(&b, "BEGIN:VCALENDAR", HY_S(""));
	put(&b, "VERSION:2.0", HY_S(""));
	put(&b, "PRODID:-//Huiyin//", HY_S("deadlines//EN"));
	put(&b, "METHOD:PUBLISH", HY_S(""));
	put(&b, "X-WR-CALNAME:",
	    hy_printf(a, HY_FMT " " HY_FMT, HY_ARG(city), HY_ARG(pack_say(&name, language))));
	put(&b, "REFRESH-INTERVAL;VALUE=DURATION:PT1H", HY_S(""));
	for (size_t i = 0; i < n; i++) {
		const struct pack_text *word = v[i].due < now ? &over : &due;

		put(&b, "BEGIN:VEVENT", HY_S(""));
		put(&b, "UID:", hy_printf(a, HY_FMT "@huiyin", HY_ARG(v[i].code)));
		put(&b, "DTSTAMP:", instant(a, now));
		put(&b, "LAST-MODIFIED:", instant(a, v[i].changed));
		put(&b, "DTSTART:", instant(a, v[i].due));
		put(&b, "DTEND:", instant(a, v[i].due));
		put(&b, "SUMMARY:",
		    hy_printf(a, HY_FMT " " HY_FMT "（" HY_FMT "）", HY_ARG(v[i].code),
			      HY_ARG(pack_say(word, language)), HY_ARG(v[i].state)));
		if (site.n)
			put(&b, "URL:",
			    hy_printf(a, HY_FMT "/work/matters/" HY_FMT, HY_ARG(site),
				      HY_ARG(v[i].code)));
		put(&b, "TRANSP:TRANSPARENT", HY_S(""));
		put(&b, "END:VEVENT", HY_S(""));
	}
	put(&b, "END:VCALENDAR", HY_S(""));
	return hy_buf_str(&b);
}

/* --- addresses ---------------------------------------------------------------------------------
 */

static hy_str hashed(struct hy_arena *a, hy_str secret)
{
	hy_hash h = hy_sha256(secret);

	return hy_hex(a, h.b, sizeof(h.b));
}

static enum hy_code note(struct city *c, struct hy_db *db, int64_t account, hy_str data,
			 struct security_by by, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	return security_note(
		city_record(c), db,
		&(struct security_act){ .act = "feed.change",
					.by = by,
					.subject = hy_printf(a, "account/%lld", (long long)account),
					.data = data,
					.at = city_now(c) },
		e);
}

static enum hy_code drop(struct hy_db *db, int64_t account, int64_t *n, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM tell_feed WHERE account = $1");

	hy_bind_int(s, 1, account);
	return hy_exec(s, n, e);
}

enum hy_code feed_make(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t account,
		       struct security_by by, hy_str *secret_out, struct hy_err *e)
{
	unsigned char random[BYTES];
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO tell_feed(account, hash, made_at) VALUES($1, $2, $3)");
	enum hy_code code = drop(db, account, NULL, e);
	hy_str secret, hash;

	hy_random(random, sizeof(random));
	secret = hy_hex(a, random, sizeof(random));
	hash = hashed(a, secret);
	hy_bind_int(s, 1, account);
	hy_bind_text(s, 2, hash);
	hy_bind_int(s, 3, city_now(c));
	if (!code)
		code = hy_exec(s, NULL, e);
	if (!code)
		code = note(c, db, account, HY_S("{\"set\":true}"), by, e);
	if (!code)
		*secret_out = secret;
	return code;
}

enum hy_code feed_end(struct city *c, struct hy_db *db, int64_t account, struct security_by by,
		      struct hy_err *e)
{
	int64_t n = 0;
	enum hy_code code = drop(db, account, &n, e);

	return code || !n ? code : note(c, db, account, HY_S("{\"set\":false}"), by, e);
}

enum hy_code feed_made(struct hy_db *db, int64_t account, hy_ms *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT made_at FROM tell_feed WHERE account = $1");
	bool row;

	hy_bind_int(s, 1, account);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = row ? hy_col_int(s, 0) : 0;
	return code;
}

/* --- what stands in it -------------------------------------------------------------------------
 */

struct feeding {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	struct actor who;
	hy_str language;
	HY_VEC(struct feed_entry) v;
};

static enum hy_code of_unit(struct feeding *f, hy_str unit, struct hy_err *e)
{
	hy_ms now = city_now(f->c);
	struct access_scope scope = access_scope(f->a, &f->who, PERMISSION_MATTER_READ, HY_S(""));
	struct matter_filter q = { .unit = unit, .open = 1, .who = &f->who, .now = now };
	struct matter_page page;
	enum hy_code code =
		matter_list(f->a, f->db, &scope, &q, MATTER_BY_DUE, HY_S(""), ROWS, &page, e);

	for (size_t i = 0; !code && i < page.n; i++) {
		const struct matter_row *r = &page.v[i];
		const struct pack_kind *kind = pack_kind(city_pack(f->c), r->kind);
		hy_str state = r->state;

		if (r->due_at == HY_NO_TIME || (r->person.n && !hy_str_eq(r->person, f->who.login)))
			continue;
		for (size_t k = 0; kind && k < kind->n_states; k++)
			if (hy_str_eq(kind->states[k].id, r->state))
				state = pack_say(&kind->states[k].title, f->language);
		*hy_push(f->a, &f->v) =
			(struct feed_entry){ r->code, state, r->due_at, r->changed_at,
					     matter_light(r->lights, now) };
	}
	return code;
}

static enum hy_code of_account(struct feeding *f, int64_t account, struct hy_err *e)
{
	hy_str units[UNITS];
	size_t n = 0;
	enum hy_code code =
		actor_read(f->a, f->db, city_pack(f->c), account, city_now(f->c), &f->who, e);

	for (size_t i = 0; !code && i < f->who.n_grants && n < UNITS; i++) {
		const struct actor_grant *g = &f->who.grants[i];
		bool had = !g->unit.n || g->reach == PACK_REACH_ALL ||
			   !(access_by(&f->who, g) & PERMISSION_BIT(PERMISSION_MATTER_MOVE));

		for (size_t k = 0; k < n; k++)
			had |= hy_str_eq(units[k], g->unit);
		if (had)
			continue;
		units[n++] = g->unit;
		code = of_unit(f, g->unit, e);
	}
	return code;
}

enum hy_code feed_read(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str secret,
		       hy_str *out, struct hy_err *e)
{
	struct feeding f = { .a = a, .c = c, .db = db };
	struct account account = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, "SELECT account FROM tell_feed WHERE hash = $1");
	hy_str hash = hashed(a, secret);
	bool row;

	hy_bind_text(s, 1, hash);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && row)
		code = account_by_id(a, db, hy_col_int(s, 0), &account, e);
	if (!code && (!row || account.state != ACCOUNT_OPEN))
		code = hy_fail(e, HY_NOT_FOUND, "", "there is no such calendar");
	f.language = setting_text(db, "mail.language");
	if (!code)
		code = of_account(&f, account.id, e);
	if (!code)
		*out = feed_text(a, f.language, city_name(c), setting_text(db, "mail.site"), f.v.v,
				 f.v.n, city_now(c));
	return code;
}
