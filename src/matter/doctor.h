#ifndef MATTER_DOCTOR_H
#define MATTER_DOCTOR_H

/* doctor -- what is open, what is weak, what to do: `huiyin doctor`.
 *
 * A check is a row: what is looked at, and a function that says what it found.  Nothing is changed,
 * no secret is read aloud.  Rooms above bring their own tables; cli/doctor_cmd.c lists them. */

#include "base/command.h"
#include "matter/matter_store.h"

enum doctor_verdict {
	DOCTOR_OK,
	DOCTOR_UNKNOWN, /* could not be looked at: what was needed was not given */
	DOCTOR_WEAK,	/* works, and protects less than it could */
	DOCTOR_BAD	/* open, or about to fail */
};
extern const char *const doctor_verdict_names[]; /* "ok", "unknown", "weak", "bad" */

struct doctor_text { /* zh-CN, zh-Hant, en */
	hy_str say[3];
};
#define DOCTOR_SAYS(cn, hant, english)                                                             \
	(&(const struct doctor_text){ { HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english) } })

struct doctor {
	const struct hy_run *run; /* the options of `huiyin doctor` */
	struct hy_arena *a;
	const char *where; /* the city's folder */
	struct city *city; /* NULL: it could not be opened */
	struct hy_db *db;
	hy_ms now;
	struct doctor_finding *found;
	size_t n, cap;
	const struct doctor_check *check; /* the one that runs */
};
struct doctor_finding {
	const struct doctor_check *check;
	enum doctor_verdict verdict;
	hy_str about; /* a file, a name, a number: the same in every language; may be empty */
	const struct doctor_text *means, *mend; /* MEND NULL: nothing to do */
};
struct doctor_check {
	const char *id; /* "files.keys" */
	struct doctor_text title;
	bool without_city; /* can be looked at even when the city cannot be opened */
	enum hy_code (*look)(struct doctor *d, struct hy_err *e);
};

/* Notes what was found; MEANS and MEND must be static. */
void doctor_finds(struct doctor *d, enum doctor_verdict verdict, hy_str about,
		  const struct doctor_text *means, const struct doctor_text *mend);
/* Runs every check of the tables (ends with NULL).  A check that fails is DOCTOR_UNKNOWN with the
 * reason; one that finds nothing is DOCTOR_OK. */
void doctor_run(struct doctor *d, const struct doctor_check *const *tables);
enum doctor_verdict doctor_worst(const struct doctor *d);
hy_str doctor_say(const struct doctor_text *t, hy_str language);

extern const struct doctor_check doctor_city_checks[];	 /* rules, calendar, record, settings */
extern const struct doctor_check doctor_people_checks[]; /* accounts, administrators, custodians */

#endif
