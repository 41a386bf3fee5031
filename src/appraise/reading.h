#ifndef APPRAISE_READING_H
#define APPRAISE_READING_H

/* reading -- a version of a round, opened for whoever shows it: as JSON, as lines, as a table, as
 * paper.  For this room alone. */

#include "appraise/loss.h"
#include "base/json.h"
#include "stat/funnel.h"

struct reading {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	const struct round *r;
	const struct round_version *v;
	const struct pack_scheme *s;
	json_t *inputs, *result;
	struct round_inputs in;		   /* the inputs as values; no cases */
	const enum funnel_verdict *funnel; /* by .in.units */
	const struct pack_indicator *main; /* the share that the funnel is about; NULL: none */
	const json_t **units;		   /* of the result: by group, then by place */
	size_t n;
	struct unit_book book;
	const json_t *before; /* reading_compare(): units of the version before a correction */
};
enum hy_code reading_of(struct hy_arena *a, struct city *c, struct hy_db *db, const struct round *r,
			const struct round_version *v, struct reading *out,
			struct hy_err *e) HY_MUST;

/* Opens the version before a correction, too. */
enum hy_code reading_compare(struct reading *k, struct hy_err *e) HY_MUST;
/* UNIT in it; NULL: this is no correction. */
const json_t *reading_before(const struct reading *k, hy_str unit);
hy_str reading_name(const struct reading *k, hy_str unit); /* of that time */
enum funnel_verdict reading_funnel(const struct reading *k, hy_str unit);
/* "place 31, between 24 and 37; chance of being among the last three 22 %" in LANGUAGE. */
hy_str reading_sentence(const struct reading *k, const json_t *unit, hy_str language);
hy_str reading_grade(const struct reading *k, const json_t *unit, hy_str language);
hy_str reading_group(const struct reading *k, hy_str id, hy_str language);
const struct pack_text *reading_verdict(enum funnel_verdict v);
const struct pack_text *reading_state(enum round_state state);
int reading_last(const struct reading *k); /* how many are "the last": the scheme's, or 3 */
/* "98/100", or points of what people gave; "-": nothing. */
hy_str reading_given(const struct reading *k, const struct pack_indicator *in, const json_t *given);
/* Hundredths as "92.50". */
hy_str reading_hundredths(struct hy_arena *a, int64_t v);

/* --- one unit ----------------------------------------------------------------------------------
 */
struct explaining {
	struct reading k;
	hy_str unit;
	const json_t *given, *score;
	struct losses losses;
};
enum hy_code explaining_of(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, const struct round_version *v, hy_str unit,
			   const struct loss_reader *who, struct explaining *out,
			   struct hy_err *e) HY_MUST;
/* Of V as scored from IN, what was measured of one unit now (round_measure_unit). */
enum hy_code explaining_measured(struct hy_arena *a, struct city *c, struct hy_db *db,
				 const struct round *r, const struct round_version *v,
				 const struct round_inputs *in, const struct loss_reader *who,
				 struct explaining *out, struct hy_err *e) HY_MUST;
const json_t *explaining_node(const struct explaining *x, const struct pack_indicator *in);
const json_t *explaining_times(const struct explaining *x, const struct pack_adjust *d);
/* The cases behind a line, as losses_of(). */
enum hy_code explaining_indicator(struct explaining *x, const struct pack_indicator *in, int most,
				  struct loss_line *out, struct hy_err *e) HY_MUST;
enum hy_code explaining_adjust(struct explaining *x, const struct pack_adjust *d, int most,
			       struct loss_line *out, struct hy_err *e) HY_MUST;

#endif
