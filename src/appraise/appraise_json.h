#ifndef APPRAISE_APPRAISE_JSON_H
#define APPRAISE_APPRAISE_JSON_H

/* appraise_json -- rounds for people and programs: one form for the command line and the API. */

#include "appraise/reading.h"

void round_json(struct hy_json *j, const struct round *r, const struct hy_calendar *cal);
void round_objection_json(struct hy_json *j, const struct round_objection *o,
			  const struct hy_calendar *cal);
void round_title_json(struct hy_json *j, const struct pack_scheme *s); /* three languages */
void round_case_json(struct hy_json *j, const struct explaining *x, const struct round_case *v);
/* The round, its scheme's titles, and the units with scores; V as frozen or previewed. */
enum hy_code round_whole_json(struct hy_json *j, struct city *c, struct hy_db *db,
			      const struct round *r, const struct round_version *v,
			      struct hy_err *e) HY_MUST;
/* One unit: every indicator with its figure, points, lost points and the cases behind it. */
enum hy_code round_explain_json(struct hy_json *j, struct city *c, struct hy_db *db,
				const struct round *r, const struct round_version *v, hy_str unit,
				const struct loss_reader *who, struct hy_err *e) HY_MUST;
/* The same two as lines for a terminal. */
enum hy_code round_table(struct hy_buf *b, struct city *c, struct hy_db *db, const struct round *r,
			 const struct round_version *v, hy_str language, struct hy_err *e) HY_MUST;
enum hy_code round_explain_text(struct hy_buf *b, struct city *c, struct hy_db *db,
				const struct round *r, const struct round_version *v, hy_str unit,
				hy_str language, const struct loss_reader *who,
				struct hy_err *e) HY_MUST;

#endif
