/* What an item says: reading, checking, writing; pure. */
#include "service/item_row.h"

/* clang-format off */
const struct item_type_row item_types[] = {
	{ HY_S_INIT("licence"), HY_S_INIT("1"), { HY_S_INIT("行政许可"), HY_S_INIT("行政許可"), HY_S_INIT("Licence") } },
	{ HY_S_INIT("penalty"), HY_S_INIT("2"), { HY_S_INIT("行政处罚"), HY_S_INIT("行政處罰"), HY_S_INIT("Penalty") } },
	{ HY_S_INIT("coercion"), HY_S_INIT("3"), { HY_S_INIT("行政强制"), HY_S_INIT("行政強制"), HY_S_INIT("Coercive measure") } },
	{ HY_S_INIT("levy"), HY_S_INIT("4"), { HY_S_INIT("行政征收"), HY_S_INIT("行政徵收"), HY_S_INIT("Levy") } },
	{ HY_S_INIT("grant"), HY_S_INIT("5"), { HY_S_INIT("行政给付"), HY_S_INIT("行政給付"), HY_S_INIT("Benefit") } },
	{ HY_S_INIT("inspection"), HY_S_INIT("6"), { HY_S_INIT("行政检查"), HY_S_INIT("行政檢查"), HY_S_INIT("Inspection") } },
	{ HY_S_INIT("confirmation"), HY_S_INIT("7"), { HY_S_INIT("行政确认"), HY_S_INIT("行政確認"), HY_S_INIT("Confirmation") } },
	{ HY_S_INIT("reward"), HY_S_INIT("8"), { HY_S_INIT("行政奖励"), HY_S_INIT("行政獎勵"), HY_S_INIT("Reward") } },
	{ HY_S_INIT("ruling"), HY_S_INIT("9"), { HY_S_INIT("行政裁决"), HY_S_INIT("行政裁決"), HY_S_INIT("Ruling") } },
	{ HY_S_INIT("other"), HY_S_INIT("10"), { HY_S_INIT("其他行政权力"), HY_S_INIT("其他行政權力"), HY_S_INIT("Other power") } },
	{ HY_S_INIT("service"), HY_S_INIT("20"), { HY_S_INIT("公共服务"), HY_S_INIT("公共服務"), HY_S_INIT("Public service") } },
	{ HY_S_INIT("internal"), HY_S_INIT(""), { HY_S_INIT("机关内部事项"), HY_S_INIT("機關內部事項"), HY_S_INIT("Inside the office") } },
};
const size_t n_item_types = HY_COUNT(item_types);

const struct item_state_row item_states[ITEM__STATES] = {
	[ITEM_KEPT] = { HY_S_INIT("kept"), { HY_S_INIT("保留"), HY_S_INIT("保留"), HY_S_INIT("kept") } },
	[ITEM_CUT] = { HY_S_INIT("cut"), { HY_S_INIT("取消"), HY_S_INIT("取消"), HY_S_INIT("cut") } },
	[ITEM_MERGED] = { HY_S_INIT("merged"), { HY_S_INIT("合并"), HY_S_INIT("合併"), HY_S_INIT("merged") } },
	[ITEM_HANDED] = { HY_S_INIT("handed_down"), { HY_S_INIT("下放"), HY_S_INIT("下放"), HY_S_INIT("handed down") } },
};

const struct item_gap_row item_gaps[GAP__N] = {
	[GAP_STATUTORY] = { HY_S_INIT("no_statutory_limit"), { HY_S_INIT("缺法定时限"), HY_S_INIT("缺法定時限"), HY_S_INIT("no statutory limit") } },
	[GAP_PLEDGED] = { HY_S_INIT("no_pledged_limit"), { HY_S_INIT("缺承诺时限"), HY_S_INIT("缺承諾時限"), HY_S_INIT("no pledged limit") } },
	[GAP_BASIS] = { HY_S_INIT("no_basis"), { HY_S_INIT("缺设定依据"), HY_S_INIT("缺設定依據"), HY_S_INIT("no legal basis") } },
	[GAP_CONDITIONS] = { HY_S_INIT("no_conditions"), { HY_S_INIT("缺受理条件"), HY_S_INIT("缺受理條件"), HY_S_INIT("no conditions") } },
	[GAP_PAPERS] = { HY_S_INIT("no_papers"), { HY_S_INIT("缺申请材料"), HY_S_INIT("缺申請材料"), HY_S_INIT("no papers") } },
	[GAP_STEPS] = { HY_S_INIT("no_steps"), { HY_S_INIT("缺办理环节"), HY_S_INIT("缺辦理環節"), HY_S_INIT("no steps") } },
};
/* clang-format on */

