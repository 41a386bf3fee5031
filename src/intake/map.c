/* Reading a map: its shape by the tables of map_keys.c, then what the tables cannot say. */
#include "intake/map.h"

#include <time.h>

#include "base/buf.h"
#include "intake/map_keys.h"
#include "intake/unit.h"
#include "pack/field.h"

struct reading {
	struct hy_arena *a;
	struct intake_map *m;
	struct pack_log log;
};

static void wrong(struct reading *r, const struct pack_node *n, const char *text)
{
	pack_wrong(&r->log, &r->m->doc, n, "%s", text);
}

/* --- parts ------------------------------------------------------------------------------- */

/* The index of the column that N names; -1 when N is NULL. */
static int column(struct reading *r, const struct pack_node *n)
{
	struct intake_map *m = r->m;

	if (!n)
		return -1;
	for (size_t i = 0; i < m->columns.n; i++)
		if (hy_str_eq(m->columns.v[i].name, n->s))
			return (int)i;
	*hy_push(r->a, &m->columns) = (struct intake_column){ n->s, n, -1 };
	return (int)m->columns.n - 1;
}

static int *columns(struct reading *r, const struct pack_node *n, size_t *n_out)
{
	size_t count = n->kind == PACK_SEQ ? n->n : 1;
	int *v = hy_new_n(r->a, int, count);

	for (size_t i = 0; i < count; i++)
		v[i] = column(r, n->kind == PACK_SEQ ? n->v[i] : n);
	*n_out = count;
	return v;
}

static struct intake_values values(struct reading *r, const struct pack_node *owner)
{
	const struct pack_node *n = pack_node_get(owner, "values");
	struct intake_values t = { .by_from = { .a = r->a } };

	t.otherwise_node = pack_node_get(owner, "otherwise");
	if (t.otherwise_node)
		t.otherwise = t.otherwise_node->s;
	if (!n)
		return t;
	t.n = n->n / 2;
	t.v = hy_new_n(r->a, struct intake_value, t.n + 1);
	for (size_t i = 0; i < t.n; i++) {
		t.v[i] = (struct intake_value){ hy_str_trim(n->v[2 * i]->s), n->v[2 * i + 1]->s,
						n->v[2 * i + 1] };
		hy_map_put(&t.by_from, t.v[i].from, &t.v[i]);
	}
	return t;
}

static struct intake_when when(struct reading *r, const struct pack_node *n)
{
	struct intake_when w = { .given = n != NULL, .column = -1 };

	if (!n)
		return w;
	if (n->kind == PACK_SCALAR) {
		w.column = column(r, n);
		return w;
	}
	w.column = column(r, pack_node_get(n, "column"));
	w.words = pack_node_strs(r->a, pack_node_get(n, "is"), &w.n_words);
	w.unit_found = pack_node_get(n, "unit") != NULL;
	if (w.column < 0 && !w.unit_found)
		wrong(r, n, "a condition needs `column` or `unit: found`");
	if (w.n_words && w.column < 0)
		wrong(r, n, "`is` needs the `column` it speaks of");
	if (w.unit_found && !r->m->unit.given)
		wrong(r, n, "`unit: found` needs the part `unit:` of the map");
	return w;
}

/* --- fields -------------------------------------------------------------------------------- */

