#include "pack/field.h"

const struct pack_field_info pack_fields[PACK__FIELDS] = {
#define X(id, name, type, is_private, most, list, title, about)                                    \
	[PACK_##id] = { name, PACK_T_##type, is_private, most, list },
	PACK_FIELD_ROWS(X)
#undef X
};

const char *const pack_field_names[PACK__FIELDS + 1] = {
#define X(id, name, type, is_private, most, list, title, about) [PACK_##id] = name,
	PACK_FIELD_ROWS(X)
#undef X
};

const struct pack_text pack_field_titles[PACK__FIELDS] = {
#define X(id, name, type, is_private, most, list, title, about) [PACK_##id] = PACK_TEXT title,
	PACK_FIELD_ROWS(X)
#undef X
};

const char *const pack_act_names[PACK__ACTS + 1] = {
	[PACK_FILE] = "file",	  [PACK_ACCEPT] = "accept",	[PACK_DECLINE] = "decline",
	[PACK_NOTICE] = "notice", [PACK_DISPATCH] = "dispatch", [PACK_ASSIGN] = "assign",
	[PACK_RETURN] = "return", [PACK_HAND_OFF] = "hand_off", [PACK_CO_HANDLE] = "co_handle",
	[PACK_PAUSE] = "pause",	  [PACK_RESUME] = "resume",	[PACK_EXTEND] = "extend",
	[PACK_REPLY] = "reply",	  [PACK_CLOSE] = "close",	[PACK_RATE] = "rate",
	[PACK_REOPEN] = "reopen", [PACK_ANNUL] = "annul",	[PACK_CORRECT] = "correct",
	[PACK_JOIN] = "join",	  [PACK_SPLIT] = "split",	[PACK_NOTE] = "note",
	[PACK_STEP] = "step",	  [PACK_CHARGE] = "charge",
};

const char *const pack_list_names[PACK__LISTS + 1] = {
	[PACK_CHANNELS] = "channels",
	[PACK_ROLES] = "roles",
	[PACK_CLASSES] = "classes",
	[PACK_PAUSE_GROUNDS] = "pause_grounds",
	[PACK_CLOSE_GROUNDS] = "close_grounds",
	[PACK_DECLINE_GROUNDS] = "decline_grounds",
	[PACK_RETURN_GROUNDS] = "return_grounds",
	[PACK_REOPEN_GROUNDS] = "reopen_grounds",
	[PACK_ANNUL_GROUNDS] = "annul_grounds",
	[PACK_HANDOFF_GROUNDS] = "handoff_grounds",
	[PACK_FINDINGS] = "findings",
	[PACK_RATING_REASONS] = "rating_reasons",
	[PACK_PROBLEM_CATEGORIES] = "problem_categories",
};

/* Which list the field `ground` of an act takes its words from, plus one: 0 is none. */
static const unsigned char ground_list[PACK__ACTS] = {
	[PACK_DECLINE] = PACK_DECLINE_GROUNDS + 1,  [PACK_RETURN] = PACK_RETURN_GROUNDS + 1,
	[PACK_HAND_OFF] = PACK_HANDOFF_GROUNDS + 1, [PACK_PAUSE] = PACK_PAUSE_GROUNDS + 1,
	[PACK_CLOSE] = PACK_CLOSE_GROUNDS + 1,	    [PACK_REOPEN] = PACK_REOPEN_GROUNDS + 1,
	[PACK_ANNUL] = PACK_ANNUL_GROUNDS + 1,
};

enum pack_list pack_ground_list(enum pack_act act)
{
	return act < PACK__ACTS && ground_list[act] ? (enum pack_list)(ground_list[act] - 1)
						    : PACK__LISTS;
}

bool pack_money_read(hy_str s, int64_t most, int64_t *fen_out)
{
	int64_t fen = 0;
	int decimals = -1; /* no point yet */

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && i && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || decimals == 2)
			return false;
		fen = fen * 10 + (s.p[i] - '0');
		if (fen > most * 100)
			return false;
		decimals += decimals >= 0;
	}
	if (decimals == 0)
		return false;
	for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
		fen *= 10;
	*fen_out = fen;
	return s.n > 0 && fen <= most * 100;
}

hy_str pack_money_text(struct hy_arena *a, int64_t fen)
{
	return fen % 100 ? hy_printf(a, "%lld.%02d", (long long)(fen / 100), (int)(fen % 100))
			 : hy_printf(a, "%lld", (long long)(fen / 100));
}