static bool one_of(hy_str word, hy_str id, const hy_str title[3])
{
	return hy_str_eq(word, id) || hy_str_eq(word, title[0]) || hy_str_eq(word, title[1]) ||
	       hy_str_eq(word, title[2]);
}

const struct item_type_row *item_type_of(hy_str word)
{
	if (word.n == 2 && word.p[0] == '0') /* "01" */
		word = (hy_str){ word.p + 1, 1 };
	for (size_t i = 0; word.n && i < n_item_types; i++)
		if (one_of(word, item_types[i].id, item_types[i].title) ||
		    hy_str_eq(word, item_types[i].number))
			return &item_types[i];
	return NULL;
}

bool item_state_of(hy_str word, enum item_state *out)
{
	for (int i = 0; i < ITEM__STATES; i++)
		if (one_of(word, item_states[i].id, item_states[i].title)) {
			*out = (enum item_state)i;
			return true;
		}
	return false;
}

/* --- limits -------------------------------------------------------------------------------------
 */

static const struct {
	hy_str words;
	enum hy_unit unit;
} limit_words[] = {
	{ HY_S_INIT("个工作日"), HY_WORKING_DAY },
	{ HY_S_INIT("個工作日"), HY_WORKING_DAY },
	{ HY_S_INIT("工作日"), HY_WORKING_DAY },
	{ HY_S_INIT("个工作小时"), HY_WORKING_HOUR },
	{ HY_S_INIT("个自然日"), HY_CALENDAR_DAY },
	{ HY_S_INIT("個自然日"), HY_CALENDAR_DAY },
	{ HY_S_INIT("自然日"), HY_CALENDAR_DAY },
	{ HY_S_INIT("日"), HY_CALENDAR_DAY },
	{ HY_S_INIT("天"), HY_CALENDAR_DAY },
	{ HY_S_INIT("个月"), HY_MONTH },
	{ HY_S_INIT("個月"), HY_MONTH },
	{ HY_S_INIT("小时"), HY_CLOCK_HOUR },
	{ HY_S_INIT("小時"), HY_CLOCK_HOUR },
};

bool item_limit_read(hy_str s, struct item_limit *out)
{
	static const hy_str spot[] = { HY_S_INIT("0wd"),	HY_S_INIT("即办"),
				       HY_S_INIT("即辦"),	HY_S_INIT("即时"),
				       HY_S_INIT("当场办结"),	HY_S_INIT("當場辦結"),
				       HY_S_INIT("on the spot") };
	struct hy_limit l;
	int64_t n;

	s = hy_str_trim(s);
	for (size_t i = 0; i < HY_COUNT(spot); i++)
		if (hy_str_eq(s, spot[i])) {
			*out = (struct item_limit){ true, { HY_WORKING_DAY, 0 } };
			return true;
		}
	for (size_t i = 0; i < HY_COUNT(limit_words); i++) {
		hy_str w = limit_words[i].words;
		if (!hy_str_ends(s, w))
			continue;
		hy_str head = hy_str_trim((hy_str){ s.p, s.n - w.n });
		if (!hy_str_int(head, &n) || n < 1 || n > 3650)
			return false;
		*out = (struct item_limit){ true, { limit_words[i].unit, (int)n } };
		return true;
	}
	if (!hy_limit_read(s, &l) || l.n < 1)
		return false;
	*out = (struct item_limit){ true, l };
	return true;
}

hy_str item_limit_text(struct hy_arena *a, struct item_limit l)
{
	return !l.given ? HY_S("") : l.limit.n == 0 ? HY_S("0wd") : hy_limit_text(a, l.limit);
}

