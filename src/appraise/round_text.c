/* Rounds as lines for a terminal. */
#include "appraise/appraise_json.h"
#include "appraise/reading.h"
#include "appraise/survey.h"

enum { LOST_SHOWN = 100 };

/* A correction: what became of every unit, and why. */
static void before_text(struct hy_buf *b, const struct reading *k, const json_t *unit,
			hy_str language)
{
	static const struct pack_text was = PACK_TEXT("更正前", "更正前", "before");
	const json_t *u = reading_before(k, hy_json_get(unit, "code"));

	if (u)
		hy_buf_fmt(b, "  [" HY_FMT ": %lld  " HY_FMT "]", HY_ARG(pack_say(&was, language)),
			   (long long)hy_json_get_int(u, "place", 0),
			   HY_ARG(reading_hundredths(b->a, hy_json_get_int(u, "published", 0))));
}

static enum hy_code versions_text(struct hy_buf *b, const struct reading *k, hy_str language,
				  struct hy_err *e)
{
	static const struct pack_text text =
		PACK_TEXT("第%d版更正：", "第%d版更正：", "version %d is a correction: ");
	struct round_step *v = NULL;
	size_t n = 0;
	enum hy_code code = round_steps(k->a, k->db, k->r, &v, &n, e);

	for (size_t i = 1; !code && i < n && v[i].version <= k->v->version; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		hy_buf_fmt(b, pack_say(&text, language).p, v[i].version);
#pragma GCC diagnostic pop
		hy_buf_fmt(b, HY_FMT "\n", HY_ARG(v[i].reason));
	}
	return code;
}

enum hy_code round_table(struct hy_buf *b, struct city *c, struct hy_db *db, const struct round *r,
			 const struct round_version *v, hy_str language, struct hy_err *e)
{
	struct reading k;
	enum hy_code code = reading_of(b->a, c, db, r, v, &k, e);

	if (!code)
		code = reading_compare(&k, e);
	if (code)
		return code;
	hy_buf_fmt(b, HY_FMT " " HY_FMT " %s\n", HY_ARG(pack_say(&k.s->title, language)),
		   HY_ARG(r->code), v->version ? round_state_names[r->state] : "preview");
	code = versions_text(b, &k, language, e);
	if (code)
		return code;
	for (size_t i = 0; i < k.n; i++) {
		const json_t *u = k.units[i];
		hy_str code_of = hy_json_get(u, "code");
		hy_buf_fmt(
			b, "%4d %8.*s  " HY_FMT " " HY_FMT "  " HY_FMT " " HY_FMT,
			(int)hy_json_get_int(u, "place", 0),
			HY_ARG(reading_hundredths(b->a, hy_json_get_int(u, "published", 0))),
			HY_ARG(reading_name(&k, code_of)), HY_ARG(reading_grade(&k, u, language)),
			HY_ARG(reading_sentence(&k, u, language)),
			HY_ARG(pack_say(reading_verdict(reading_funnel(&k, code_of)), language)));
		before_text(b, &k, u, language);
		hy_buf_byte(b, '\n');
	}
	return HY_OK;
}

static void lost_cases(struct hy_buf *b, const struct explaining *x, const struct loss_line *l)
{
	for (size_t i = 0; i < l->n && l->v[i].lost; i++) {
		const struct round_case *v = &l->v[i];
		hy_buf_fmt(b,
			   "        " HY_FMT "  -" HY_FMT "  " HY_FMT "  " HY_FMT " " HY_FMT
			   " " HY_FMT "  " HY_FMT "\n",
			   HY_ARG(v->code), HY_ARG(score_text(b->a, v->points)), HY_ARG(v->title),
			   HY_ARG(reading_name(&x->k, v->unit)), HY_ARG(v->post),
			   HY_ARG(v->name.n ? v->name : v->person), HY_ARG(v->clause));
	}
}

/* Of each group of raters how many answered and what came out. */
static enum hy_code raters_text(struct hy_buf *b, struct explaining *x,
				const struct pack_indicator *in, hy_str language, struct hy_err *e)
{
	struct round_rated rated;
	enum hy_code code =
		round_ratings_read(b->a, x->k.s, json_object_get(x->given, "ratings"), &rated, e);

	for (size_t i = 0; !code && i < rated.n; i++) {
		const struct rating_group *r = &rated.v[i];
		if (r->panel != in->panel)
			continue;
		const struct pack_rater_group *g = &x->k.s->panels[in->panel].groups[r->group];
		struct rating_mark m = rating_of_group(g, r);
		hy_buf_fmt(b, "        " HY_FMT " %d.%02d%%  " HY_FMT "  (%zu - %lld)\n",
			   HY_ARG(pack_say(&g->title, language)), g->weight_bp / 100,
			   g->weight_bp % 100,
			   HY_ARG(m.counts ? score_text(b->a, m.points) : HY_S("n/a")), r->n,
			   (long long)(2 * m.dropped));
	}
	return code;
}