static void read_field(struct reading *r, const struct pack_node *n, struct intake_field *f)
{
	const struct pack_node *from = n->kind == PACK_SCALAR ? n : pack_node_get(n, "column");
	const struct pack_node *split = pack_node_get(n, "split");
	enum pack_type type = pack_fields[f->field].type;

	if (from)
		f->columns = columns(r, from, &f->n_columns);
	f->unit = pack_node_get(n, "unit") != NULL;
	f->cut = pack_node_flag(n, "cut", false);
	f->has_values = pack_node_get(n, "values") != NULL;
	f->values = values(r, n);
	f->split = split ? split->s.p[0] : '\0';
	if (!from == !f->unit)
		wrong(r, n, "a field needs either `column` or `unit: found`");
	if (f->unit && !r->m->unit.given)
		wrong(r, n, "`unit: found` needs the part `unit:` of the map");
	if (f->unit && f->field != PACK_UNIT)
		wrong(r, n, "`unit: found` fits the field unit alone");
	if (f->values.otherwise.p && !f->has_values)
		wrong(r, n, "`otherwise` needs a table of `values`");
	if (split && (split->s.n != 1 || (type != PACK_T_WORDS && type != PACK_T_TEXTS)))
		wrong(r, split, "`split` is one ASCII character and fits lists alone");
	if (f->cut && type != PACK_T_TEXT)
		wrong(r, n, "`cut` fits texts alone");
}

static enum pack_field field_of(struct reading *r, const struct pack_node *key)
{
	enum pack_field f = pack_field_of(key->s);
	struct hy_map known = { .a = r->a };

	if (f != PACK__FIELDS)
		return f;
	for (int i = 0; i < PACK__FIELDS; i++)
		hy_map_put(&known, hy_str_of(pack_fields[i].name),
			   (void *)(uintptr_t)&pack_fields[i]);
	pack_wrong(&r->log, &r->m->doc, key, "there is no field \"" HY_FMT "\"" HY_FMT,
		   HY_ARG(key->s), HY_ARG(pack_near(r->a, &known, key->s)));
	return f;
}

static void read_fields(struct reading *r, const struct pack_node *n, struct intake_step *s)
{
	const struct pack_node *from = pack_node_get(n, "fields"), *set = pack_node_get(n, "set");
	size_t most = (from ? from->n / 2 : 0) + (set ? set->n / 2 : 0);

	s->fields = hy_new_n(r->a, struct intake_field, most + 1);
	for (int pass = 0; pass < 2; pass++) {
		const struct pack_node *m = pass ? set : from;
		for (size_t i = 0; m && i + 1 < m->n; i += 2) {
			struct intake_field *f = &s->fields[s->n_fields];
			*f = (struct intake_field){ .field = field_of(r, m->v[i]),
						    .node = m->v[i] };
			if (f->field == PACK__FIELDS)
				continue;
			for (size_t k = 0; k < s->n_fields; k++)
				if (s->fields[k].field == f->field)
					wrong(r, m->v[i], "this field stands in `fields` already");
			if (pass)
				f->set = m->v[i + 1]->s;
			else
				read_field(r, m->v[i + 1], f);
			s->n_fields++;
		}
	}
}

static void read_step(struct reading *r, const struct pack_node *n, struct intake_step *s)
{
	s->node = n;
	s->move_node = pack_node_get(n, "move");
	s->move = s->move_node ? s->move_node->s : HY_S("");
	s->role_node = pack_node_get(n, "by");
	s->role = s->role_node->s;
	s->at = column(r, pack_node_get(n, "at"));
	s->by_unit = pack_node_flag(n, "by_unit", false);
	s->when = when(r, pack_node_get(n, "when"));
	if (s->by_unit && !r->m->unit.given)
		wrong(r, n, "`by_unit` needs the part `unit:` of the map");
	read_fields(r, n, s);
}

static void read_steps(struct reading *r, const struct pack_node *root)
{
	const struct pack_node *moves = pack_node_get(root, "moves");
	struct intake_map *m = r->m;

	m->n_steps = 1 + (moves ? moves->n : 0);
	m->steps = hy_new_n(r->a, struct intake_step, m->n_steps);
	read_step(r, pack_node_get(root, "file"), &m->steps[0]);
	for (size_t i = 1; i < m->n_steps; i++)
		read_step(r, moves->v[i - 1], &m->steps[i]);
}

/* --- the unit ------------------------------------------------------------------------------ */

static struct intake_pattern **patterns(struct reading *r, const struct pack_node *n, size_t *n_out)
{
	size_t count = n ? n->n : 0;
	struct intake_pattern **v = hy_new_n(r->a, struct intake_pattern *, count + 1);

