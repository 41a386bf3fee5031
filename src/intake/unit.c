#define PCRE2_CODE_UNIT_WIDTH 8
#include "intake/unit.h"

#include <pcre2.h>

#include "base/buf.h"
#include "base/hash.h"

enum { GROUPS = 8, TEXT_MOST = 64 << 10, NAME_MOST = 100 /* characters of a unit's name */ };

struct intake_pattern {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
};

struct span { /* bytes from..until of what was searched */
	size_t from, until;
};

static void release(void *v)
{
	struct intake_pattern *p = v;

	pcre2_code_free(p->code);
	pcre2_match_data_free(p->match);
	pcre2_match_context_free(p->context);
}

struct intake_pattern *intake_pattern_new(struct hy_arena *a, struct pack_log *l,
					  const struct pack_doc *d, const struct pack_node *n)
{
	struct intake_pattern *p = hy_new(a, struct intake_pattern);
	PCRE2_UCHAR text[200];
	PCRE2_SIZE at = 0;
	int error = 0;

	p->code = pcre2_compile((PCRE2_SPTR)n->s.p, n->s.n,
				PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
	if (!p->code) {
		pcre2_get_error_message(error, text, sizeof(text));
		pack_wrong(l, d, n, "is no pattern: %s, at character %zu", (const char *)text,
			   hy_str_chars((hy_str){ n->s.p, at < n->s.n ? at : n->s.n }) + 1);
		return NULL;
	}
	/* Faster where the machine can; where it cannot, matching works all the same. */
	(void)!pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
	p->match = pcre2_match_data_create(GROUPS, NULL);
	p->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(p->context, 200000);
	pcre2_set_depth_limit(p->context, 2000);
	hy_arena_defer(a, release, p);
	return p;
}

/* Searches S from FROM; groups into SPANS, how many are set comes back (0: no match). */
static int search(const struct intake_pattern *p, hy_str s, size_t from, struct span spans[GROUPS])
{
	int n = pcre2_match(p->code, (PCRE2_SPTR)s.p, s.n, from, PCRE2_NO_UTF_CHECK, p->match,
			    p->context);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(p->match);

	for (int i = 0; i < n && i < GROUPS; i++)
		spans[i] = at[2 * i] == PCRE2_UNSET ? (struct span){ 0, 0 }
						    : (struct span){ at[2 * i], at[2 * i + 1] };
	return n < 0 ? 0 : n;
}

static hy_str cut_out(hy_str s, struct span x)
{
	return x.until < x.from ? HY_S("") : (hy_str){ s.p + x.from, x.until - x.from };
}

/* S without what P matches. */
static hy_str without(struct hy_arena *a, const struct intake_pattern *p, hy_str s)
{
	struct span x[GROUPS];

	for (int i = 0; i < 20 && search(p, s, 0, x) > 0 && x[0].until > x[0].from; i++) {
		struct hy_buf b = hy_buf_on(a);
		hy_buf_add(&b, (hy_str){ s.p, x[0].from });
		hy_buf_add(&b, (hy_str){ s.p + x[0].until, s.n - x[0].until });
		s = hy_buf_str(&b);
	}
	return hy_str_trim(s);
}

/* A name without its place takes the place from another column. */
static hy_str completed(struct hy_arena *a, const struct intake_map *m,
			const struct intake_complete *k, const struct intake_cells *c, hy_str name)
{
	hy_str from = intake_cell(m, c, k->from);
	struct span at[GROUPS], found[GROUPS];
	struct hy_buf b = hy_buf_on(a);

	if (!search(k->name, name, 0, at))
		return name;
	int n = search(k->find, from, 0, found);
	if (n == 0)
		return name;
	hy_buf_add(&b, (hy_str){ name.p, at[0].from });
	for (int i = n > 1 ? 1 : 0; i < n; i++)
		hy_buf_add(&b, cut_out(from, found[i]));
	hy_buf_add(&b, (hy_str){ name.p + at[0].until, name.n - at[0].until });
	return hy_buf_str(&b);
}

/* What was found, put right; "" when it is none. */
static hy_str put_right(struct hy_arena *a, const struct intake_map *m,
			const struct intake_cells *c, hy_str name)
{
	const struct intake_unit *u = &m->unit;
	struct span x[GROUPS];

	name = hy_str_trim(name);
	for (size_t i = 0; i < u->n_strip; i++)
		name = without(a, u->strip[i], name);
	if (u->has_values) {
		hy_str known = intake_value_of(&u->values, name);
		if (known.p)
			name = known;
	}
	for (size_t i = 0; i < u->n_complete; i++)
		name = completed(a, m, &u->complete[i], c, name);
	for (size_t i = 0; i < u->n_refuse; i++)
		if (search(u->refuse[i], name, 0, x))
			return HY_S("");
	return hy_str_chars(name) <= NAME_MOST ? name : HY_S("");
}

hy_str intake_unit_code(struct hy_arena *a, hy_str name)
{
	hy_hash h = hy_sha256(name);

	return hy_printf(a, "U-" HY_FMT, HY_ARG(hy_hex(a, h.b, 6)));
}

/* A code from a column keeps its letters and digits; what a code cannot hold becomes '_'. */
static hy_str clean_code(struct hy_arena *a, hy_str s)
{
	hy_str code = hy_str_dup(a, (hy_str){ s.p, s.n < 40 ? s.n : 40 });

	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		bool ok = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			  (c >= 'a' && c <= 'z') || c == '-' || c == '.';
		if (!ok)
			((char *)(uintptr_t)code.p)[i] = '_';
	}
	return code;
}

