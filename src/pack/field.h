#ifndef PACK_FIELD_H
#define PACK_FIELD_H

/* field -- the fields a move may carry, once: pack_fields[], the keys of a test's steps and
 * the JSON Schema all come from these rows. */

#include "pack/pack.h"

/*  constant, name, type, private, most, list, what it is */
#define PACK_FIELD_ROWS(X)                                                                         \
	X(TITLE, "title", TEXT, true, 200, PACK__LISTS, "the matter in one line")                  \
	X(BODY, "body", TEXT, true, 20000, PACK__LISTS, "what is asked for, in full")              \
	X(CHANNEL, "channel", WORD, false, 40, PACK_CHANNELS, "how it came in")                    \
	X(CLASS, "class", WORD, false, 40, PACK_CLASSES, "the class of the matter")                \
	X(PLACE, "place", TEXT, true, 200, PACK__LISTS, "where it is")                             \
	X(NAME, "name", TEXT, true, 100, PACK__LISTS, "who asks")                                  \
	X(CONTACT, "contact", TEXT, true, 200, PACK__LISTS, "how to reach who asks")               \
	X(UNIT, "unit", WORD, false, 64, PACK__LISTS, "the responsible unit's code")               \
	X(UNITS, "units", WORDS, false, 20, PACK__LISTS, "codes of the units that help")           \
	X(PERSON, "person", WORD, true, 64, PACK__LISTS, "who handles it, in the unit")            \
	X(GROUND, "ground", WORD, false, 40, PACK__LISTS, "the ground, from the list of the act")  \
	X(REASON, "reason", TEXT, true, 2000, PACK__LISTS, "the reason in words")                  \
	X(BASIS, "basis", TEXT, false, 400, PACK__LISTS, "the article it rests on")                \
	X(APPROVER, "approver", WORD, false, 40, PACK_ROLES, "the role that approved it")          \
	X(APPROVER_NAME, "approver_name", TEXT, true, 100, PACK__LISTS, "who approved it")         \
	X(REMEDY, "remedy", TEXT, true, 2000, PACK__LISTS, "what the person can do against it")    \
	X(PAPER, "paper", TEXT, true, 200, PACK__LISTS, "number of the paper that says so")        \
	X(PAPERS, "papers", TEXTS, true, 40, PACK__LISTS, "the papers that are missing")           \
	X(PLANNED, "planned", INT, false, 3650, PACK__LISTS, "planned length in days")             \
	X(LIMIT, "limit", LIMIT, false, 3650, PACK__LISTS, "a limit such as 10wd")                 \
	X(DUE, "due", INSTANT, false, 40, PACK__LISTS, "a stated date")                            \
	X(TEXT, "text", TEXT, true, 20000, PACK__LISTS, "the answer or remark")                    \
	X(LINES, "lines", PROBLEMS, true, 40, PACK_PROBLEM_CATEGORIES, "lines of a problem list")  \
	X(FINDING, "finding", WORD, false, 40, PACK_FINDINGS, "what was found")                    \
	X(LEVEL, "level", INT, false, 5, PACK__LISTS, "1 very dissatisfied .. 5 very satisfied")   \
	X(REASONS, "reasons", WORDS, false, 20, PACK_RATING_REASONS, "why this rating")            \
	X(LEAD, "lead", WORD, false, 40, PACK__LISTS, "code of the matter that leads")             \
	X(ABOUT_UNIT, "about_unit", WORD, true, 64, PACK__LISTS, "code of the unit complained of") \
	X(ABOUT_PERSON, "about_person", TEXT, true, 100, PACK__LISTS,                              \
	  "who is complained of: login, number or name")                                           \
	X(GUARD, "guard", WORD, true, 20, PACK__LISTS, "normal, protected or sealed")

extern const char *const pack_list_names[PACK__LISTS + 1]; /* "channels" ...; ends with NULL */
extern const char *const pack_field_names[PACK__FIELDS + 1];

/* The field or act of that name; PACK__FIELDS, PACK__ACTS when there is none. */
enum pack_field pack_field_of(hy_str name);
enum pack_act pack_act_of(hy_str name);

#endif