	for (size_t i = 0; i < count; i++)
		v[i] = intake_pattern_new(r->a, &r->log, &r->m->doc, n->v[i]);
	*n_out = count;
	return v;
}

static void read_unit(struct reading *r, const struct pack_node *n)
{
	struct intake_unit *u = &r->m->unit;

	*u = (struct intake_unit){ .given = n != NULL, .code = -1 };
	if (!n)
		return;
	const struct pack_node *complete = pack_node_get(n, "complete");
	u->columns = columns(r, pack_node_get(n, "column"), &u->n_columns);
	u->code = column(r, pack_node_get(n, "code"));
	u->find = patterns(r, pack_node_get(n, "find"), &u->n_find);
	u->strip = patterns(r, pack_node_get(n, "strip"), &u->n_strip);
	u->refuse = patterns(r, pack_node_get(n, "refuse"), &u->n_refuse);
	u->has_values = pack_node_get(n, "values") != NULL;
	u->values = values(r, n);
	u->n_complete = complete ? complete->n : 0;
	u->complete = hy_new_n(r->a, struct intake_complete, u->n_complete + 1);
	for (size_t i = 0; i < u->n_complete; i++) {
		const struct pack_node *c = complete->v[i];
		u->complete[i] = (struct intake_complete){
			intake_pattern_new(r->a, &r->log, &r->m->doc, pack_node_get(c, "name")),
			column(r, pack_node_get(c, "from")),
			intake_pattern_new(r->a, &r->log, &r->m->doc, pack_node_get(c, "find")),
		};
	}
	if (u->values.otherwise.p && !u->has_values)
		wrong(r, n, "`otherwise` needs a table of `values`");
	if (u->code >= 0 && u->n_find)
		wrong(r, n, "`code` fits a unit that is a column, not one found in a text");
}

/* --- checks --------------------------------------------------------------------------------- */

static void read_checks(struct reading *r, const struct pack_node *list)
{
	struct intake_map *m = r->m;

	m->n_checks = list ? list->n : 0;
	m->checks = hy_new_n(r->a, struct intake_check, m->n_checks + 1);
	for (size_t i = 0; i < m->n_checks; i++) {
		const struct pack_node *n = list->v[i];
		struct intake_check *c = &m->checks[i];
		*c = (struct intake_check){
			.name = pack_node_str(n, "name"),
			.clock = pack_node_str(n, "clock"),
			.clock_node = pack_node_get(n, "clock"),
			.due = column(r, pack_node_get(n, "due")),
			.verdict = column(r, pack_node_get(n, "verdict")),
			.by = column(r, pack_node_get(n, "by")),
			.within = pack_node_int(n, "within", 0),
			.values = values(r, n),
			.only = when(r, pack_node_get(n, "only")),
		};
		if (c->due < 0 && c->verdict < 0)
			wrong(r, n, "a check compares `due` or `verdict`: one of them is needed");
		if ((c->verdict >= 0) != (c->values.n > 0))
			wrong(r, n, "`verdict` and its `values` go together");
	}
}

/* --- the whole ------------------------------------------------------------------------------- */

