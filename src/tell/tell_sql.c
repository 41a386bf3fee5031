/* The tables of this room, its settings, and messages in the store. */
#include "tell/hook.h"

const char *const tell_kind_names[] = { "test", "news", "digest", "hook", NULL };
const char *const tell_state_names[] = { "waiting", "sent", "given_up", "dropped", NULL };

/* tell_address, tell_told: an official's address, and which light of which matter a digest told.
 * tell_news: a citizen's address.  tell_feed: calendars.  tell_seen: up to which event the log was
 * walked. */
#define TABLES(INT, TEXT_C)                                                                        \
	"CREATE TABLE message(id " INT " PRIMARY KEY, kind " INT " NOT NULL, target " INT          \
	" NOT NULL, matter " INT " NOT NULL, idx " INT " NOT NULL, address TEXT NOT NULL,"         \
	" subject TEXT NOT NULL, text TEXT NOT NULL, made_at " INT " NOT NULL, due_at " INT        \
	" NOT NULL, tries " INT " NOT NULL, state " INT " NOT NULL, last_at " INT                  \
	" NOT NULL, status " INT " NOT NULL, said TEXT NOT NULL);"                                 \
	"CREATE INDEX message_due ON message(due_at, id) WHERE state = 0;"                         \
	"CREATE INDEX message_state ON message(state, id) WHERE state <> 1;"                       \
	"CREATE INDEX message_target_id ON message(target, id) WHERE target <> 0;"                 \
	"CREATE INDEX message_matter ON message(matter);"                                          \
	"CREATE INDEX message_target ON message(kind, target, idx);"                               \
	"CREATE TABLE message_try(message " INT " NOT NULL, n " INT " NOT NULL, at " INT           \
	" NOT NULL, fate " INT " NOT NULL, status " INT " NOT NULL, said TEXT NOT NULL,"           \
	" PRIMARY KEY(message, n));"                                                               \
	"CREATE TABLE tell_address(account " INT " PRIMARY KEY, address TEXT NOT NULL,"            \
	" next_at " INT " NOT NULL);"                                                              \
	"CREATE TABLE tell_told(account " INT " NOT NULL, matter " INT " NOT NULL, light " INT     \
	" NOT NULL, PRIMARY KEY(account, matter));"                                                \
	"CREATE TABLE tell_news(matter " INT " PRIMARY KEY, address TEXT NOT NULL, from_idx " INT  \
	" NOT NULL);"                                                                              \
	"CREATE TABLE tell_feed(account " INT " PRIMARY KEY, hash " TEXT_C                         \
	" NOT NULL UNIQUE, made_at " INT " NOT NULL);"                                             \
	"CREATE TABLE tell_seen(id " INT " PRIMARY KEY CHECK(id = 1), idx " INT " NOT NULL);"      \
	"CREATE TABLE hook(id " INT " PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL,"         \
	" events TEXT NOT NULL, nonce TEXT NOT NULL, state " INT " NOT NULL, from_idx " INT        \
	" NOT NULL, made_at " INT " NOT NULL);"
static const struct hy_migration migrations[] = { { .name = "tell-001",
						    .sqlite = TABLES("INTEGER", "TEXT"),
						    .pg = TABLES("BIGINT", "TEXT COLLATE \"C\"") },
						  { 0 } };

