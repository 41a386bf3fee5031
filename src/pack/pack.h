#ifndef PACK_PACK_H
#define PACK_PACK_H

/* pack -- institutions as data: kinds, states, moves, clocks, limits with their clause,
 * grounds, ladders, roles, calendars, and the tests that prove them.
 *
 * A pack is a folder of YAML.  Everything in it is data in a fixed vocabulary; unknown
 * keys are errors.  The vocabulary is one set of tables (pack/schema.c) from which the
 * loader, its "did you mean", and the JSON Schema for editors all come.  Several folders
 * are built into one institution: the first is the base, later ones add to it or replace
 * things of the same id.  The result is immutable and shared by all threads; everything
 * in it lives in its own arena. */

#include <jansson.h>

#include "time/clock.h"

/* A title or label in the three languages of the interface. */
struct pack_text {
	hy_str zh_cn, zh_hant, en;
};
#define PACK_TEXT(cn, hant, english)                                                               \
	{                                                                                          \
		HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english)                                 \
	}
hy_str pack_say(const struct pack_text *t, hy_str language); /* falls back to zh-CN, then en */
/* "5个工作日", "5 working days" */
hy_str pack_limit_say(struct hy_arena *a, struct hy_limit l, hy_str language);

/* --- limits ---------------------------------------------------------------------- */
/* What a rule said at a time. */
struct pack_value {
	hy_day from;	       /* first day on which it holds; INT32_MIN: always */
	hy_day until;	       /* first day on which it holds no longer; HY_NO_DAY: open */
	struct hy_limit limit; /* n == 0: lapsed, refuse with HY_NO_RULE */
	hy_str clause;	       /* "行政许可法 第四十二条第一款" */
};
/* A time limit of domain.md 1.1. */
struct pack_rule {
	hy_str id; /* "LIC_DECIDE" */
	struct pack_text title;
	struct pack_text from, to; /* in words: what starts it, what ends it */
	hy_str source;		   /* confidence and where read: "L J" */
	struct pack_value *values; /* ascending by from, not overlapping */
	size_t n_values;
	bool roll, keep_time, office_end, start_on_workday; /* see struct hy_clock_rule */
	int cutoff, cutoff_to;
	hy_str *cutoff_channels; /* the cut-off applies to these channels only; n == 0: to all */
	size_t n_cutoff_channels;
	struct hy_limit extension; /* the most that one extension may add; n == 0: none allowed */
	int extensions;		   /* how many; 1 when an extension is given */
	hy_str extension_approver; /* role that must approve it */
	hy_str extension_clause;
	hy_str *pauses; /* grounds that stop it (closed list); none: it cannot be paused */
	size_t n_pauses;
	hy_str pause_clause;
};
/* The value in force on DAY (the day the clock starts); NULL: none. */
const struct pack_value *pack_value_on(const struct pack_rule *r, hy_day day);

/* --- lists of words ---------------------------------------------------------------- */
/* Closed lists that a city may extend. */
enum pack_list {
	PACK_CHANNELS,
	PACK_ROLES,
	PACK_CLASSES,
	PACK_PAUSE_GROUNDS,
	PACK_CLOSE_GROUNDS,
	PACK_DECLINE_GROUNDS,
	PACK_RETURN_GROUNDS,
	PACK_REOPEN_GROUNDS,
	PACK_ANNUL_GROUNDS,
	PACK_HANDOFF_GROUNDS,
	PACK_FINDINGS,
	PACK_RATING_REASONS,
	PACK_PROBLEM_CATEGORIES,
	PACK__LISTS
};
struct pack_word {
	hy_str id; /* "expert_review" */
	struct pack_text title;
	hy_str clause;
	hy_str outcome; /* of a closing ground: "solved", "explained", "not_supported", "not_ours",
			   "duplicate", "withdrawn" ...; "" elsewhere */
	/* of a role: what whoever has it may do, and where (pack/permission.h) */
	uint64_t may;  /* bits by enum permission */
	int reach;     /* enum pack_reach */
	int clearance; /* enum pack_guard */
	bool oversees;
	bool sensitive; /* decides on people or opens what is sealed: a second factor is demanded */
};
struct pack_words {
	struct pack_word *v;
	size_t n;
};