static void read_whole(struct reading *r)
{
	struct intake_map *m = r->m;
	const struct pack_node *root = m->doc.root, *zone = pack_node_get(root, "zone");
	const struct pack_node *times = pack_node_get(root, "times");

	m->id = pack_node_str(root, "map");
	m->kind = pack_node_str(root, "kind");
	m->kind_node = pack_node_get(root, "kind");
	m->has_zone = zone != NULL;
	if (zone && !pack_offset_read(zone->s, &m->zone.offset))
		wrong(r, zone, "must be an offset such as \"+08:00\"");
	for (int i = 0; intake_encoding_names[i]; i++)
		if (hy_str_eq(pack_node_str(root, "encoding"), hy_str_of(intake_encoding_names[i])))
			m->encoding = (enum intake_encoding)i;
	m->delimiter = ',';
	for (int i = 0; intake_delimiter_names[i]; i++)
		if (hy_str_eq(pack_node_str(root, "delimiter"),
			      hy_str_of(intake_delimiter_names[i])))
			m->delimiter = intake_delimiters[i];
	m->key = columns(r, pack_node_get(root, "key"), &m->n_key);
	static hy_str iso[] = { HY_S_INIT("iso") };
	m->times = iso;
	m->n_times = 1;
	if (times && times->kind == PACK_SEQ) {
		m->times = pack_node_strs(r->a, times, &m->n_times);
	} else if (times) {
		wrong(r, times, "must be a list");
	}
	read_unit(r, pack_node_get(root, "unit"));
	read_steps(r, root);
	read_checks(r, pack_node_get(root, "check"));
}

static enum hy_code outcome(struct pack_log *log, struct hy_err *e)
{
	pack_log_end(log);
	if (log->msgs->errors == 0)
		return HY_OK;
	for (size_t i = 0; i < log->msgs->n; i++) {
		const struct pack_message *x = &log->msgs->v[i];
		if (x->error)
			return hy_fail(e, HY_BAD_INPUT, "--map", HY_FMT ":%d:%d: " HY_FMT,
				       HY_ARG(x->file), x->line, x->column, HY_ARG(x->text));
	}
	return hy_broke(e, HY_INTERNAL, "an error without a message");
}

enum hy_code intake_map_read(struct hy_arena *a, hy_str shown, hy_str text,
			     struct pack_messages *msgs, struct intake_map **out, struct hy_err *e)
{
	struct intake_map *m = hy_new(a, struct intake_map);
	struct reading r = { a, m, { .a = a, .msgs = msgs } };

	m->doc = (struct pack_doc){ .shown = hy_str_dup(a, shown),
				    .path = shown,
				    .text = hy_str_dup(a, text) };
	if (pack_node_read(a, a, &r.log, &m->doc) &&
	    pack_shape_check(&r.log, &m->doc, m->doc.root, &intake_map_shape))
		read_whole(&r);
	enum hy_code code = outcome(&r.log, e);
	if (!code)
		*out = m;
	return code;
}

/* --- against an institution ------------------------------------------------------------------ */

struct binding {
	struct hy_arena *a;
	struct intake_map *m;
	const struct pack *p;
	const struct pack_kind *kind;
	struct pack_log log;
};

static void unknown(struct binding *b, const struct pack_node *n, const char *what, hy_str name,
		    const struct hy_map *known)
{
	pack_wrong(&b->log, &b->m->doc, n, "there is no %s \"" HY_FMT "\"" HY_FMT, what,
		   HY_ARG(name), HY_ARG(pack_near(b->a, known, name)));
}

#define KNOW(b, array, count)                                                                      \
	struct hy_map known = { .a = (b)->a };                                                     \
	for (size_t k_ = 0; k_ < (count); k_++)                                                    \
	hy_map_put(&known, (array)[k_].id, (void *)(uintptr_t) & (array)[k_])

static void bind_word(struct binding *b, enum pack_list list, const struct pack_node *n,
		      hy_str word)
{
	if (list == PACK__LISTS || b->p->lists[list].n == 0 || pack_word(b->p, list, word))
		return;
	KNOW(b, b->p->lists[list].v, b->p->lists[list].n);
	unknown(b, n, "word", word, &known);
}

static bool taken(const struct pack_move *mv, enum pack_field f)
{
	for (size_t i = 0; i < mv->n_needs; i++)
		if (mv->needs[i].field == f)
			return true;
	return false;
}