#define MEANS SETTING_MEANS
static const struct setting settings[] = {
	{ .name = "mail.on",
	  .type = SETTING_BOOL,
	  .otherwise = "false",
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("是否发送邮件；先设好服务器和发件人，用 huiyin mail test 试发",
			   "是否傳送郵件；先設好伺服器和寄件人，用 huiyin mail test 試寄",
			   "whether mail is sent; set server and sender first and try them with "
			   "huiyin mail test") },
	{ .name = "mail.host",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 200,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("发信服务器的名称", "寄信伺服器的名稱", "the name of the mail server") },
	{ .name = "mail.port",
	  .type = SETTING_INT,
	  .otherwise = "587",
	  .least = 1,
	  .most = 65535,
	  .unit = "TCP",
	  .who = SETTING_SYSTEM,
	  .meaning =
		  MEANS("发信服务器的端口", "寄信伺服器的連接埠", "the port of the mail server") },
	{ .name = "mail.tls",
	  .type = SETTING_WORD,
	  .otherwise = "starttls",
	  .one_of = "starttls|maybe|tls|plain",
	  .who = SETTING_SECURITY,
	  .weaker = WEAKER_OTHER,
	  .meaning = MEANS(
		  "如何加密：starttls 必须升级为加密，tls 一开始即加密，maybe "
		  "对方支持才加密，plain 不加密（仅限本机）",
		  "如何加密：starttls 必須升級為加密，tls 一開始即加密，maybe "
		  "對方支援才加密，plain 不加密（僅限本機）",
		  "how it is encrypted: starttls demands it, tls from the first byte, maybe when "
		  "the server offers it, plain never (for this machine alone)") },
	{ .name = "mail.user",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 200,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("登录发信服务器的用户名；密码写在城市目录的 keys/mail.password",
			   "登入寄信伺服器的使用者名稱；密碼寫在城市目錄的 keys/mail.password",
			   "the user at the mail server; the password stands in "
			   "keys/mail.password of the city's folder") },
	{ .name = "mail.from",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 254,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("发件人地址", "寄件人地址", "the address that mail comes from") },
	{ .name = "mail.from_name",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 60,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("发件人名称；空为发文机关", "寄件人名稱；空為發文機關",
			   "the name that mail comes from; empty: the issuing office") },
	{ .name = "mail.bounce",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 254,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("退信送到的地址；空为发件人地址", "退信送到的地址；空為寄件人地址",
			   "where mail that cannot be delivered comes back to; empty: the "
			   "sender") },
	{ .name = "mail.site",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 200,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("邮件和日历中写明的本站网址，如 https://huiyin.example.cn",
			   "郵件和日曆中寫明的本站網址，如 https://huiyin.example.cn",
			   "the address of this site as mail and calendars tell it") },
	{ .name = "mail.language",
	  .type = SETTING_WORD,
	  .otherwise = "zh-CN",
	  .one_of = "zh-CN|zh-Hant|en",
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("邮件使用的语言", "郵件使用的語言", "the language of mail") },
	{ .name = "mail.news_hours",
	  .type = SETTING_WORD,
	  .otherwise = "always",
	  .one_of = "always|office",
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("给群众的进展通知何时发送：随时，或只在工作时间",
			   "給民眾的進展通知何時傳送：隨時，或只在工作時間",
			   "when news goes to citizens: always, or in office hours") },
	{ .name = "mail.digest_hours",
	  .type = SETTING_WORD,
	  .otherwise = "office",
	  .one_of = "always|office",
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("给工作人员的待办提醒何时发送：随时，或只在工作时间",
			   "給工作人員的待辦提醒何時傳送：隨時，或只在工作時間",
			   "when digests go to officials: always, or in office hours") },
	{ .name = "mail.digest_every",
	  .type = SETTING_DURATION,
	  .otherwise = "2h",
	  .least = 1,
	  .most = 604800,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("同一人的两次待办提醒至少相隔多久", "同一人的兩次待辦提醒至少相隔多久",
			   "how long it is at least from one digest to the next") },
	{ .name = "tell.first_pause",
	  .type = SETTING_DURATION,
	  .otherwise = "1m",
	  .least = 1,
	  .most = 3600,
	  .who = SETTING_SYSTEM,
	  .meaning = MEANS("发送失败后多久再试；其后逐次加倍，最长四小时",
			   "傳送失敗後多久再試；其後逐次加倍，最長四小時",
			   "how long after a failure it is sent again; doubled each time, at most "
			   "four hours") },
	{ .name = "tell.give_up",
	  .type = SETTING_DURATION,
	  .otherwise = "3d",
	  .least = 1,
	  .most = 2592000,
	  .who = SETTING_SYSTEM,
	  .meaning =
		  MEANS("多久送不出去即放弃，并在清单中列明", "多久送不出去即放棄，並在清單中列明",
			"after how long in vain a message is given up, and listed so") },
	{ .name = "hook.inside",
	  .type = SETTING_BOOL,
	  .otherwise = "false",
	  .who = SETTING_SECURITY,
	  .weaker = WEAKER_OTHER,
	  .meaning = MEANS("是否允许推送到本机、内网地址和未加密的 http://",
			   "是否允許推送到本機、內網位址和未加密的 http://",
			   "whether webhooks may go to this machine, to private addresses and "
			   "without encryption") },
	{ 0 },
};
const struct city_room tell_room = { .migrations = migrations,
				     .tick = tell_tick,
				     .own_json = tell_news_own,
				     .own_erase = tell_news_erase,
				     .settings = settings };

