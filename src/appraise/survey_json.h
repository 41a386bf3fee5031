#ifndef APPRAISE_SURVEY_JSON_H
#define APPRAISE_SURVEY_JSON_H

/* survey_json -- a survey and a rater's form as the API tells them. */

#include "appraise/survey.h"
#include "base/json.h"

/* SCHEME may be NULL, when the institution in force has none of that name any more. */
void survey_json(struct hy_json *j, const struct survey *s, const struct pack_scheme *scheme,
		 hy_day today);
void survey_form_json(struct hy_json *j, const struct survey_form *f);
/* "panels": what may be asked, of whom. */
void survey_panels_json(struct hy_json *j, const struct pack_scheme *scheme);
/* "raters": of each group of PANEL how many ballots GIVEN (a unit of the inputs) has, what was left
 * out and what came out; empty when nobody was asked. */
enum hy_code survey_explain_json(struct hy_json *j, const struct pack_scheme *scheme, int panel,
				 const json_t *given, struct hy_err *e) HY_MUST;

#endif
