/* /api/v1/tables/matters: a list of matters as a file, for those who may take one out. */
#include "matter/api.h"
#include "matter/sight.h"
#include "sheet/sheet.h"

enum { PAGE = 200, MOST = 20000 };

static const struct hy_field fields[] = {
	API_LIST_FIELDS,
	HY_FIELD_WORD(struct api_list, form, false, "csv|xlsx"),
	HY_FIELD_BOOL(struct api_list, bom, false),
	{ 0 },
};

#define T PACK_TEXT
static const struct {
	struct pack_text title;
	int width;
} heads[] = {
	{ T("编号", "編號", "Code"), 16 },
	{ T("事项", "事項", "Title"), 40 },
	{ T("种类", "種類", "Kind"), 12 },
	{ T("状态", "狀態", "State"), 12 },
	{ T("灯", "燈", "Light"), 6 },
	{ T("类别", "類別", "Class"), 14 },
	{ T("渠道", "渠道", "Channel"), 10 },
	{ T("承办单位", "承辦單位", "Unit"), 26 },
	{ T("承办人", "承辦人", "Person"), 12 },
	{ T("地点", "地點", "Place"), 26 },
	{ T("登记时间", "登記時間", "Filed"), 17 },
	{ T("到期", "到期", "Due"), 17 },
	{ T("答复时间", "答覆時間", "Answered"), 17 },
	{ T("办结时间", "辦結時間", "Finished"), 17 },
	{ T("按时与否", "按時與否", "In time"), 10 },
	{ T("评价", "評價", "Rating"), 8 },
	{ T("移交次数", "移交次數", "Hand-offs"), 10 },
	{ T("退回次数", "退回次數", "Returns"), 10 },
	{ T("重办次数", "重辦次數", "Reopened"), 10 },
};
static const struct pack_text lights[] = { T("", "", ""),	    T("绿", "綠", "green"),
					   T("蓝", "藍", "blue"),   T("黄", "黃", "yellow"),
					   T("橙", "橙", "orange"), T("红", "紅", "red") };
static const struct pack_text verdicts[] = { T("", "", ""), T("按时", "按時", "in time"),
					     T("超期", "超期", "late") };

struct writing {
	struct hy_arena *a; /* of a page */
	struct city *c;
	hy_str language;
	hy_ms now;
};

static hy_str word_of(const struct writing *w, enum pack_list list, hy_str id)
{
	const struct pack_word *word = pack_word(city_pack(w->c), list, id);

	return word ? pack_say(&word->title, w->language) : id;
}

static struct sheet_cell instant(const struct writing *w, hy_ms at)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->c)->calendar);

	if (at == 0 || at == HY_NO_TIME)
		return (struct sheet_cell){ 0 };
	/* "2026-03-02 09:00": what a spreadsheet takes for a time. */
	hy_str text = hy_str_dup(w->a, hy_str_head(hy_instant_text(w->a, zone, at), 16));
	((char *)text.p)[10] = ' ';
	return sheet_words(text);
}

static enum hy_code write_row(const struct writing *w, struct sheet *to, const struct matter_row *m,
			      struct hy_err *e)
{
	const struct pack_kind *kind = pack_kind(city_pack(w->c), m->kind);
	int state = kind ? pack_state_index(kind, m->state) : -1;
	const struct sheet_cell cells[] = {
		sheet_words(m->code),
		sheet_words(m->title),
		sheet_words(kind ? pack_say(&kind->title, w->language) : m->kind),
		sheet_words(state >= 0 ? pack_say(&kind->states[state].title, w->language)
				       : m->state),
		sheet_words(
			m->open ? pack_say(&lights[matter_light(m->lights, w->now)], w->language)
				: HY_S("")),
		sheet_words(word_of(w, PACK_CLASSES, m->cls)),
		sheet_words(word_of(w, PACK_CHANNELS, m->channel)),
		sheet_words(m->unit_name),
		sheet_words(m->person),
		sheet_words(m->place),
		instant(w, m->filed_at),
		instant(w, m->due_at),
		instant(w, m->answered_at),
		instant(w, m->closed_at),
		sheet_words(pack_say(&verdicts[m->verdict], w->language)),
		m->rating ? sheet_number(m->rating) : (struct sheet_cell){ 0 },
		sheet_number(m->hand_offs),
		sheet_number(m->returns),
		sheet_number(m->reopens),
	};

	_Static_assert(HY_COUNT(cells) == HY_COUNT(heads), "a cell for each head");
	return sheet_row(to, cells, e);
}

static void begin(const struct writing *w, struct sheet *to)
{
	struct sheet_column columns[HY_COUNT(heads)];

	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] = (struct sheet_column){ .title = pack_say(&heads[i].title, w->language),
						    .width = heads[i].width };
	sheet_begin(to, HY_S("matters"), columns, HY_COUNT(columns));
}

/* A page in an arena of its own: a long file does not stay in memory as rows. */
static enum hy_code write_page(struct hy_request *r, struct hy_db *db,
			       const struct matter_filter *f, struct writing *w, hy_str *cursor,
			       struct sheet *to, int *n, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct api_list *q = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_EXPORT);
	struct matter_page page = { 0 };
	enum hy_code code =
		matter_list(a, db, &scope, f, api_list_order(q), *cursor, PAGE, &page, e);

	w->a = a;
	*n += (int)page.n;
	if (!code && *n > MOST)
		code = hy_fail(e, HY_TOO_LARGE, "filed_from",
			       "more than %d matters: take them out in parts, by filed_from and "
			       "filed_to",
			       MOST);
	if (!code)
		code = sight_rows(db, a, api_actor(r), page.v, page.n, e);
	for (size_t i = 0; !code && i < page.n; i++)
		code = write_row(w, to, &page.v[i], e);
	*cursor = hy_str_dup(hy_request_arena(r), page.next);
	return code;
}

static enum hy_code fill(struct hy_request *r, struct hy_db *db, struct sheet *to, struct hy_err *e)
{
	struct matter_filter f = api_list_filter(r, hy_request_query(r));
	struct writing w = { .c = api_city(r), .language = hy_request_language(r), .now = f.now };
	hy_str cursor = HY_S("");
	enum hy_code code;
	int n = 0;

	begin(&w, to);
	do
		code = write_page(r, db, &f, &w, &cursor, to, &n, e);
	while (!code && cursor.n);
	return code;
}

static enum hy_code aside(struct hy_request *r, struct hy_err *e)
{
	const struct api_list *q = hy_request_query(r);
	const struct api_sheet s = { .what = "tables/matters",
				     .name = "matters",
				     .xlsx = hy_str_eq(q->form, HY_S("xlsx")),
				     .bom = q->bom,
				     .fill = fill };

	return api_answer_sheet(r, &s, e);
}

static enum hy_code matters(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, aside, e);
}

const struct hy_route table_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/tables/matters",
	  .permission = "matter.export",
	  .summary = "A list of matters as CSV or XLSX; that is recorded",
	  .query = fields,
	  .query_size = sizeof(struct api_list),
	  .pace = HY_PACE_HEAVY,
	  .run = matters },
	{ 0 },
};
