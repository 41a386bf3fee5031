/* Addresses: of officials for digests, of citizens for news. */
#include "tell/tell.h"

static enum hy_code check(hy_str address, struct hy_err *e)
{
	if (!address.n || outgoing_address_ok(address))
		return HY_OK;
	return hy_fail(e, HY_BAD_FIELD, "address",
		       "must be a mail address such as name@example.cn, or empty for none");
}

/* The one text column of the row ID; "" when there is none. */
static enum hy_code one(struct hy_arena *a, struct hy_stmt *s, int64_t id, hy_str *out,
			struct hy_err *e)
{
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = row ? hy_col_dup(a, s, 0) : HY_S("");
	return code;
}

enum hy_code tell_address(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT address FROM tell_address WHERE account = $1");

	return one(a, s, account, out, e);
}

enum hy_code tell_news(struct hy_arena *a, struct hy_db *db, int64_t id, hy_str *out,
		       struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT address FROM tell_news WHERE matter = $1");

	return one(a, s, id, out, e);
}

/* --- a citizen's own data (city_room) -----------------------------------------------------------
 */

enum hy_code tell_news_own(struct hy_json *j, struct hy_db *db, int64_t id, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT made_at, address, subject, state FROM message"
				      " WHERE matter = $1 AND kind = 1 AND address <> ''"
				      " ORDER BY id");
	hy_str address;
	bool row;
	enum hy_code code = tell_news(j->b->a, db, id, &address, e);

	hy_bind_int(s, 1, id);
	hy_json_key(j, "news");
	hy_json_obj(j);
	hy_json_kstr(j, "address", address);
	hy_json_key(j, "mails");
	hy_json_arr(j);
	while (!code && !(code = hy_step(s, &row, e)) && row) {
		hy_json_obj(j);
		hy_json_kstr(j, "at", hy_instant_text(j->b->a, &hy_zone_china, hy_col_int(s, 0)));
		hy_json_kstr(j, "address", hy_col_text(s, 1));
		hy_json_kstr(j, "subject", hy_col_text(s, 2));
		hy_json_kstr(j, "state", hy_str_of(tell_state_names[hy_col_int(s, 3)]));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return code;
}

enum hy_code tell_news_erase(struct hy_db *db, int64_t id, struct hy_err *e)
{
	HY_SCOPED_STMT n = hy_sql(db, "DELETE FROM tell_news WHERE matter = $1");
	HY_SCOPED_STMT m = hy_sql(db, "UPDATE message SET address = '', subject = '', text = '',"
				      " said = '', state = CASE state WHEN 0 THEN 3 ELSE state END"
				      " WHERE matter = $1 AND kind = 1");

	hy_bind_int(n, 1, id);
	hy_bind_int(m, 1, id);
	enum hy_code code = hy_exec(n, NULL, e);
	return code ? code : hy_exec(m, NULL, e);
}

enum hy_code tell_set_address(struct city *c, struct hy_db *db, int64_t account, hy_str address,
			      struct security_by by, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_STMT drop = hy_sql(db, "DELETE FROM tell_address WHERE account = $1");
	HY_SCOPED_STMT told = hy_sql(db, "DELETE FROM tell_told WHERE account = $1");
	HY_SCOPED_STMT waits =
		hy_sql(db, "UPDATE message SET state = 3, address = '' WHERE kind = 2"
			   " AND target = $1 AND state = 0");
	HY_SCOPED_STMT put = hy_sql(db, "INSERT INTO tell_address(account, address, next_at)"
					" VALUES($1, $2, $3)");
	enum hy_code code = check(address, e);

	if (code)
		return code;
	hy_bind_int(drop, 1, account);
	hy_bind_int(told, 1, account);
	hy_bind_int(waits, 1, account);
	hy_bind_int(put, 1, account);
	hy_bind_text(put, 2, address);
	hy_bind_int(put, 3, city_now(c));
	code = hy_exec(drop, NULL, e);
	if (!code)
		code = hy_exec(waits, NULL, e);
	if (!code && !address.n)
		code = hy_exec(told, NULL, e);
	if (!code && address.n)
		code = hy_exec(put, NULL, e);
	if (code)
		return code;
	return security_note(
		city_record(c), db,
		&(struct security_act){ .act = "mail.address",
					.by = by,
					.subject = hy_printf(a, "account/%lld", (long long)account),
					.data = address.n ? HY_S("{\"set\":true}")
							  : HY_S("{\"set\":false}"),
					.at = city_now(c) },
		e);
}

static bool is_sealed(const struct matter *m)
{
	for (size_t i = 0; i < m->n_events; i++)
		if (m->events[i].private && hy_json_get(m->events[i].private, "sealed").n)
			return true;
	return m->guard != PACK_NORMAL;
}

enum hy_code tell_set_news(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			   const struct matter *m, hy_str address, struct hy_err *e)
{
	HY_SCOPED_STMT drop = hy_sql(db, "DELETE FROM tell_news WHERE matter = $1");
	HY_SCOPED_STMT waits =
		hy_sql(db, "UPDATE message SET state = 3, address = '', subject = '', text = ''"
			   " WHERE kind = 1 AND matter = $1 AND state = 0");
	HY_SCOPED_STMT put = hy_sql(db, "INSERT INTO tell_news(matter, address, from_idx)"
					" VALUES($1, $2, $3)");
	struct tell_message first = { .kind = TELL_NEWS,
				      .matter = id,
				      .idx = -1,
				      .address = address,
				      .made_at = city_now(c),
				      .due_at = city_now(c) };
	int64_t newest = -1;
	enum hy_code code = check(address, e);

	if (!code && address.n && is_sealed(m))
		code = hy_fail(e, HY_NOT_NOW, "address",
			       "who reported this matter is kept sealed, and an address beside it "
			       "would tell; look with your code and secret instead");
	if (!code && address.n && !setting_bool(db, "mail.on"))
		code = hy_fail(e, HY_NOT_NOW, "address",
			       "this city sends no mail; look with your code and secret instead");
	if (!code)
		code = tell_newest(db, &newest, e);
	if (code)
		return code;
	hy_bind_int(drop, 1, id);
	hy_bind_int(waits, 1, id);
	hy_bind_int(put, 1, id);
	hy_bind_text(put, 2, address);
	hy_bind_int(put, 3, newest);
	code = hy_exec(drop, NULL, e);
	if (!code)
		code = hy_exec(waits, NULL, e);
	if (code || !address.n)
		return code;
	code = hy_exec(put, NULL, e);
	if (code)
		return code;
	tell_text_news(a, setting_text(db, "mail.language"), city_name(c),
		       setting_text(db, "mail.site"), m->code, true, &first);
	return tell_add(db, &first, NULL, e);
}