hy_str item_limit_words(struct hy_arena *a, struct item_limit l, hy_str language)
{
	static const struct pack_text on_the_spot = PACK_TEXT("即办", "即辦", "on the spot");

	return !l.given		? HY_S("")
	       : l.limit.n == 0 ? pack_say(&on_the_spot, language)
				: pack_limit_say(a, l.limit, language);
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

struct reading {
	struct hy_arena *a;
	struct hy_err *e;
};

static enum hy_code text_of(struct reading *r, const char *key, const json_t *v, hy_str *out)
{
	if (!json_is_string(v))
		return hy_fail(r->e, HY_BAD_FIELD, key, "must be a text");
	*out = hy_str_dup(r->a, (hy_str){ json_string_value(v), json_string_length(v) });
	return HY_OK;
}

static enum hy_code limit_of(struct reading *r, const char *key, const json_t *v,
			     struct item_limit *out)
{
	hy_str s;
	enum hy_code c = text_of(r, key, v, &s);

	if (!c && s.n && !item_limit_read(s, out))
		c = hy_fail(r->e, HY_BAD_FIELD, key,
			    "must be a time with its unit, such as 5wd, 30cd, 5个工作日 or 即办");
	return c;
}

static enum hy_code array_of(struct reading *r, const char *key, const json_t *v)
{
	if (!json_is_array(v) || json_array_size(v) > ITEM_LIST_MOST)
		return hy_fail(r->e, HY_BAD_FIELD, key, "must be a list of at most %d",
			       ITEM_LIST_MOST);
	return HY_OK;
}

static enum hy_code texts_of(struct reading *r, const char *key, const json_t *v,
			     struct item_texts *out)
{
	enum hy_code c = array_of(r, key, v);

	if (c)
		return c;
	out->n = json_array_size(v);
	out->v = hy_new_n(r->a, hy_str, out->n + 1);
	for (size_t i = 0; !c && i < out->n; i++)
		c = text_of(r, key, json_array_get(v, i), &out->v[i]);
	return c;
}

/* One member of a row of a list. */
enum part_kind { PART_TEXT, PART_COUNT, PART_LIMIT, PART_FLAG };
struct part {
	const char *key;
	enum part_kind kind;
	size_t at;
};
static const struct part paper_parts[] = {
	{ "name", PART_TEXT, offsetof(struct item_paper, name) },
	{ "copies", PART_COUNT, offsetof(struct item_paper, copies) },
	{ "sample", PART_TEXT, offsetof(struct item_paper, sample) },
	{ 0 },
};
static const struct part step_parts[] = {
	{ "name", PART_TEXT, offsetof(struct item_step, name) },
	{ "section", PART_TEXT, offsetof(struct item_step, section) },
	{ "post", PART_TEXT, offsetof(struct item_step, post) },
	{ "limit", PART_LIMIT, offsetof(struct item_step, limit) },
	{ "beside", PART_FLAG, offsetof(struct item_step, beside) },
	{ 0 },
};
static const struct part fee_parts[] = {
	{ "name", PART_TEXT, offsetof(struct item_fee, name) },
	{ "standard", PART_TEXT, offsetof(struct item_fee, standard) },
	{ "basis", PART_TEXT, offsetof(struct item_fee, basis) },
	{ 0 },
};

static enum hy_code part_of(struct reading *r, const char *list, const struct part *p,
			    const json_t *v, char *row)
{
	switch (p->kind) {
	case PART_TEXT:
		return text_of(r, list, v, (hy_str *)(void *)(row + p->at));
	case PART_LIMIT:
		return limit_of(r, list, v, (struct item_limit *)(void *)(row + p->at));
	case PART_COUNT:
		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 99)
			return hy_fail(r->e, HY_BAD_FIELD, list, "%s must be 0 to 99", p->key);
		*(int64_t *)(void *)(row + p->at) = json_integer_value(v);
		return HY_OK;
	case PART_FLAG:
		if (!json_is_boolean(v))
			return hy_fail(r->e, HY_BAD_FIELD, list, "%s must be true or false",
				       p->key);
		*(bool *)(row + p->at) = json_is_true(v);
		return HY_OK;
	}
	return HY_OK;
}

