#ifndef SUPERVISE_SUPERVISE_H
#define SUPERVISE_SUPERVISE_H

/* supervise 电子监察 -- the figures of a period over all matters, and the matters behind each.
 *
 * One pass over the rows of matters, whatever the number of groups and figures.  What is counted
 * and what is listed go through the same pass and the same facts (matter/facts.h). */

#include "base/command.h"
#include "base/json.h"
#include "http/http.h"
#include "matter/facts.h"

extern const struct hy_command supervise_commands[];
extern const struct hy_route supervise_routes[];

enum group_by { BY_NONE, BY_UNIT, BY_CLASS, BY_MONTH, BY_KIND, BY_HOUR };
extern const char *const group_by_names[]; /* "none", "unit" ...; ends with NULL */

struct supervise_query {
	hy_day from, to; /* both included, in the city's zone; HY_NO_DAY: without that end */
	enum group_by by;
	hy_ms now;
	const struct access_scope *scope; /* of whoever asks; NULL: sees nothing */
	bool no_cards;			  /* figures of cards are neither counted nor told */
	const struct actor
		*who; /* who reads the titles; NULL: somebody who may read none unredacted */
};
/* HY_BAD_FIELD when a period ends before it begins; HY_NO_DAY: without that end. */
enum hy_code supervise_days_ok(hy_day from, hy_day to, struct hy_err *e) HY_MUST;
/* NONE or one of the names, else HY_BAD_FIELD; checks the days too. */
enum hy_code supervise_query_of(struct city *c, const struct access_scope *scope, hy_str by,
				hy_day from, hy_day to, struct supervise_query *out,
				struct hy_err *e) HY_MUST;

/* --- the report ----------------------------------------------------------------------------- */
struct supervise_group {
	hy_str key; /* a unit's code, a class, "2026-09", a kind, "1-09" (Monday from 09:00); "" for
		       those that have none */
	hy_str name; /* in the language of the report */
	struct tally tally;
	hy_str oldest; /* code of the open matter that was filed first; "": none is open */
	hy_ms oldest_at;
};
struct supervise_report {
	struct supervise_query query;
	struct supervise_group *v; /* by key; empty when BY_NONE */
	size_t n;
	struct supervise_group total;
};
enum hy_code supervise_report(struct hy_arena *a, struct city *c, struct hy_db *db,
			      const struct supervise_query *q, hy_str language,
			      struct supervise_report *out, struct hy_err *e) HY_MUST;

/* --- the matters behind a figure ----------------------------------------------------------------
 */
struct supervise_matter { /* views live until the callback returns */
	int64_t id;
	hy_str code, title, unit, unit_name, group;
	hy_ms filed_at, due_at, answered_at; /* due: the nearest for figures of now, else
						of the main clock; HY_NO_TIME: none */
	facts facts;
	struct numbers numbers;
};
struct supervise_open {
	const struct figure *figure;
	bool one_group;
	hy_str group;  /* its key, when ONE_GROUP */
	int64_t after; /* only rows with a greater id */
	int64_t most;  /* at most so many; 0: all */
};
/* Calls FN for each, by id; FN's error ends it. */
enum hy_code supervise_open(struct hy_arena *a, struct city *c, struct hy_db *db,
			    const struct supervise_query *q, const struct supervise_open *o,
			    enum hy_code (*fn)(void *arg, const struct supervise_matter *m,
					       struct hy_err *e),
			    void *arg, struct hy_err *e) HY_MUST;

/* The figure of that id, else HY_BAD_FIELD (about FIELD) with the near one. */
enum hy_code supervise_figure(struct hy_arena *a, hy_str id, const char *field,
			      const struct figure **out, struct hy_err *e) HY_MUST;

/* --- as JSON: one form for the command line and the API -----------------------------------------
 */
/* DEFINED: with the definitions. */
void supervise_report_json(struct hy_json *j, const struct supervise_report *r,
			   const struct hy_calendar *cal, bool defined);
void supervise_figures_json(struct hy_json *j, bool cards); /* an array; with those of cards */
void supervise_matter_json(struct hy_json *j, const struct supervise_matter *m,
			   const struct hy_calendar *cal);

#endif