/* --- messages ----------------------------------------------------------------------------------
 */

enum hy_code tell_newest(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT max(idx) FROM event", -1, out, e);
}

static enum hy_code is_there(struct hy_db *db, const struct tell_message *m, bool *out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM message WHERE kind = $1 AND target = $2"
				      " AND idx = $3 AND matter = $4");

	hy_bind_int(s, 1, m->kind);
	hy_bind_int(s, 2, m->target);
	hy_bind_int(s, 3, m->idx);
	hy_bind_int(s, 4, m->matter);
	return hy_step(s, out, e);
}

enum hy_code tell_add(struct hy_db *db, const struct tell_message *m, int64_t *id_out,
		      struct hy_err *e)
{
	bool there = false;
	int64_t id = 0;
	enum hy_code code = m->idx < 0 ? HY_OK : is_there(db, m, &there, e);

	if (code || there)
		return code;
	code = hy_sql_int(db, "SELECT max(id) + 1 FROM message", 1, &id, e);
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO message(id, kind, target, matter, idx, address,"
				      " subject, text, made_at, due_at, tries, state, last_at,"
				      " status, said) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9,"
				      " $10, 0, 0, 0, 0, '')");
	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, m->kind);
	hy_bind_int(s, 3, m->target);
	hy_bind_int(s, 4, m->matter);
	hy_bind_int(s, 5, m->idx);
	hy_bind_text(s, 6, m->address);
	hy_bind_text(s, 7, m->subject);
	hy_bind_text(s, 8, m->text);
	hy_bind_int(s, 9, m->made_at);
	hy_bind_int(s, 10, m->due_at);
	code = hy_exec(s, NULL, e);
	if (!code && id_out)
		*id_out = id;
	return code;
}

#define COLUMNS                                                                                    \
	"SELECT id, kind, target, matter, idx, address, subject, text, made_at, due_at, tries,"    \
	" state, last_at, status, said FROM message"

static struct tell_message row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct tell_message){ .id = hy_col_int(s, 0),
				      .kind = (enum tell_kind)hy_col_int(s, 1),
				      .target = hy_col_int(s, 2),
				      .matter = hy_col_int(s, 3),
				      .idx = hy_col_int(s, 4),
				      .address = hy_col_dup(a, s, 5),
				      .subject = hy_col_dup(a, s, 6),
				      .text = hy_col_dup(a, s, 7),
				      .made_at = hy_col_int(s, 8),
				      .due_at = hy_col_int(s, 9),
				      .tries = (int)hy_col_int(s, 10),
				      .state = (enum tell_state)hy_col_int(s, 11),
				      .last_at = hy_col_int(s, 12),
				      .status = (int)hy_col_int(s, 13),
				      .said = hy_col_dup(a, s, 14) };
}