static enum hy_code rows_of(struct reading *r, const char *list, const json_t *v,
			    const struct part *parts, size_t size, void *rows_out, size_t *n_out)
{
	enum hy_code c = array_of(r, list, v);

	if (c)
		return c;
	size_t n = json_array_size(v);
	char *rows = hy_arena_take_n(r->a, size, n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *key;
		json_t *o = json_array_get(v, i), *one;
		if (!json_is_object(o))
			return hy_fail(r->e, HY_BAD_FIELD, list, "must be a list of objects");
		json_object_foreach (o, key, one) {
			const struct part *p = parts;
			while (p->key && strcmp(p->key, key) != 0)
				p++;
			if (!p->key)
				return hy_fail(r->e, HY_BAD_FIELD, list,
					       "has no member '" HY_FMT "'",
					       HY_ARG(hy_str_head(hy_str_of(key), 40)));
			c = part_of(r, list, p, one, rows + i * size);
			if (c)
				return c;
		}
	}
	memcpy(rows_out, &rows, sizeof(rows));
	*n_out = n;
	return HY_OK;
}

enum hy_code item_content_read(struct hy_arena *a, const json_t *v, struct item_content *out,
			       struct hy_err *e)
{
	struct reading r = { a, e };
	struct item_content x = { 0 };
	const struct {
		const char *key;
		hy_str *text;
		struct item_texts *texts;
		struct item_limit *limit;
	} members[] = {
		{ .key = "name", .text = &x.name },
		{ .key = "type", .text = &x.type },
		{ .key = "unit", .text = &x.unit },
		{ .key = "national", .text = &x.national },
		{ .key = "region", .text = &x.region },
		{ .key = "group", .text = &x.group },
		{ .key = "link", .text = &x.link },
		{ .key = "basis", .texts = &x.basis },
		{ .key = "conditions", .texts = &x.conditions },
		{ .key = "channels", .texts = &x.channels },
		{ .key = "tags", .texts = &x.tags },
		{ .key = "statutory", .limit = &x.statutory },
		{ .key = "pledged", .limit = &x.pledged },
	};
	const char *key;
	json_t *one;

	if (!json_is_object(v))
		return hy_fail(e, HY_BAD_FIELD, "content", "must be an object");
	json_object_foreach ((json_t *)v, key, one) {
		enum hy_code c = HY_OK;
		size_t i = 0;
		while (i < HY_COUNT(members) && strcmp(members[i].key, key) != 0)
			i++;
		if (i < HY_COUNT(members))
			c = members[i].text    ? text_of(&r, key, one, members[i].text)
			    : members[i].texts ? texts_of(&r, key, one, members[i].texts)
					       : limit_of(&r, key, one, members[i].limit);
		else if (strcmp(key, "papers") == 0)
			c = rows_of(&r, "papers", one, paper_parts, sizeof(*x.papers), &x.papers,
				    &x.n_papers);
		else if (strcmp(key, "steps") == 0)
			c = rows_of(&r, "steps", one, step_parts, sizeof(*x.steps), &x.steps,
				    &x.n_steps);
		else if (strcmp(key, "fees") == 0)
			c = rows_of(&r, "fees", one, fee_parts, sizeof(*x.fees), &x.fees,
				    &x.n_fees);
		else
			c = hy_fail(e, HY_BAD_FIELD, "content", "has no member '" HY_FMT "'",
				    HY_ARG(hy_str_head(hy_str_of(key), 40)));
		if (c)
			return c;
	}
	enum hy_code c = item_content_check(a, &x, e);
	if (!c)
		*out = x;
	return c;
}

/* --- checking
 * --------------------------------------------------------------------------------------- */

static enum hy_code check_text(const char *field, hy_str s, bool required, size_t most,
			       struct hy_err *e)
{
	if (required && !s.n)
		return hy_fail(e, HY_BAD_FIELD, field, "is missing");
	if (!hy_str_utf8(s, NULL) || hy_str_chars(s) > most)
		return hy_fail(e, HY_BAD_FIELD, field, "must be text of at most %zu characters",
			       most);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return hy_fail(e, HY_BAD_FIELD, field,
				       "must stand on one line, without control characters");
	if (hy_str_trim(s).n != s.n)
		return hy_fail(e, HY_BAD_FIELD, field, "must have no blanks around it");
	return HY_OK;
}