/* --- ladders 预警阶梯 ------------------------------------------------------------------- */
struct pack_step {
	struct hy_step step;
	hy_str *tell; /* roles to be told */
	size_t n_tell;
	int severity; /* 0..100; separate from the colour */
};
struct pack_ladder {
	hy_str id;
	struct pack_step *steps;
	size_t n_steps;
	struct hy_step *plain; /* the same steps as hy_clock_lights() takes them */
};

/* --- kinds 事项种类 --------------------------------------------------------------------- */
/* What a move does; the meaning is in matter/, the permission is in the pack. */
enum pack_act {
	PACK_FILE,
	PACK_ACCEPT,
	PACK_DECLINE,
	PACK_NOTICE,
	PACK_DISPATCH,
	PACK_ASSIGN,
	PACK_RETURN,
	PACK_HAND_OFF,
	PACK_CO_HANDLE,
	PACK_PAUSE,
	PACK_RESUME,
	PACK_EXTEND,
	PACK_REPLY,
	PACK_CLOSE,
	PACK_RATE,
	PACK_REOPEN,
	PACK_ANNUL,
	PACK_CORRECT,
	PACK_JOIN,
	PACK_SPLIT,
	PACK_NOTE,
	PACK_STEP,
	PACK_CHARGE,
	PACK__ACTS
};
/* PACK_STEP: a step that only changes the state (and clocks, through their lists).
 * PACK_NOTE: a remark; changes nothing but the history.  PACK_CORRECT: class, place, title,
 * channel.  PACK_CHARGE: a fee was taken; what the catalogue says of it is written beside it. */
extern const char *const
	pack_act_names[PACK__ACTS + 1]; /* ends with NULL; "file", "accept", ... "hand_off" ... */

/* The fields a move may carry; type and privacy are fixed here (pack_fields[]). */
enum pack_field {
	PACK_TITLE,
	PACK_BODY,
	PACK_CHANNEL,
	PACK_CLASS,
	PACK_PLACE,
	PACK_NAME,
	PACK_CONTACT,
	PACK_UNIT,
	PACK_UNITS,
	PACK_PERSON,
	PACK_GROUND,
	PACK_REASON,
	PACK_BASIS,
	PACK_APPROVER,
	PACK_APPROVER_NAME,
	PACK_REMEDY,
	PACK_PAPER,
	PACK_PAPERS,
	PACK_PLANNED,
	PACK_LIMIT,
	PACK_DUE,
	PACK_TEXT,
	PACK_LINES,
	PACK_FINDING,
	PACK_LEVEL,
	PACK_REASONS,
	PACK_LEAD,
	PACK_MATTERS,
	PACK_CAUSE,
	PACK_MEASURE,
	PACK_TOLD,
	PACK_ABOUT_UNIT,
	PACK_ABOUT_PERSON,
	PACK_GUARD,
	PACK_ITEM,
	PACK_FIRST_CONTACT,
	PACK_AGENT,
	PACK_AGENT_CONTACT,
	PACK_AUTHORITY,
	PACK_FEE,
	PACK_AMOUNT,
	PACK_QUANTITY,
	PACK__FIELDS
};
enum pack_type {
	PACK_T_WORD,
	PACK_T_TEXT,
	PACK_T_WORDS,
	PACK_T_TEXTS,
	PACK_T_INT,
	PACK_T_LIMIT,
	PACK_T_INSTANT,
	PACK_T_PROBLEMS, /* lines of a problem list: matter/problem.h */
	PACK_T_MONEY	 /* yuan: "10", "10.50" (field.h) */
};
struct pack_field_info {
	const char *name; /* "approver_name" */
	enum pack_type type;
	bool is_private; /* goes to the salted commitment, not to the public log */
	int most;	 /* characters, items or value (of money: in yuan) */
	enum pack_list
		list; /* WORD, WORDS: from this list; PACK__LISTS: any word (a unit's code ...) */
};
/* GROUND is listed as PACK__LISTS: which list depends on the act (pack_ground_list()). */
extern const struct pack_field_info pack_fields[PACK__FIELDS];
enum pack_list pack_ground_list(enum pack_act act);

