/* Gathering and telling what the boards of a unit say. */
#include "service/board.h"

#include "base/json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "people/setting.h"
#include "people/unit.h"

const struct setting board_settings[] = {
	{ .name = "board.public",
	  .type = SETTING_BOOL,
	  .otherwise = "true",
	  .who = SETTING_SYSTEM,
	  .meaning = SETTING_MEANS("岗位牌和去向牌（谁在岗、谁替岗）对公众公开",
				   "崗位牌和去向牌（誰在崗、誰替崗）對公眾公開",
				   "post plates and whereabouts (who is in, who stands in) are for "
				   "everybody to see") },
	{ 0 },
};

/* --- reading ------------------------------------------------------------------------------------
 */

static enum hy_code person(struct hy_arena *a, struct hy_db *db, const struct post_plate *p,
			   int seat, struct board_person *out, struct hy_err *e)
{
	int64_t who = p->seat[seat].account;

	*out = (struct board_person){ .away = p->seat[seat].away, .until = p->seat[seat].until };
	/* Health is nobody's business at the door. */
	out->kind = p->seat[seat].kind == ABSENCE_SICK ? ABSENCE_LEAVE : p->seat[seat].kind;
	return who ? account_name(a, db, who, &out->name, e) : HY_OK;
}

static enum hy_code plates_of(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str unit,
			      struct board *out, struct hy_err *e)
{
	HY_VEC(struct board_plate) v = { 0 };
	struct post_plate *rows;
	hy_str *reach;
	size_t n_reach, n;
	enum hy_code code = unit_reach(a, db, unit, &reach, &n_reach, e);

	for (size_t i = 0; !code && i < n_reach; i++) {
		code = post_plates(a, db, reach[i], out->now, &rows, &n, e);
		for (size_t k = 0; !code && k < n; k++) {
			const struct post *p = &rows[k].post;
			struct board_plate *to = hy_push(a, &v);
			const struct pack_word *role = pack_word(city_pack(c), PACK_ROLES, p->role);
			static const struct pack_text none;
			*to = (struct board_plate){ .post = p->code,
						    .title = p->title,
						    .unit = p->unit,
						    .role = role ? &role->title : &none };
			for (int s = 0; !code && s < 2; s++)
				code = person(a, db, &rows[k], s, &to->seat[s], e);
			if (!code && rows[k].acting)
				code = account_name(a, db, rows[k].acting, &to->acting, e);
		}
	}
	out->plates = v.v;
	out->n_plates = v.n;
	return code;
}

/* Matters among officials are no business of a signpost for people. */
static void drop_internal(struct item_rows *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		if (!hy_str_eq(rows->v[i].v.content.type, HY_S("internal")))
			rows->v[n++] = rows->v[i];
	rows->n = n;
}

enum hy_code board_read(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str unit,
			bool whole, struct board *out, struct hy_err *e)
{
	struct unit_book *book = hy_new(a, struct unit_book);
	struct unit u;
	enum hy_code code = unit_by_code(a, db, unit, &u, e);

	*out = (struct board){ .unit = unit, .now = city_now(c), .today = city_today(c) };
	if (!code)
		code = unit_book_read(a, db, book, e);
	if (code)
		return code;
	out->book = book;
	out->name = unit_name_on(book, unit, out->today);
	const struct item_filter f = { .on = out->today, .unit = unit, .state = ITEM_KEPT };
	code = item_list(a, db, &f, &out->items, e);
	if (!code)
		code = item_fees(a, db, unit, out->today, &out->fees, e);
	if (!code && (whole || setting_bool(db, "board.public")))
		code = plates_of(a, c, db, unit, out, e);
	if (!code)
		drop_internal(&out->items);
	return code;
}

/* --- as JSON ------------------------------------------------------------------------------------
 */

static void person_json(struct hy_json *j, const char *key, const struct board_person *p,
			const struct hy_zone *zone)
{
	hy_json_key(j, key);
	if (!p->name.n) {
		hy_json_null(j);
		return;
	}
	hy_json_obj(j);
	hy_json_kstr(j, "name", p->name);
	hy_json_kbool(j, "away", p->away);
	hy_json_kstr(j, "kind", p->away ? absence_kinds[p->kind].id : HY_S(""));
	hy_json_key(j, "until");
	if (p->away)
		hy_json_str(j, hy_instant_text(j->b->a, zone, p->until));
	else
		hy_json_null(j);
	hy_json_obj_end(j);
}