/* The columns with the text, a line each. */
static hy_str text_of(struct hy_arena *a, const struct intake_map *m, const struct intake_cells *c)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < m->unit.n_columns; i++) {
		if (i)
			hy_buf_byte(&b, '\n');
		hy_buf_add(&b, intake_cell(m, c, m->unit.columns[i]));
	}
	return hy_buf_str(&b);
}

static hy_str name_of(const struct intake_map *m, const struct intake_cells *c)
{
	hy_str s = HY_S("");

	for (size_t i = 0; i < m->unit.n_columns && s.n == 0; i++)
		s = intake_cell(m, c, m->unit.columns[i]);
	return s;
}

static hy_str search_all(struct hy_arena *a, const struct intake_map *m,
			 const struct intake_cells *c, int *rule_out)
{
	const struct intake_unit *u = &m->unit;
	hy_str text = text_of(a, m, c);
	struct span x[GROUPS];

	if (text.n > TEXT_MOST)
		return HY_S("");
	for (size_t i = 0; i < u->n_find; i++) {
		int n;
		/* What is refused is passed over: the same pattern may find another one later. */
		for (size_t from = 0; from <= text.n; from = x[0].until) {
			n = search(u->find[i], text, from, x);
			if (n == 0)
				break;
			hy_str name = put_right(a, m, c, cut_out(text, x[n > 1 ? 1 : 0]));
			if (name.n) {
				*rule_out = (int)i;
				return name;
			}
			if (x[0].until <= from)
				break;
		}
	}
	return HY_S("");
}

void intake_unit_find(struct hy_arena *a, const struct intake_map *m, const struct intake_cells *c,
		      struct intake_unit_found *out)
{
	const struct intake_unit *u = &m->unit;

	*out = (struct intake_unit_found){ HY_S(""), HY_S(""), -1 };
	if (!u->given)
		return;
	if (u->n_find)
		out->name = search_all(a, m, c, &out->rule);
	else
		out->name = put_right(a, m, c, name_of(m, c));
	if (out->name.n == 0)
		return;
	hy_str code = intake_cell(m, c, u->code);
	out->code = code.n ? clean_code(a, code) : intake_unit_code(a, out->name);
}