struct pack_state {
	hy_str id;
	struct pack_text title;
	bool open; /* the matter is not finished */
};
struct pack_need {
	enum pack_field field;
	bool required;
};
struct pack_move {
	hy_str id; /* unique in the kind; often the act's own name */
	struct pack_text title;
	enum pack_act act;
	hy_str *who; /* roles that may make it; "system" for automatic ones */
	size_t n_who;
	uint64_t from; /* bit i: from states[i]; at most 64 states.  The filing move has 0 */
	int to;	       /* index of the state; -1: stays */
	struct pack_need *needs;
	size_t n_needs;
	int most;		/* at most so many times in one matter; 0: any number */
	struct hy_limit within; /* n > 0: only so long after the last move WITHIN_OF */
	int within_of;		/* index of a move */
	bool within_roll;	/* the last day of that time rolls to a working day */
	uint64_t apart;		/* bit i: by another person than whoever made move i */
	int auto_clock; /* index of a clock: the system makes this move right after that clock's due
			   instant when it still runs; -1: none */
	hy_str clause;
};
struct pack_start {
	int move;    /* this move starts the clock ... */
	int back_to; /* ... as of the last move of this index (行政许可法 32(4)); -1: as of itself
		      */
};
struct pack_by_class {
	hy_str cls;
	const struct pack_rule *rule;
};
/* A promised limit 承诺时限: shorter than the rule's or equal, in the same unit. */
struct pack_pledge {
	hy_str cls; /* for matters of this class; "": for those of classes without one of their own
		     */
	struct pack_value value;
};
enum pack_holder {
	PACK_CITIZEN,
	PACK_UNIT_HOLDS
}; /* a unit's clock belongs to the unit that has the matter */
struct pack_clock {
	hy_str id; /* "handle" */
	struct pack_text title;
	const struct pack_rule *rule;	/* NULL: only a stated limit or date */
	struct pack_by_class *by_class; /* another rule for some classes */
	size_t n_by_class;
	enum pack_holder holder;
	bool legal; /* the matter's light and due date read it; false: informative */
	bool main;  /* exactly one per kind: "answered in time" is judged by it */
	const struct pack_ladder *ladder;
	bool stated_limit, stated_due; /* the filing move may carry LIMIT or DUE for this clock */
	struct pack_pledge *pledges;   /* by class, then by from, not overlapping; from the kind's
					  `pledged` or the pledges.yaml of a later folder */
	size_t n_pledges;
	struct pack_start *starts;
	size_t n_starts;
	/* Bit i: move i does that to the clock.  At most 64 moves. */
	uint64_t stops, pauses, resumes, extends, restarts;
};
/* A start while the clock runs, and `restarts` on a clock held by a unit, closes the running
 * instance and opens the next one; `restarts` on the citizen's clock is HY_CLOCK_RESTART. */
/* Who may read who filed: whoever handles it, whoever may read it, or nobody without custodians. */
enum pack_identity { PACK_IDENTITY_UNIT, PACK_IDENTITY_OPEN, PACK_IDENTITY_SEALED };
extern const char *const pack_identity_names[]; /* by enum; ends with NULL */

struct pack_kind {
	hy_str id;     /* "licence" */
	hy_str prefix; /* "XK": codes are XK-2026-000123 */
	struct pack_text title;
	hy_str clause;
	struct pack_state *states;
	size_t n_states;
	struct pack_move *moves; /* moves[0] is the filing move */
	size_t n_moves;
	struct pack_clock *clocks;
	size_t n_clocks;
	int returns_to; /* state index when PACK_RETURN goes beyond its `most`; -1 */
	enum pack_identity identity;
};
int pack_move_index(const struct pack_kind *k, hy_str id); /* -1: none */
int pack_state_index(const struct pack_kind *k, hy_str id);
int pack_clock_index(const struct pack_kind *k, hy_str id);
/* What is promised to matters of class CLS whose clock starts on DAY; NULL: nothing. */
const struct pack_value *pack_pledge_on(const struct pack_clock *c, hy_str cls, hy_day day);