static enum hy_code check_texts(const char *field, const struct item_texts *t, size_t most,
				struct hy_err *e)
{
	enum hy_code c = HY_OK;

	if (t->n > ITEM_LIST_MOST)
		return hy_fail(e, HY_BAD_FIELD, field, "at most %d are possible", ITEM_LIST_MOST);
	for (size_t i = 0; !c && i < t->n; i++)
		c = check_text(field, t->v[i], true, most, e);
	return c;
}

static enum hy_code check_limits(struct hy_arena *a, const struct item_content *x, struct hy_err *e)
{
	struct hy_limit s = x->statutory.limit, p = x->pledged.limit;

	if (!x->pledged.given || !x->statutory.given)
		return HY_OK;
	if (p.n && s.unit != p.unit)
		return hy_fail(e, HY_BAD_FIELD, "pledged",
			       "must be in the unit of the statutory limit (" HY_FMT "); " HY_FMT
			       " is not",
			       HY_ARG(item_limit_text(a, x->statutory)),
			       HY_ARG(item_limit_text(a, x->pledged)));
	if (p.n > s.n)
		return hy_fail(e, HY_BAD_FIELD, "pledged",
			       HY_FMT " is above the statutory limit of " HY_FMT,
			       HY_ARG(item_limit_text(a, x->pledged)),
			       HY_ARG(item_limit_text(a, x->statutory)));
	return HY_OK;
}

enum hy_code item_content_check(struct hy_arena *a, const struct item_content *x, struct hy_err *e)
{
	enum hy_code c = check_text("name", x->name, true, ITEM_LINE_MOST, e);

	if (!c && !x->type.n)
		c = hy_fail(e, HY_BAD_FIELD, "type", "is missing");
	if (!c) {
		const struct item_type_row *t = item_type_of(x->type);
		if (!t || !hy_str_eq(t->id, x->type))
			c = hy_fail(e, HY_BAD_FIELD, "type",
				    "'" HY_FMT "' is none of the types of items",
				    HY_ARG(hy_str_head(x->type, 40)));
	}
	if (!c)
		c = check_text("unit", x->unit, true, 40, e);
	if (!c)
		c = check_text("national", x->national, false, ITEM_CODE_MOST, e);
	if (!c)
		c = check_text("region", x->region, false, 40, e);
	if (!c)
		c = check_text("group", x->group, false, ITEM_LINE_MOST, e);
	if (!c)
		c = check_text("link", x->link, false, ITEM_TEXT_MOST, e);
	if (!c && x->link.n && !hy_str_starts(x->link, HY_S("http://")) &&
	    !hy_str_starts(x->link, HY_S("https://")))
		c = hy_fail(e, HY_BAD_FIELD, "link", "must begin with https:// or http://");
	if (!c)
		c = check_texts("basis", &x->basis, ITEM_TEXT_MOST, e);
	if (!c)
		c = check_texts("conditions", &x->conditions, ITEM_TEXT_MOST, e);
	if (!c)
		c = check_texts("channels", &x->channels, ITEM_LINE_MOST, e);
	if (!c)
		c = check_texts("tags", &x->tags, 40, e);
	for (size_t i = 0; !c && i < x->tags.n; i++)
		if (memchr(x->tags.v[i].p, '|', x->tags.v[i].n))
			c = hy_fail(e, HY_BAD_FIELD, "tags", "must not hold a |");
	for (size_t i = 0; !c && i < x->n_papers; i++) {
		c = check_text("papers", x->papers[i].name, true, ITEM_LINE_MOST, e);
		if (!c)
			c = check_text("papers", x->papers[i].sample, false, ITEM_TEXT_MOST, e);
	}
	for (size_t i = 0; !c && i < x->n_steps; i++) {
		const struct item_step *s = &x->steps[i];
		c = check_text("steps", s->name, true, ITEM_LINE_MOST, e);
		if (!c)
			c = check_text("steps", s->section, false, ITEM_LINE_MOST, e);
		if (!c)
			c = check_text("steps", s->post, false, 40, e);
		if (!c && s->beside && i == 0)
			c = hy_fail(e, HY_BAD_FIELD, "steps",
				    "the first step cannot be beside another one");
	}
	for (size_t i = 0; !c && i < x->n_fees; i++) {
		c = check_text("fees", x->fees[i].name, true, ITEM_LINE_MOST, e);
		if (!c)
			c = check_text("fees", x->fees[i].standard, true, ITEM_TEXT_MOST, e);
		if (!c)
			c = check_text("fees", x->fees[i].basis, true, ITEM_TEXT_MOST, e);
	}
	return c ? c : check_limits(a, x, e);
}