enum pack_field pack_field_of(hy_str name)
{
	int i = 0;

	while (i < PACK__FIELDS && !hy_str_eq(name, hy_str_of(pack_field_names[i])))
		i++;
	return (enum pack_field)i;
}

enum pack_act pack_act_of(hy_str name)
{
	int i = 0;

	while (i < PACK__ACTS && !hy_str_eq(name, hy_str_of(pack_act_names[i])))
		i++;
	return (enum pack_act)i;
}

/* --- looking things up in a pack ---------------------------------------------------- */

hy_str pack_say(const struct pack_text *t, hy_str language)
{
	const struct {
		hy_str tag, text;
	} rows[] = { { HY_S("zh-CN"), t->zh_cn },
		     { HY_S("zh-Hant"), t->zh_hant },
		     { HY_S("en"), t->en } };

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if (rows[i].text.n && hy_str_eq(rows[i].tag, language))
			return rows[i].text;
	return t->zh_cn.n ? t->zh_cn : t->en;
}

hy_str pack_limit_say(struct hy_arena *a, struct hy_limit l, hy_str language)
{
	static const struct {
		const char *zh_cn, *zh_hant, *en;
	} units[] = {
		[HY_WORKING_DAY] = { "个工作日", "個工作日", " working days" },
		[HY_CALENDAR_DAY] = { "日", "日", " days" },
		[HY_MONTH] = { "个月", "個月", " months" },
		[HY_CLOCK_HOUR] = { "小时", "小時", " hours" },
		[HY_WORKING_HOUR] = { "个工作小时", "個工作小時", " working hours" },
	};
	bool cn = hy_str_eq(language, HY_S("zh-CN")), hant = hy_str_eq(language, HY_S("zh-Hant"));

	return hy_printf(a, "%d%s", l.n,
			 cn	? units[l.unit].zh_cn
			 : hant ? units[l.unit].zh_hant
				: units[l.unit].en);
}

const struct pack_value *pack_value_on(const struct pack_rule *r, hy_day day)
{
	for (size_t i = r->n_values; i-- > 0;)
		if (r->values[i].from <= day)
			return day < r->values[i].until ? &r->values[i] : NULL;
	return NULL;
}

const struct pack_value *pack_pledge_on(const struct pack_clock *c, hy_str cls, hy_day day)
{
	const struct pack_value *general = NULL, *own = NULL;
	bool has_own = false;

	for (size_t i = 0; i < c->n_pledges; i++) {
		const struct pack_pledge *p = &c->pledges[i];
		bool holds = p->value.from <= day && day < p->value.until;
		if (p->cls.n == 0)
			general = holds ? &p->value : general;
		else if (hy_str_eq(p->cls, cls)) {
			has_own = true;
			own = holds ? &p->value : own;
		}
	}
	return has_own ? own : general;
}

const struct pack_kind *pack_kind(const struct pack *p, hy_str id)
{
	for (size_t lo = 0, hi = p->n_kinds; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int c = hy_str_cmp(id, p->kinds[mid].id);
		if (c == 0)
			return &p->kinds[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct pack_rule *pack_rule(const struct pack *p, hy_str id)
{
	for (size_t lo = 0, hi = p->n_rules; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int c = hy_str_cmp(id, p->rules[mid].id);
		if (c == 0)
			return &p->rules[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct pack_word *pack_word(const struct pack *p, enum pack_list list, hy_str id)
{
	if (list >= PACK__LISTS)
		return NULL;
	for (size_t i = 0; i < p->lists[list].n; i++)
		if (hy_str_eq(p->lists[list].v[i].id, id))
			return &p->lists[list].v[i];
	return NULL;
}

int pack_move_index(const struct pack_kind *k, hy_str id)
{
	for (size_t i = 0; i < k->n_moves; i++)
		if (hy_str_eq(k->moves[i].id, id))
			return (int)i;
	return -1;
}

int pack_state_index(const struct pack_kind *k, hy_str id)
{
	for (size_t i = 0; i < k->n_states; i++)
		if (hy_str_eq(k->states[i].id, id))
			return (int)i;
	return -1;
}

int pack_clock_index(const struct pack_kind *k, hy_str id)
{
	for (size_t i = 0; i < k->n_clocks; i++)
		if (hy_str_eq(k->clocks[i].id, id))
			return (int)i;
	return -1;
}