void board_json(struct hy_json *j, const struct board *b, const struct hy_zone *zone)
{
	hy_json_obj(j);
	hy_json_kstr(j, "unit", b->unit);
	hy_json_kstr(j, "name", b->name);
	hy_json_kstr(j, "now", hy_instant_text(j->b->a, zone, b->now));
	hy_json_key(j, "plates");
	hy_json_arr(j);
	for (size_t i = 0; i < b->n_plates; i++) {
		const struct board_plate *p = &b->plates[i];
		hy_json_obj(j);
		hy_json_kstr(j, "post", p->post);
		hy_json_kstr(j, "title", p->title);
		hy_json_kstr(j, "unit", p->unit);
		hy_json_kstr(j, "unit_name", unit_name_on(b->book, p->unit, b->today));
		matter_text_json(j, "role_title", p->role);
		person_json(j, "a", &p->seat[0], zone);
		person_json(j, "b", &p->seat[1], zone);
		hy_json_kstr(j, "acting", p->acting);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "items");
	hy_json_arr(j);
	for (size_t i = 0; i < b->items.n; i++)
		item_row_json(j, &b->items.v[i], b->book, b->today);
	hy_json_arr_end(j);
	hy_json_kint(j, "fees", (int64_t)b->fees.n);
	hy_json_obj_end(j);
}

/* --- as papers to be put up ----------------------------------------------------------------------
 */

const char *const board_form_names[] = { "plates", "whereabouts", "signpost", "open", NULL };

bool board_form_of(hy_str word, enum board_form *out)
{
	for (int i = 0; i < BOARD__FORMS; i++)
		if (hy_str_eq(word, hy_str_of(board_form_names[i]))) {
			*out = (enum board_form)i;
			return true;
		}
	return false;
}

struct writing {
	struct hy_arena *a;
	const struct board *b;
	const struct hy_zone *zone;
	HY_VEC(struct paper_part) parts;
	HY_VEC(hy_str) cells;
};

static void line(struct writing *w, enum paper_level level, hy_str text)
{
	*hy_push(w->a, &w->parts) = (struct paper_part){ .level = level, .text = text };
}

static void cell(struct writing *w, hy_str text)
{
	*hy_push(w->a, &w->cells) = text.n ? text : HY_S("—");
}

static void table(struct writing *w, const struct paper_column *columns, size_t n)
{
	struct paper_table *t = hy_new(w->a, struct paper_table);

	if (!w->cells.n) {
		line(w, PAPER_BODY, HY_S("（没有登记）"));
		return;
	}
	*t = (struct paper_table){ columns, n, w->cells.v, w->cells.n / n };
	*hy_push(w->a, &w->parts) = (struct paper_part){ .level = PAPER_TABLE, .table = t };
	w->cells.v = NULL;
	w->cells.n = w->cells.cap = 0;
}

/* "9月24日 17:00" */
static hy_str until(const struct writing *w, hy_ms at)
{
	int ms = 0;
	struct hy_date d = hy_date_of(hy_local(w->zone, at, &ms));

	return hy_printf(w->a, "%d月%d日 %02d:%02d", d.month, d.day, ms / (int)HY_HOUR,
			 ms / (int)HY_MINUTE % 60);
}

static hy_str where(const struct writing *w, const struct board_person *p)
{
	if (!p->name.n)
		return HY_S("空岗");
	if (!p->away)
		return HY_S("在岗");
	return hy_printf(w->a, HY_FMT "，" HY_FMT "返岗", HY_ARG(absence_kinds[p->kind].title[0]),
			 HY_ARG(until(w, p->until)));
}

static void plates(struct writing *w)
{
	static const struct paper_column columns[] = {
		{ HY_S_INIT("单位"), 5, false },	{ HY_S_INIT("岗位"), 4, false },
		{ HY_S_INIT("职责"), 3, false },	{ HY_S_INIT("A岗"), 3, false },
		{ HY_S_INIT("B岗（替岗）"), 3, false },
	};

	for (size_t i = 0; i < w->b->n_plates; i++) {
		const struct board_plate *p = &w->b->plates[i];
		cell(w, unit_name_on(w->b->book, p->unit, w->b->today));
		cell(w, p->title);
		cell(w, p->role->zh_cn);
		cell(w, p->seat[0].name);
		cell(w, p->seat[1].name);
	}
	table(w, columns, HY_COUNT(columns));
}