void tell_list_query(struct hy_arena *a, const struct tell_filter *f, int limit,
		     struct hy_query *out)
{
	*out = (struct hy_query){ .sql = hy_buf_on(a) };
	hy_buf_fmt(&out->sql, COLUMNS " WHERE id < $%d",
		   hy_query_int(out, f->before ? f->before : INT64_MAX));
	if (f->kind)
		hy_buf_fmt(&out->sql, " AND kind = $%d", hy_query_int(out, f->kind - 1));
	if (f->state) /* the index holds none that were sent */
		hy_buf_fmt(&out->sql, " AND state = $%d%s", hy_query_int(out, f->state - 1),
			   f->state - 1 == TELL_SENT ? "" : " AND state <> 1");
	if (f->target)
		hy_buf_fmt(&out->sql, " AND target = $%d AND target <> 0",
			   hy_query_int(out, f->target));
	hy_buf_fmt(&out->sql, " ORDER BY id DESC LIMIT $%d", hy_query_int(out, limit + 1));
}

enum hy_code tell_read(struct hy_arena *a, struct hy_db *db, const struct tell_filter *f,
		       struct tell_list *out, struct hy_err *e)
{
	HY_VEC(struct tell_message) v = { 0 };
	int limit = f->limit ? f->limit : 100;
	struct hy_query q;
	enum hy_code code;
	bool row;

	tell_list_query(a, f, limit, &q);
	HY_SCOPED_STMT s = hy_sql(db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	if (code)
		return code;
	*out = (struct tell_list){ v.v, v.n, 0 };
	if (v.n > (size_t)limit) {
		out->n = (size_t)limit;
		out->next = v.v[limit - 1].id;
	}
	return HY_OK;
}

enum hy_code tell_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct tell_message *out,
			struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no message number %lld",
			       (long long)id);
	*out = row_of(a, s);
	return HY_OK;
}

enum hy_code tell_again(struct hy_db *db, int64_t id, hy_ms now, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct tell_message m;
	enum hy_code code = tell_by_id(a, db, id, &m, e);

	if (code)
		return code;
	if (m.state != TELL_GIVEN_UP)
		return hy_fail(e, HY_NOT_NOW, "", "message %lld is %s, not given up", (long long)id,
			       tell_state_names[m.state]);
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE message SET state = 0, tries = 0, due_at = $2,"
				      " made_at = $2 WHERE id = $1");
	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, now);
	return hy_exec(s, NULL, e);
}

enum hy_code tell_tries(struct hy_arena *a, struct hy_db *db, int64_t id, struct tell_try **out,
			size_t *n_out, struct hy_err *e)
{
	HY_VEC(struct tell_try) v = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, "SELECT at, fate, status, said FROM message_try"
				      " WHERE message = $1 ORDER BY n");
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, id);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) =
			(struct tell_try){ hy_col_int(s, 0), (enum outgoing_fate)hy_col_int(s, 1),
					   (int)hy_col_int(s, 2), hy_col_dup(a, s, 3) };
	if (!code) {
		*out = v.v;
		*n_out = v.n;
	}
	return code;
}

static void when(struct hy_json *j, const char *key, hy_ms at)
{
	if (at)
		hy_json_kstr(j, key, hy_instant_text(j->b->a, &hy_zone_china, at));
	else
		hy_json_knull(j, key);
}

void tell_message_json(struct hy_json *j, const struct tell_message *m)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", m->id);
	hy_json_kstr(j, "kind", hy_str_of(tell_kind_names[m->kind]));
	hy_json_kint(j, "target", m->target);
	hy_json_kstr(j, "state", hy_str_of(tell_state_names[m->state]));
	when(j, "made_at", m->made_at);
	when(j, "due_at", m->state == TELL_WAITING ? m->due_at : 0);
	when(j, "last_at", m->last_at);
	hy_json_kint(j, "tries", m->tries);
	hy_json_kint(j, "status", m->status);
	hy_json_kstr(j, "said", m->said);
	hy_json_obj_end(j);
}

void tell_try_json(struct hy_json *j, const struct tell_try *t)
{
	static const char *const fates[] = { "taken", "later", "never" };

	hy_json_obj(j);
	when(j, "at", t->at);
	hy_json_kstr(j, "fate", hy_str_of(fates[t->fate]));
	hy_json_kint(j, "status", t->status);
	hy_json_kstr(j, "said", t->said);
	hy_json_obj_end(j);
}