static void bind_field(struct binding *b, const struct pack_move *mv, const struct intake_field *f)
{
	const struct pack_field_info *info = &pack_fields[f->field];
	enum pack_list list = f->field == PACK_GROUND ? pack_ground_list(mv->act) : info->list;

	if (!taken(mv, f->field)) {
		struct hy_map known = { .a = b->a };
		for (size_t i = 0; i < mv->n_needs; i++)
			hy_map_put(&known, hy_str_of(pack_fields[mv->needs[i].field].name),
				   (void *)(uintptr_t)mv);
		pack_wrong(&b->log, &b->m->doc, f->node,
			   "the move \"" HY_FMT "\" takes no field \"%s\"" HY_FMT, HY_ARG(mv->id),
			   info->name, HY_ARG(pack_near(b->a, &known, hy_str_of(info->name))));
		return;
	}
	if (info->type != PACK_T_WORD && info->type != PACK_T_WORDS)
		return;
	if (f->set.p)
		bind_word(b, list, f->node, f->set);
	for (size_t i = 0; i < f->values.n; i++)
		bind_word(b, list, f->values.v[i].node, f->values.v[i].to);
	if (f->values.otherwise.p)
		bind_word(b, list, f->values.otherwise_node, f->values.otherwise);
}

static void bind_step(struct binding *b, struct intake_step *s, bool filing)
{
	int i = filing ? 0 : pack_move_index(b->kind, s->move);
	bool may = false;

	if (i < 0 || (i == 0) != filing) {
		KNOW(b, b->kind->moves + 1, b->kind->n_moves - 1);
		unknown(b, s->move_node, "later move", s->move, &known);
		return;
	}
	const struct pack_move *mv = &b->kind->moves[i];
	for (size_t k = 0; k < mv->n_who; k++)
		may |= hy_str_eq(mv->who[k], s->role);
	if (!may) {
		struct hy_map known = { .a = b->a };
		for (size_t k = 0; k < mv->n_who; k++)
			hy_map_put(&known, mv->who[k], (void *)(uintptr_t)mv);
		pack_wrong(&b->log, &b->m->doc, s->role_node,
			   "\"" HY_FMT "\" may not make the move \"" HY_FMT "\"" HY_FMT,
			   HY_ARG(s->role), HY_ARG(mv->id),
			   HY_ARG(pack_near(b->a, &known, s->role)));
	}
	s->move = mv->id;
	for (size_t k = 0; k < s->n_fields; k++)
		bind_field(b, mv, &s->fields[k]);
	for (size_t k = 0; k < mv->n_needs; k++) {
		bool has = false;
		for (size_t f = 0; f < s->n_fields; f++)
			has |= s->fields[f].field == mv->needs[k].field;
		if (mv->needs[k].required && !has)
			pack_wrong(&b->log, &b->m->doc, s->node,
				   "the move \"" HY_FMT "\" needs the field \"%s\"", HY_ARG(mv->id),
				   pack_fields[mv->needs[k].field].name);
	}
}

enum hy_code intake_map_bind(struct hy_arena *a, struct intake_map *m, const struct pack *p,
			     struct pack_messages *msgs, struct hy_err *e)
{
	struct binding b = { a, m, p, pack_kind(p, m->kind), { .a = a, .msgs = msgs } };

	if (!m->has_zone)
		m->zone = *hy_calendar_zone(p->calendar);
	if (!b.kind) {
		KNOW(&b, p->kinds, p->n_kinds);
		unknown(&b, m->kind_node, "kind", m->kind, &known);
		return outcome(&b.log, e);
	}
	for (size_t i = 0; i < m->n_steps; i++)
		bind_step(&b, &m->steps[i], i == 0);
	for (size_t i = 0; i < m->n_checks; i++) {
		if (pack_clock_index(b.kind, m->checks[i].clock) >= 0)
			continue;
		KNOW(&b, b.kind->clocks, b.kind->n_clocks);
		unknown(&b, m->checks[i].clock_node, "clock", m->checks[i].clock, &known);
	}
	return outcome(&b.log, e);
}