unsigned item_missing(const struct item_content *c)
{
	const bool there[GAP__N] = {
		[GAP_STATUTORY] = c->statutory.given, [GAP_PLEDGED] = c->pledged.given,
		[GAP_BASIS] = c->basis.n > 0,	      [GAP_CONDITIONS] = c->conditions.n > 0,
		[GAP_PAPERS] = c->n_papers > 0,	      [GAP_STEPS] = c->n_steps > 0
	};
	unsigned bits = 0;

	for (int i = 0; i < GAP__N; i++)
		bits |= (unsigned)!there[i] << i;
	return bits;
}

/* --- writing
 * ------------------------------------------------------------------------------------------ */

static void put_text(struct hy_json *j, const char *key, hy_str s)
{
	if (s.n)
		hy_json_kstr(j, key, s);
}

static void put_texts(struct hy_json *j, const char *key, const struct item_texts *t)
{
	if (!t->n)
		return;
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < t->n; i++)
		hy_json_str(j, t->v[i]);
	hy_json_arr_end(j);
}

static void put_fees(struct hy_json *j, const struct item_content *c)
{
	if (!c->n_fees)
		return;
	hy_json_key(j, "fees");
	hy_json_arr(j);
	for (size_t i = 0; i < c->n_fees; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "basis", c->fees[i].basis);
		hy_json_kstr(j, "name", c->fees[i].name);
		hy_json_kstr(j, "standard", c->fees[i].standard);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void put_papers(struct hy_json *j, const struct item_content *c)
{
	if (!c->n_papers)
		return;
	hy_json_key(j, "papers");
	hy_json_arr(j);
	for (size_t i = 0; i < c->n_papers; i++) {
		hy_json_obj(j);
		if (c->papers[i].copies)
			hy_json_kint(j, "copies", c->papers[i].copies);
		hy_json_kstr(j, "name", c->papers[i].name);
		put_text(j, "sample", c->papers[i].sample);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void put_steps(struct hy_json *j, const struct item_content *c)
{
	if (!c->n_steps)
		return;
	hy_json_key(j, "steps");
	hy_json_arr(j);
	for (size_t i = 0; i < c->n_steps; i++) {
		const struct item_step *s = &c->steps[i];
		hy_json_obj(j);
		if (s->beside)
			hy_json_kbool(j, "beside", true);
		put_text(j, "limit", item_limit_text(j->b->a, s->limit));
		hy_json_kstr(j, "name", s->name);
		put_text(j, "post", s->post);
		put_text(j, "section", s->section);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

/* Keys ascend: this text goes into the log as it is. */
hy_str item_content_text(struct hy_arena *a, const struct item_content *c)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	put_texts(&j, "basis", &c->basis);
	put_texts(&j, "channels", &c->channels);
	put_texts(&j, "conditions", &c->conditions);
	put_fees(&j, c);
	put_text(&j, "group", c->group);
	put_text(&j, "link", c->link);
	put_text(&j, "name", c->name);
	put_text(&j, "national", c->national);
	put_papers(&j, c);
	put_text(&j, "pledged", item_limit_text(a, c->pledged));
	put_text(&j, "region", c->region);
	put_text(&j, "statutory", item_limit_text(a, c->statutory));
	put_steps(&j, c);
	put_texts(&j, "tags", &c->tags);
	put_text(&j, "type", c->type);
	put_text(&j, "unit", c->unit);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}
