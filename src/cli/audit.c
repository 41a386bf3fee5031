/* One act as JSON and as a line; a file of them. */
#include "cli/audit.h"

#include "sheet/sheet.h"

enum { STEP = 500 };

static hy_str title_of(hy_str act, hy_str language)
{
	for (const struct security_kind *k = security_acts; k->id; k++)
		if (hy_str_eq(act, hy_str_of(k->id)))
			return hy_str_of(hy_str_eq(language, HY_S("en"))	? k->en
					 : hy_str_eq(language, HY_S("zh-Hant")) ? k->zh_hant
										: k->zh_cn);
	return act;
}

enum hy_code audit_act_check(hy_str act, struct hy_err *e)
{
	bool ok = act.n == 0;

	for (const struct security_kind *k = security_acts; !ok && k->id; k++)
		ok = hy_str_eq(act, hy_str_of(k->id)) ||
		     (hy_str_ends(act, HY_S(".")) && hy_str_starts(hy_str_of(k->id), act));
	return ok ? HY_OK
		  : hy_fail(e, HY_BAD_FIELD, "act",
			    "must be an act such as login.failed, or the beginning of some with "
			    "its "
			    "dot: login.");
}

void audit_row_json(struct hy_json *j, const struct security_row *row, hy_str language)
{
	hy_json_obj(j);
	hy_json_kint(j, "idx", row->idx);
	hy_json_kstr(j, "at", hy_instant_text(j->b->a, &hy_zone_china, row->at));
	hy_json_kstr(j, "act", row->act);
	hy_json_kstr(j, "title", title_of(row->act, language));
	hy_json_kint(j, "account", row->account);
	hy_json_kstr(j, "login", row->login);
	hy_json_kstr(j, "address", row->address);
	hy_json_kstr(j, "subject", row->subject);
	hy_json_kstr(j, "role", row->role);
	hy_json_kstr(j, "unit", row->unit);
	hy_json_key(j, "data");
	hy_json_raw(j, row->data.n ? row->data : HY_S("{}"));
	hy_json_key(j, "more");
	hy_json_raw(j, row->private.n ? row->private : HY_S("{}"));
	hy_json_kbool(j, "erased", row->erased);
	hy_json_obj_end(j);
}

/* --- a file
 * ---------------------------------------------------------------------------------------- */

static const char *const titles[][3] = {
	{ "序号", "序號", "index" },
	{ "时间", "時間", "time" },
	{ "事项", "事項", "act" },
	{ "名称", "名稱", "title" },
	{ "账号", "帳號", "account" },
	{ "登录名", "登入名", "login" },
	{ "地址", "位址", "address" },
	{ "对象", "對象", "subject" },
	{ "角色", "角色", "role" },
	{ "单位", "單位", "unit" },
	{ "内容", "內容", "data" },
	{ "非公开内容", "非公開內容", "not public" },
	{ "已到期删除", "已到期刪除", "erased" },
};

static void begin(struct sheet *s, hy_str language)
{
	struct sheet_column columns[HY_COUNT(titles)];
	size_t which = hy_str_eq(language, HY_S("en")) ? 2 : hy_str_eq(language, HY_S("zh-Hant"));

	for (size_t i = 0; i < HY_COUNT(titles); i++)
		columns[i] = (struct sheet_column){ .title = hy_str_of(titles[i][which]) };
	sheet_begin(s, HY_S("audit"), columns, HY_COUNT(columns));
}

static enum hy_code line(struct hy_arena *a, struct sheet *s, const struct security_row *row,
			 hy_str language, struct hy_err *e)
{
	const struct sheet_cell cells[] = {
		sheet_number(row->idx),
		sheet_words(hy_instant_text(a, &hy_zone_china, row->at)),
		sheet_words(row->act),
		sheet_words(title_of(row->act, language)),
		sheet_number(row->account),
		sheet_words(row->login),
		sheet_words(row->address),
		sheet_words(row->subject),
		sheet_words(row->role),
		sheet_words(row->unit),
		sheet_words(row->data),
		sheet_words(row->private),
		sheet_words(row->erased ? HY_S("1") : HY_S("")),
	};

	_Static_assert(HY_COUNT(cells) == HY_COUNT(titles), "a cell for each title");
	return sheet_row(s, cells, e);
}

/* A page in an arena of its own: a long file does not stay in memory as rows. */
static enum hy_code page(struct hy_db *db, struct audit_file *f, struct sheet *s, FILE *out,
			 size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct security_row *v = NULL;
	enum hy_code code = security_list(a, db, &f->filter, STEP, &v, n_out, e);

	if (!code && f->n + (int64_t)*n_out > AUDIT_EXPORT_MOST)
		code = hy_fail(e, HY_TOO_LARGE, "from",
			       "more than %d acts: take them out in parts, by from and until",
			       AUDIT_EXPORT_MOST);
	for (size_t i = 0; !code && i < *n_out; i++) {
		if (!f->json) {
			code = line(a, s, &v[i], f->language, e);
			continue;
		}
		struct hy_buf b = hy_buf_on(a);
		struct hy_json j = hy_json_on(&b);
		audit_row_json(&j, &v[i], f->language);
		fprintf(out, "%s" HY_FMT, f->n || i ? ",\n" : "", HY_ARG(hy_buf_str(&b)));
	}
	if (!code && *n_out)
		f->filter.before = v[*n_out - 1].idx;
	f->n += (int64_t)*n_out;
	return code;
}

enum hy_code audit_write(struct hy_arena *a, struct hy_db *db, struct audit_file *f, FILE *out,
			 struct hy_err *e)
{
	struct sheet *s = f->json ? NULL : sheet_csv(a, out, true);
	enum hy_code code = HY_OK;
	size_t n = 1;

	f->n = 0;
	if (s)
		begin(s, f->language);
	else
		fputs("[", out);
	while (!code && n)
		code = page(db, f, s, out, &n, e);
	if (!s) {
		fputs("]\n", out);
		return code;
	}
	struct hy_err later = { 0 };
	enum hy_code end = sheet_end(s, &later);
	if (!code && end)
		*e = later;
	return code ? code : end;
}

/* --- who looked
 * ------------------------------------------------------------------------------------- */

/* What was asked for names people: it is not public. */
static hy_str asked(struct hy_arena *a, const struct security_filter *f)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	if (f->account)
		hy_json_kint(&j, "account", f->account);
	if (f->act.n)
		hy_json_kstr(&j, "act", f->act);
	if (f->address.n)
		hy_json_kstr(&j, "address", f->address);
	if (f->from)
		hy_json_kint(&j, "from", f->from);
	if (f->subject.n)
		hy_json_kstr(&j, "subject", f->subject);
	if (f->until)
		hy_json_kint(&j, "until", f->until);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

enum hy_code audit_note(struct record *r, struct hy_db *db, const char *act, struct security_by by,
			hy_str role, const struct audit_file *f, hy_ms at, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct security_filter whole = f->filter;

	whole.before = 0;
	struct security_act note = {
		.act = act,
		.by = by,
		.role = role,
		.data = strcmp(act, "audit.export") == 0
				? hy_printf(a, "{\"format\":\"%s\",\"rows\":%lld}",
					    f->json ? "json" : "csv", (long long)f->n)
				: HY_S("{}"),
		.private = asked(a, &whole),
		.at = at,
	};

	return security_note(r, db, &note, e);
}