/* --- tests in the pack ------------------------------------------------------------------ */
struct pack_expect_clock {
	hy_str clock;
	int instance;		       /* 1 is the first; 0: the latest */
	hy_str state;		       /* "idle|running|paused|stopped"; "": not checked */
	hy_str due, original, pledged; /* a day or an RFC 3339 instant as written; "none": there is
					  none; "": not checked */
	hy_str light;		       /* "green|blue|yellow|orange|red|none"; "": not checked */
	hy_str verdict;		       /* "in_time|late|open"; "": not checked */
	int provisional;	       /* -1: not checked, 0, 1 */
	int line;
};
struct pack_test_step {
	hy_ms at;
	hy_str move;	/* "" when this step only expects */
	hy_str by;	/* role; "": the first of the move's WHO */
	hy_str unit;	/* the actor's unit */
	json_t *data;	/* object with the move's fields, by name; owned by the pack's arena */
	hy_str refused; /* code key that must come back ("bad_field" ...); "": must succeed */
	/* expectations as of .at, after the move */
	hy_str state, light;
	struct pack_expect_clock *clocks;
	size_t n_clocks;
	int line;
};
struct pack_test {
	hy_str name, kind, file;
	struct pack_test_step *steps;
	size_t n_steps;
	int line;
};

/* --- the whole ----------------------------------------------------------------------------- */
struct pack_scheme;
struct pack {
	hy_str name, version, jurisdiction; /* of the last folder */
	struct pack_text title;
	hy_str hash; /* 64 hex digits over every file of every folder in order; framing:
			pack/source.h */
	struct hy_calendar *calendar; /* with every notice in the folders */
	struct pack_rule *rules;      /* by id */
	size_t n_rules;
	struct pack_kind *kinds;
	size_t n_kinds;
	struct pack_words lists[PACK__LISTS];
	struct pack_test *tests;
	size_t n_tests;
	const struct pack_scheme *schemes; /* pack/scheme.h; by id */
	size_t n_schemes;
	const struct pack_source *sources;
	size_t n_sources;
	struct hy_arena *arena;
};
const struct pack_kind *pack_kind(const struct pack *p, hy_str id);
const struct pack_rule *pack_rule(const struct pack *p, hy_str id);
const struct pack_word *pack_word(const struct pack *p, enum pack_list list, hy_str id);

/* One file of a folder, or of an institution kept in the store. */
struct pack_file {
	hy_str path; /* relative, '/' between parts, as in "kinds/licence.yaml" */
	hy_str text;
};
struct pack_source {
	hy_str name;		 /* the folder's own name, as given in its pack.yaml */
	struct pack_file *files; /* by path */
	size_t n_files;
};
/* Reads the *.yaml files of DIR (not its .md), at most 8 MiB in all.  A *.yml is refused: it would
 * be passed over in silence. */
enum hy_code pack_source_read(struct hy_arena *a, const char *dir, struct pack_source *out,
			      struct hy_err *e) HY_MUST;

/* The same of FILES that came another way; .name is empty when they do not say one. */
enum hy_code pack_source_make(struct hy_arena *a, const struct pack_file *files, size_t n,
			      struct pack_source *out, struct hy_err *e) HY_MUST;

struct pack_message {
	hy_str file;	  /* "base/kinds/licence.yaml" */
	int line, column; /* from 1 */
	bool error;	  /* else a warning */
	hy_str text;	  /* what was found, what was expected, the near name */
};
struct pack_messages {
	struct pack_message *v;
	size_t n, cap;
	size_t errors;
};

/* Builds one institution from folders in order.  In a later folder the same id (of a rule, kind,
 * ladder or word), the same year's notice, the hours, the statute and a test of the same name
 * replace what was there; in one folder a repetition is an error.  What a folder promises for a
 * clock of a kind replaces what earlier ones promised for it.  A value of a rule or a pledge
 * without `until` holds until the next one begins.  What stands wrong in a file is told first;
 * references between things are looked at when every file is well formed.  All messages are
 * collected in MSGS (in arena A), not only the first; any error makes it fail with HY_BAD_PACK and
 * a detail that quotes the first.  NOTICES are further calendar notices (see pack_notice_read),
 * later ones win.
 */
enum hy_code pack_build(struct hy_arena *a, const struct pack_source *sources, size_t n_sources,
			const struct pack_file *notices, size_t n_notices,
			struct pack_messages *msgs, struct pack **out, struct hy_err *e) HY_MUST;
void pack_free(struct pack **p);

/* Checks one notice file (our YAML, or holiday-cn JSON) for `huiyin calendar import`;
 * YEAR_OUT is the notice's year. */
enum hy_code pack_notice_read(struct hy_arena *a, const struct pack_file *file, int *year_out,
			      struct pack_messages *msgs, struct hy_err *e) HY_MUST;

/* The JSON Schema (draft 2020-12) of all files, keyed by folder, from the same tables. */
hy_str pack_schema(struct hy_arena *a);

#endif