static enum hy_code indicator_text(struct hy_buf *b, struct explaining *x, size_t i,
				   hy_str language, struct hy_err *e)
{
	const struct pack_indicator *in = &x->k.s->indicators[i];
	const json_t *node = explaining_node(x, in);
	const json_t *given = json_object_get(json_object_get(x->given, "figures"), in->id.p);
	struct loss_line line;
	int depth = 0;
	enum hy_code code = explaining_indicator(x, in, LOST_SHOWN, &line, e);

	if (code)
		return code;
	for (int up = in->parent; up >= 0; up = x->k.s->indicators[up].parent)
		depth++;
	hy_buf_fmt(b, "%*s" HY_FMT " %d.%02d%%  " HY_FMT "  -" HY_FMT "  (" HY_FMT ")\n", 2 * depth,
		   "", HY_ARG(pack_say(&in->title, language)), in->weight_bp / 100,
		   in->weight_bp % 100,
		   HY_ARG(json_is_true(json_object_get(node, "applies"))
				  ? score_text(b->a, hy_json_get_int(node, "points", 0))
				  : HY_S("n/a")),
		   HY_ARG(score_text(b->a, hy_json_get_int(node, "lost", 0))),
		   HY_ARG(reading_given(&x->k, in, given)));
	if (in->source == PACK_BY_PANEL)
		code = raters_text(b, x, in, language, e);
	lost_cases(b, x, &line);
	return code;
}

static enum hy_code adjust_text(struct hy_buf *b, struct explaining *x, const struct pack_adjust *d,
				hy_str language, struct hy_err *e)
{
	const json_t *times = explaining_times(x, d);
	struct loss_line line;
	enum hy_code code = explaining_adjust(x, d, LOST_SHOWN, &line, e);

	if (code || hy_json_get_int(times, "times", 0) == 0)
		return code;
	hy_buf_fmt(b, HY_FMT "  x%lld  %s" HY_FMT "\n", HY_ARG(pack_say(&d->title, language)),
		   (long long)hy_json_get_int(times, "times", 0), d->kind == PACK_BONUS ? "+" : "-",
		   HY_ARG(score_text(b->a, hy_json_get_int(times, "points", 0))));
	lost_cases(b, x, &line);
	return HY_OK;
}

static void losers_text(struct hy_buf *b, struct explaining *x, hy_str language)
{
	static const struct pack_text who = PACK_TEXT("丢分负责", "丟分負責", "Who lost them");
	static const struct pack_text nobody = PACK_TEXT("未指派", "未指派", "nobody yet");

	struct loss_node *v = NULL;
	size_t n = 0;

	losses_tree(&x->losses, &x->k.book, x->unit, x->k.r->to, &v, &n);
	if (n)
		hy_buf_fmt(b, HY_FMT "\n", HY_ARG(pack_say(&who, language)));
	for (size_t i = 0; i < n; i++) {
		hy_buf_fmt(b, "%*s-" HY_FMT "  %lld  " HY_FMT "\n", 2 + 2 * v[i].depth, "",
			   HY_ARG(score_text(b->a, v[i].points)), (long long)v[i].cases,
			   HY_ARG(reading_name(&x->k, v[i].unit)));
		for (size_t k = 0; k < v[i].people.n; k++) {
			const struct round_loser *l = v[i].people.v[k];
			hy_buf_fmt(b, "%*s-" HY_FMT "  %lld  " HY_FMT " " HY_FMT "\n",
				   4 + 2 * v[i].depth, "", HY_ARG(score_text(b->a, l->points)),
				   (long long)l->cases, HY_ARG(l->post),
				   HY_ARG(l->name.n	? l->name
					  : l->person.n ? l->person
							: pack_say(&nobody, language)));
		}
	}
}

enum hy_code round_explain_text(struct hy_buf *b, struct city *c, struct hy_db *db,
				const struct round *r, const struct round_version *v, hy_str unit,
				hy_str language, const struct loss_reader *who, struct hy_err *e)
{
	struct explaining x;
	enum hy_code code = explaining_of(b->a, c, db, r, v, unit, who, &x, e);

	if (code)
		return code;
	hy_buf_fmt(b, HY_FMT " " HY_FMT "  " HY_FMT "\n" HY_FMT "\n", HY_ARG(r->code),
		   HY_ARG(reading_name(&x.k, unit)),
		   HY_ARG(reading_hundredths(b->a, hy_json_get_int(x.score, "published", 0))),
		   HY_ARG(reading_sentence(&x.k, x.score, language)));
	for (size_t i = 0; !code && i < x.k.s->n_indicators; i++)
		code = indicator_text(b, &x, i, language, e);
	for (size_t i = 0; !code && i < x.k.s->n_adjusts; i++)
		code = adjust_text(b, &x, &x.k.s->adjusts[i], language, e);
	losers_text(b, &x, language);
	return code;
}