static void whereabouts(struct writing *w)
{
	static const struct paper_column columns[] = {
		{ HY_S_INIT("单位"), 5, false },     { HY_S_INIT("岗位"), 3, false },
		{ HY_S_INIT("姓名"), 2, false },     { HY_S_INIT("去向"), 6, false },
		{ HY_S_INIT("此时找谁"), 3, false },
	};

	for (size_t i = 0; i < w->b->n_plates; i++) {
		const struct board_plate *p = &w->b->plates[i];
		cell(w, unit_name_on(w->b->book, p->unit, w->b->today));
		cell(w, p->title);
		cell(w, p->seat[0].name);
		cell(w, where(w, &p->seat[0]));
		cell(w, p->acting.n ? p->acting : p->seat[0].away ? HY_S("") : p->seat[0].name);
	}
	table(w, columns, HY_COUNT(columns));
}

static hy_str limit_of(const struct writing *w, struct item_limit l)
{
	return l.given ? item_limit_words(w->a, l, HY_S("zh-CN")) : HY_S("未登记");
}

static void signpost(struct writing *w)
{
	static const struct paper_column columns[] = {
		{ HY_S_INIT("事项"), 7, false },     { HY_S_INIT("编码"), 3, false },
		{ HY_S_INIT("单位"), 5, false },     { HY_S_INIT("承诺时限"), 3, false },
		{ HY_S_INIT("法定时限"), 3, false },
	};

	for (size_t i = 0; i < w->b->items.n; i++) {
		const struct item_content *c = &w->b->items.v[i].v.content;
		cell(w, c->name);
		cell(w, w->b->items.v[i].code);
		cell(w, unit_name_on(w->b->book, c->unit, w->b->today));
		cell(w, limit_of(w, c->pledged));
		cell(w, limit_of(w, c->statutory));
	}
	table(w, columns, HY_COUNT(columns));
}

static void fees(struct writing *w)
{
	static const struct paper_column columns[] = {
		{ HY_S_INIT("事项"), 5, false },
		{ HY_S_INIT("收费项目"), 4, false },
		{ HY_S_INIT("标准"), 3, false },
		{ HY_S_INIT("依据"), 6, false },
	};

	for (size_t i = 0; i < w->b->fees.n; i++) {
		const struct item_fee_row *r = &w->b->fees.v[i];
		bool gone = r->abolished != HY_NO_DAY;
		cell(w, r->name);
		cell(w, r->fee.name);
		cell(w, gone ? hy_printf(w->a, "%s取消", hy_day_text(w->a, r->abolished).p)
			     : r->fee.standard);
		cell(w, gone ? r->document : r->fee.basis);
	}
	table(w, columns, HY_COUNT(columns));
}

static void open_column(struct writing *w)
{
	line(w, PAPER_HEAD, HY_S("谁在岗、谁替岗"));
	whereabouts(w);
	line(w, PAPER_HEAD, HY_S("办什么事、几天办完"));
	signpost(w);
	line(w, PAPER_HEAD, HY_S("收什么费、凭什么收"));
	fees(w);
	line(w, PAPER_HEAD, HY_S("七项承诺"));
	line(w, PAPER_SMALL,
	     HY_S("首问负责：第一个被问到的人负责解答、办理或者引导到底。一次告知：缺什么材料，一次"
		  "书面说全。"
		  "限时办结：在上列期限内办完，超过的自动亮灯、发牌。A岗不在B岗顶：不因人不在而停办"
		  "。"
		  "否定报备：不予受理、不予许可的，书面说明理由、依据和救济途径，并经领导批准、登记"
		  "备案。"
		  "收费公开：上表以外不收费。失职追究：对办理不满意的，可以评价、申请重办或者投诉"
		  "。"));
}

enum hy_code board_pdf(struct hy_arena *a, const struct board *b, const struct hy_zone *zone,
		       enum board_form form, struct paper_result *out, struct hy_err *e)
{
	static const struct {
		const char *title;
		void (*write)(struct writing *w);
	} forms[BOARD__FORMS] = {
		[BOARD_PLATES] = { "岗位牌", plates },
		[BOARD_WHEREABOUTS] = { "去向牌", whereabouts },
		[BOARD_SIGNPOST] = { "导办牌", signpost },
		[BOARD_OPEN] = { "公开栏", open_column },
	};
	struct writing w = { .a = a, .b = b, .zone = zone };

	forms[form].write(&w);
	const struct paper p = {
		.format = PAPER_REPORT,
		.title = hy_printf(a, HY_FMT "%s", HY_ARG(b->name), forms[form].title),
		.number = hy_printf(a, "%s　" HY_FMT, "截至", HY_ARG(until(&w, b->now))),
		.parts = w.parts.v,
		.n_parts = w.parts.n,
		.date = HY_NO_DAY,
	};
	return paper_pdf(a, &p, out, e);
}