static void name_missing(struct hy_buf *b, const struct hy_map *known,
			 const struct intake_column *c)
{
	hy_str near = hy_map_near(known, c->name);

	hy_buf_fmt(b, "%s\"" HY_FMT "\" (line %d of the map)", b->n ? "; " : "", HY_ARG(c->name),
		   c->node->line);
	if (near.n)
		hy_buf_fmt(b, "; did you mean \"" HY_FMT "\"?", HY_ARG(near));
}

enum hy_code intake_map_columns(struct hy_arena *a, struct intake_map *m, const hy_str *header,
				size_t n, struct hy_err *e)
{
	struct hy_map known = { .a = a }, twice = { .a = a };
	struct hy_buf missing = hy_buf_on(a);

	for (size_t i = 0; i < n; i++) {
		hy_str name = hy_str_trim(header[i]);
		if (name.n && hy_map_put(&known, name, (void *)(uintptr_t)&header[i]))
			hy_map_put(&twice, name, (void *)(uintptr_t)&header[i]);
	}
	for (size_t i = 0; i < m->columns.n; i++) {
		struct intake_column *c = &m->columns.v[i];
		hy_str name = hy_str_trim(c->name);
		const hy_str *at = hy_map_get(&known, name);
		if (hy_map_get(&twice, name))
			return hy_fail(e, HY_BAD_INPUT, "header",
				       "the column \"" HY_FMT "\" stands twice",
				       HY_ARG(hy_str_head(name, 60)));
		if (at)
			c->at = (int)(at - header);
		else
			name_missing(&missing, &known, c);
	}
	if (missing.n)
		return hy_fail(e, HY_BAD_INPUT, "header", "columns are missing: " HY_FMT,
			       HY_ARG(hy_str_head(hy_buf_str(&missing), 400)));
	return HY_OK;
}

/* --- values ------------------------------------------------------------------------------------
 */

hy_str intake_value_of(const struct intake_values *t, hy_str s)
{
	const struct intake_value *v = hy_map_get(&t->by_from, s);

	return v ? v->to : t->otherwise;
}

bool intake_when_holds(const struct intake_map *m, const struct intake_when *w,
		       const struct intake_cells *c, bool unit_found)
{
	hy_str s = intake_cell(m, c, w->column);
	bool word = w->n_words == 0 && (w->column < 0 || s.n > 0);

	if (!w->given)
		return true;
	for (size_t i = 0; i < w->n_words; i++)
		word |= hy_str_eq(s, w->words[i]);
	return word && (unit_found || !w->unit_found);
}

/* strptime() takes 31 February and 25:00 in some formats; what it reads must be a real time. */
static bool real(const struct tm *t)
{
	hy_day d = hy_day_of(t->tm_year + 1900, t->tm_mon + 1, t->tm_mday);
	struct hy_date same = hy_date_of(d);

	return same.day == t->tm_mday && same.month == t->tm_mon + 1 && t->tm_hour < 24 &&
	       t->tm_min < 60 && t->tm_sec < 61;
}

static bool format_read(const struct hy_zone *z, const char *format, const char *s, hy_ms *out)
{
	struct tm t = { .tm_mday = 1, .tm_gmtoff = INT32_MIN };
	const char *end = strptime(s, format, &t);

	if (!end || *end || !real(&t) || t.tm_year < 0 || t.tm_year > 8000)
		return false;
	hy_day d = hy_day_of(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
	int ms = ((t.tm_hour * 60 + t.tm_min) * 60 + t.tm_sec) * 1000;
	*out = t.tm_gmtoff == INT32_MIN ? hy_instant(z, d, ms)
					: (hy_ms)d * HY_DAY_MS + ms - t.tm_gmtoff * 1000L;
	return true;
}

bool intake_time_read(const struct intake_map *m, hy_str s, hy_ms *out)
{
	char text[64];

	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, '\0', s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	for (size_t i = 0; i < m->n_times; i++) {
		if (hy_str_eq(m->times[i], HY_S("iso"))
			    ? hy_instant_read(s, &m->zone, out)
			    : format_read(&m->zone, m->times[i].p, text, out))
			return true;
	}
	return false;
}
