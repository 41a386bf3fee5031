#include "pack/field.h"
#include "pack/permission.h"
#include "pack/schema_rows.h"

static const struct pack_shape id = { .type = SHAPE_ID };
static const struct pack_shape rule_id = { .type = SHAPE_RULE };
static const struct pack_shape prefix = { .type = SHAPE_PREFIX };
static const struct pack_shape label = { .type = SHAPE_LINE, .least = 1, .most = 200 };
static const struct pack_shape line = { .type = SHAPE_LINE, .least = 1, .most = 2000 };
static const struct pack_shape flag = { .type = SHAPE_FLAG };
static const struct pack_shape day = { .type = SHAPE_DAY };
static const struct pack_shape instant = { .type = SHAPE_INSTANT };
static const struct pack_shape local = { .type = SHAPE_LOCAL };
static const struct pack_shape due_text = { .type = SHAPE_DUE };
static const struct pack_shape limit = { .type = SHAPE_LIMIT };
static const struct pack_shape limit_or_null = { .type = SHAPE_LIMIT_OR_NULL };
static const struct pack_shape time_of_day = { .type = SHAPE_TIME };
static const struct pack_shape span = { .type = SHAPE_SPAN };
static const struct pack_shape offset = { .type = SHAPE_OFFSET };
static const struct pack_shape data = { .type = SHAPE_DATA };
static const struct pack_shape year = { .type = SHAPE_INT, .least = 1990, .most = 2099 };
static const struct pack_shape count = { .type = SHAPE_INT, .least = 1, .most = 1000 };
static const struct pack_shape percent = { .type = SHAPE_INT, .least = 1, .most = 100 };
static const struct pack_shape severity = { .type = SHAPE_INT, .least = 0, .most = 100 };
LIST(ids, id, 1, 500);
LIST(lines, line, 1, 100);
LIST(years, year, 1, 200);

static const struct pack_key text_keys[] = {
	{ "zh-CN", &line, true, "simplified Chinese" },
	{ "zh-Hant", &line, true, "traditional Chinese" },
	{ "en", &line, true, "English" },
	END,
};
const struct pack_shape pack_shape_text = {
	.type = SHAPE_MAP, .about = "a text in three languages", .name = "text", .keys = text_keys
};
#define text pack_shape_text

/* --- pack.yaml ------------------------------------------------------------------------ */
static const struct pack_key pack_keys[] = {
	{ "pack", &id, true, "the folder's name" },
	{ "version", &label, true, "version of this folder, such as 2026.11.1" },
	{ "jurisdiction", &label, true, "where it holds, such as CN or CN-610800" },
	{ "title", &text, true, "name for people" },
	{ "region", &label, false, "id of the overlay in calendar/regions/ that is in force" },
	END,
};
MAP(pack, "pack.yaml", pack_keys);

/* --- calendar/ ------------------------------------------------------------------------ */
const char *const pack_weekday_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL };
static const struct pack_shape weekday = { .type = SHAPE_WORD, .words = pack_weekday_names };
LIST(weekend, weekday, 0, 6);
LIST(spans, span, 0, 4);

static const struct pack_key summer_keys[] = {
	{ "from", &instant, true, "first instant with the other offset" },
	{ "until", &instant, true, "first instant without it" },
	{ "offset", &offset, true, "the other offset" },
	END,
};
MAP(summer, "a stretch of summer time", summer_keys);
LIST(summers, summer, 0, 200);

static const struct pack_key office_keys[] = {
	{ "mon", &spans, false, "office hours on Mondays" },
	{ "tue", &spans, false, "office hours on Tuesdays" },
	{ "wed", &spans, false, "office hours on Wednesdays" },
	{ "thu", &spans, false, "office hours on Thursdays" },
	{ "fri", &spans, false, "office hours on Fridays; a make-up day uses these" },
	{ "sat", &spans, false, "office hours on Saturdays" },
	{ "sun", &spans, false, "office hours on Sundays" },
	END,
};
MAP(office, "the office hours", office_keys);

static const struct pack_key hours_keys[] = {
	{ "id", &label, true, "the calendar's id" },
	{ "zone", &offset, true, "standard offset from UTC" },
	{ "summer", &summers, false, "summer time, in force order" },
	{ "weekend", &weekend, true, "weekdays that are not worked" },
	{ "always_final", &flag, false, "needs no yearly notices: nothing is provisional" },
	{ "office", &office, false, "office hours by weekday" },
	{ "clause", &line, false, "where this is laid down" },
	END,
};
MAP(hours, "the calendar's hours", hours_keys);

static const struct pack_key notice_day_keys[] = {
	{ "day", &day, true, "the day" },
	{ "work", &flag, true, "is it worked?" },
	{ "name", &label, true, "the holiday, or the one a make-up day belongs to" },
	END,
};
MAP(notice_day, "a day", notice_day_keys);
LIST(notice_days, notice_day, 1, 400);

static const struct pack_key notice_keys[] = {
	{ "notice", &year, true, "the year the notice arranges" },
	{ "title", &text, true, "name of the notice" },
	{ "ref", &line, true, "number or address of the notice" },
	{ "refs", &lines, false, "further addresses" },
	{ "covers", &years, true, "years that need no other notice" },
	{ "days", &notice_days, true, "days that differ from the week" },
	END,
};
const struct pack_shape pack_shape_notice = {
	.type = SHAPE_MAP, .about = "a notice", .name = "notice", .keys = notice_keys
};

static const struct pack_key holiday_day_keys[] = {
	{ "name", &label, true, "the holiday" },
	{ "date", &day, true, "the day" },
	{ "isOffDay", &flag, true, "is it free?" },
	END,
};
MAP(holiday_day, "a day", holiday_day_keys);
LIST(holiday_days, holiday_day, 1, 400);
static const struct pack_key holiday_keys[] = {
	{ "$schema", &line, false, "address of its own schema" },
	{ "$id", &line, false, "its own address" },
	{ "year", &year, true, "the year the notice arranges" },
	{ "papers", &lines, true, "addresses of the State Council's notices" },
	{ "days", &holiday_days, true, "days that differ from the week" },
	END,
};
const struct pack_shape pack_shape_holiday = {
	.type = SHAPE_MAP, .about = "a holiday-cn file", .name = "holiday", .keys = holiday_keys
};

static const struct pack_key statute_day_keys[] = {
	{ "day", &day, true, "the day" },
	{ "name", &label, true, "the holiday" },
	END,
};
MAP(statute_day, "a day", statute_day_keys);
LIST(statute_days, statute_day, 1, 5000);
static const struct pack_key statute_keys[] = {
	{ "statute", &text, true, "name of the statute" },
	{ "ref", &line, true, "article" },
	{ "days", &statute_days, true, "holidays, for years without a notice" },
	END,
};
MAP(statute, "the statutory holidays", statute_keys);

LIST(region_days, notice_day, 1, 5000);
static const struct pack_key region_keys[] = {
	{ "region", &label, true, "id; the file's name" },
	{ "title", &text, true, "name of the region" },
	{ "ref", &line, true, "where this is laid down" },
	{ "days", &region_days, true, "days that differ from the country's" },
	END,
};
MAP(region, "a regional overlay", region_keys);

/* --- lists ------------------------------------------------------------------------------ */
static const struct pack_key word_keys[] = {
	{ "id", &id, true, "the word" },
	{ "title", &text, true, "for people" },
	{ "clause", &line, false, "where it is laid down" },
	END,
};
MAP(word, "a word of a list", word_keys);

/* --- roles: what the institution allows to whoever has one --------------------------------- */
#define WORD_OFFICE(name) name,
#define WORD_SYSTEM(name)
#define WORD_EVERY(name)
static const char *const may_words[] = {
#define X(id, name, whom, cn, hant, english) WORD_##whom(name)
	PERMISSION_ROWS(X)
#undef X
		NULL,
};
static const struct pack_shape may_word = { .type = SHAPE_WORD, .words = may_words };
LIST(may_list, may_word, 0, PERMISSION__N);
static const struct pack_shape reach_word = { .type = SHAPE_WORD, .words = pack_reach_names };
static const struct pack_shape guard_word = { .type = SHAPE_WORD, .words = pack_guard_names };
static const struct pack_key role_keys[] = {
	{ "id", &id, true, "the role" },
	{ "title", &text, true, "for people" },
	{ "clause", &line, false, "where it is laid down" },
	{ "may", &may_list, false, "permissions; absent: none" },
	{ "reach", &reach_word, false,
	  "from the unit in which it is held: own (the unit alone), below (what stands under it "
	  "too), all (the whole city); absent: own" },
	{ "clearance", &guard_word, false,
	  "the most closely kept matters it sees: normal, protected, sealed; absent: normal" },
	{ "oversees", &flag, false,
	  "complaints about units and people go to the unit that holds it when nobody stands "
	  "above" },
	{ "sensitive", &flag, false,
	  "decides on people or opens what is sealed: it is used with a second factor alone" },
	END,
};
MAP(role_word, "a role", role_keys);
LIST(role_list, role_word, 0, 1000);
LIST(words, word, 0, 1000);
static const struct pack_key close_keys[] = {
	{ "id", &id, true, "the word" },
	{ "title", &text, true, "for people" },
	{ "clause", &line, false, "where it is laid down" },
	{ "outcome", &id, true, "how figures count it: solved, explained, not_ours ..." },
	END,
};
MAP(close_word, "a closing ground", close_keys);
LIST(close_words, close_word, 0, 1000);
static const struct pack_key lists_keys[] = {
	{ "channels", &words, false, "how matters come in" },
	{ "roles", &role_list, false, "who may act" },
	{ "classes", &words, false, "classes of matters" },
	{ "pause_grounds", &words, false, "grounds that stop a clock" },
	{ "close_grounds", &close_words, false, "grounds for closing, with their outcome" },
	{ "decline_grounds", &words, false, "grounds for declining" },
	{ "return_grounds", &words, false, "grounds for sending back" },
	{ "reopen_grounds", &words, false, "grounds for reopening" },
	{ "annul_grounds", &words, false, "grounds for annulling" },
	{ "handoff_grounds", &words, false, "grounds for handing off" },
	{ "findings", &words, false, "findings of a check" },
	{ "rating_reasons", &words, false, "reasons for a rating" },
	{ "problem_categories", &words, false, "what problems of conduct are called" },
	END,
};
MAP(lists, "the lists", lists_keys);

/* --- rules ------------------------------------------------------------------------------ */
static const struct pack_key value_keys[] = {
	{ "from", &day, false, "first day on which it holds; absent: always" },
	{ "until", &day, false, "first day on which it holds no longer; absent: the next value's" },
	{ "limit", &limit_or_null, true, "the limit; null: lapsed" },
	{ "clause", &line, true, "article" },
	END,
};
MAP(value, "a value", value_keys);
LIST(values, value, 1, 100);
static const struct pack_key cutoff_keys[] = {
	{ "at", &time_of_day, true,
	  "what comes in at or after it counts from the next working day" },
	{ "to", &time_of_day, false, "the time of day it then counts from; absent: 00:00" },
	{ "channels", &ids, false, "for these channels only" },
	END,
};
MAP(cutoff, "a cut-off", cutoff_keys);
static const struct pack_key extension_keys[] = {
	{ "limit", &limit, true, "the most one extension may add" },
	{ "times", &count, false, "how many; absent: 1" },
	{ "approver", &id, true, "the role that must approve" },
	{ "clause", &line, true, "article" },
	END,
};
MAP(extension, "an extension", extension_keys);
static const struct pack_key rule_pause_keys[] = {
	{ "grounds", &ids, true, "the closed list of grounds" },
	{ "clause", &line, true, "article" },
	END,
};
MAP(rule_pause, "a pause", rule_pause_keys);
static const struct pack_key rule_keys[] = {
	{ "id", &rule_id, true, "the rule's id" },
	{ "title", &text, true, "name for people" },
	{ "from", &text, true, "what starts it, in words" },
	{ "to", &text, true, "what ends it, in words" },
	{ "source", &label, true, "confidence and where read, such as L J" },
	{ "values", &values, true, "the limit by date" },
	{ "roll", &flag, false, "an end on a day not worked moves to the next working day" },
	{ "keep_time", &flag, false, "due at the time of day of the start" },
	{ "office_end", &flag, false, "the last day ends with the office hours" },
	{ "start_on_workday", &flag, false, "a start on a day not worked moves on" },
	{ "cutoff", &cutoff, false, "late arrivals count from the next working day" },
	{ "extension", &extension, false, "extensions allowed" },
	{ "pause", &rule_pause, false, "grounds that stop it" },
	END,
};
MAP(rule, "a rule", rule_keys);
LIST(rules, rule, 1, 1000);
static const struct pack_key rules_keys[] = {
	{ "rules", &rules, true, "time limits" },
	END,
};
MAP(rules_file, "a file of rules", rules_keys);

/* --- ladders ---------------------------------------------------------------------------- */
const char *const pack_light_names[] = { "none", "green", "blue", "yellow", "orange", "red", NULL };
static const struct pack_shape step_light = { .type = SHAPE_WORD, .words = pack_light_names + 2 };
static const char *const of_words[] = { "statutory", "pledged", NULL };
static const struct pack_shape step_of = { .type = SHAPE_WORD, .words = of_words };
static const struct pack_key step_keys[] = {
	{ "light", &step_light, true, "the colour" },
	{ "at_start", &flag, false, "as soon as the clock starts" },
	{ "percent", &percent, false, "when that share of the limit is used up" },
	{ "before", &limit, false, "so long before it is due" },
	{ "overdue", &flag, false, "right after it was due" },
	{ "after", &limit, false, "so long after it was due" },
	{ "of", &step_of, false, "measured on which limit; absent: statutory" },
	{ "tell", &ids, false, "roles to be told" },
	{ "severity", &severity, false, "0 to 100" },
	END,
};
MAP(ladder_step, "a step", step_keys);
LIST(ladder_steps, ladder_step, 1, 50);
static const struct pack_key ladder_keys[] = {
	{ "id", &id, true, "the ladder's id" },
	{ "steps", &ladder_steps, true, "from green upwards" },
	END,
};
MAP(ladder, "a ladder", ladder_keys);
LIST(ladders, ladder, 1, 100);
static const struct pack_key ladders_keys[] = {
	{ "ladders", &ladders, true, "ladders of lights" },
	END,
};
MAP(ladders_file, "a file of ladders", ladders_keys);

/* --- kinds ------------------------------------------------------------------------------ */
static const struct pack_key state_keys[] = {
	{ "id", &id, true, "the state" },
	{ "title", &text, true, "for people" },
	{ "open", &flag, true, "is the matter not finished?" },
	END,
};
MAP(kind_state, "a state", state_keys);
LIST(states, kind_state, 1, 64);

static const struct pack_shape field_word = { .type = SHAPE_WORD, .words = pack_field_names };
LIST(field_words, field_word, 0, PACK__FIELDS);
static const struct pack_shape act_word = { .type = SHAPE_WORD, .words = pack_act_names };
static const struct pack_shape from_states = { .type = SHAPE_EITHER, .item = &id, .other = &ids };
static const struct pack_key within_keys[] = {
	{ "limit", &limit, true, "how long" },
	{ "of", &id, true, "after the last move of this id" },
	{ "roll", &flag, false, "a last day not worked moves on" },
	END,
};
MAP(within, "a time for a move", within_keys);
static const struct pack_key move_keys[] = {
	{ "id", &id, true, "the move" },
	{ "title", &text, true, "for people" },
	{ "act", &act_word, false, "what it does; absent: the id, when it is an act's name" },
	{ "who", &ids, true, "roles that may make it" },
	{ "from", &from_states, false, "states, or open, closed, any" },
	{ "to", &id, false, "the state it leads to; absent: stays" },
	{ "needs", &field_words, false, "fields it must carry" },
	{ "may", &field_words, false, "fields it may carry" },
	{ "most", &count, false, "at most so often in one matter" },
	{ "within", &within, false, "only so long after another move" },
	{ "apart", &ids, false, "moves: whoever made one of them may not make this one" },
	{ "auto", &id, false, "made by the system when this clock has run out" },
	{ "clause", &line, false, "article" },
	END,
};
MAP(kind_move, "a move", move_keys);
LIST(moves, kind_move, 1, 64);

static const struct pack_key start_keys[] = {
	{ "move", &id, true, "this move starts the clock" },
	{ "back_to", &id, true, "as of the last move of this id" },
	END,
};
MAP(start_back, "a start", start_keys);
static const struct pack_shape start = { .type = SHAPE_EITHER, .item = &id, .other = &start_back };
LIST(starts, start, 1, 64);
static const char *const holder_words[] = { "citizen", "unit", NULL };
static const struct pack_shape holder = { .type = SHAPE_WORD, .words = holder_words };
static const char *const stated_words[] = { "limit", "due", NULL };
static const struct pack_shape stated_word = { .type = SHAPE_WORD, .words = stated_words };
LIST(stated, stated_word, 1, 2);
static const struct pack_key pledged_keys[] = {
	{ "limit", &limit, true, "the promised limit" },
	{ "clause", &line, true, "where it was promised" },
	END,
};
MAP(pledged, "a pledge", pledged_keys);
static const struct pack_shape by_class = { .type = SHAPE_KEYED,
					    .about = "rules by class",
					    .item = &rule_id };
static const struct pack_key clock_keys[] = {
	{ "id", &id, true, "the clock" },
	{ "title", &text, true, "for people" },
	{ "rule", &rule_id, false, "its time limit; absent: only what is stated" },
	{ "by_class", &by_class, false, "another rule for some classes" },
	{ "holder", &holder, true, "whose clock it is" },
	{ "legal", &flag, false, "the matter's light reads it; absent: true for the citizen's" },
	{ "main", &flag, false, "answered in time is judged by it; exactly one" },
	{ "ladder", &id, false, "its ladder of lights" },
	{ "stated", &stated, false, "the filing move may carry these for it" },
	{ "pledged", &pledged, false,
	  "the promised limit, never longer than the rule's and in its unit; a later folder's "
	  "pledges.yaml replaces it" },
	{ "starts", &starts, true, "moves that start it" },
	{ "stops", &ids, false, "moves that stop it" },
	{ "pauses", &ids, false, "moves that pause it" },
	{ "resumes", &ids, false, "moves that resume it" },
	{ "extends", &ids, false, "moves that extend it" },
	{ "restarts", &ids, false, "moves that restart it" },
	END,
};
MAP(kind_clock, "a clock", clock_keys);
LIST(clocks, kind_clock, 1, 16);

const char *const pack_identity_names[] = { "unit", "open", "sealed", NULL };
static const struct pack_shape identity = { .type = SHAPE_WORD, .words = pack_identity_names };

static const struct pack_key kind_keys[] = {
	{ "kind", &id, true, "the kind's id" },
	{ "prefix", &prefix, true, "of its codes" },
	{ "title", &text, true, "for people" },
	{ "clause", &line, false, "article" },
	{ "states", &states, true, "its states" },
	{ "returns_to", &id, false, "where a return beyond its `most` leads" },
	{ "identity", &identity, false,
	  "who may read who filed it: `unit` (also when unwritten) whoever handles it, `open` "
	  "whoever may read it, `sealed` nobody without custodians" },
	{ "moves", &moves, true, "its moves; the first is the filing move" },
	{ "clocks", &clocks, true, "its clocks" },
	END,
};
MAP(kind, "a kind", kind_keys);

/* --- pledges ---------------------------------------------------------------------------- */
static const struct pack_key pledge_keys[] = {
	{ "kind", &id, true, "the kind, of this folder or an earlier one" },
	{ "clock", &id, true, "its clock; these pledges replace those of earlier folders for it" },
	{ "class", &id, false,
	  "for this class, which then has its own pledges only; absent: for all others" },
	{ "limit", &limit, true,
	  "the promised limit, never longer than the rule's and in its unit" },
	{ "clause", &line, true, "where it was promised" },
	{ "from", &day, false,
	  "first day on which it holds, for clocks that start then; absent: always" },
	{ "until", &day, false, "first day on which it holds no longer; absent: the next one's" },
	END,
};
MAP(pledge, "a pledge on a clock", pledge_keys);
LIST(pledges, pledge, 1, 1000);
static const struct pack_key pledges_keys[] = {
	{ "pledges", &pledges, true, "promised limits" },
	END,
};
MAP(pledges_file, "a file of pledges", pledges_keys);

/* --- tests ------------------------------------------------------------------------------ */
static const struct pack_shape any_light = { .type = SHAPE_WORD, .words = pack_light_names };
static const char *const clock_state_words[] = { "idle", "running", "paused", "stopped", NULL };
static const struct pack_shape clock_state = { .type = SHAPE_WORD, .words = clock_state_words };
static const char *const verdict_words[] = { "in_time", "late", "open", NULL };
static const struct pack_shape verdict = { .type = SHAPE_WORD, .words = verdict_words };
static const struct pack_key expect_clock_keys[] = {
	{ "instance", &count, false, "1 is the first; absent: the latest" },
	{ "state", &clock_state, false, "its state" },
	{ "due", &due_text, false, "the day or instant it is due, or none" },
	{ "original", &due_text, false, "the same without pauses and extensions" },
	{ "pledged", &due_text, false, "the same under the pledge" },
	{ "light", &any_light, false, "its light" },
	{ "verdict", &verdict, false, "was it kept?" },
	{ "provisional", &flag, false, "does it rest on a missing notice?" },
	END,
};
MAP(expect_clock, "what is expected of a clock", expect_clock_keys);
static const struct pack_shape expect_clocks = { .type = SHAPE_KEYED,
						 .about = "what is expected of the clocks",
						 .item = &expect_clock };
static const struct pack_key expect_keys[] = {
	{ "state", &id, false, "the matter's state" },
	{ "light", &any_light, false, "the matter's light" },
	{ "clocks", &expect_clocks, false, "its clocks" },
	END,
};
MAP(expect, "what is expected", expect_keys);
static const struct pack_key problem_line_keys[] = {
	{ "category", &data, false, "of problem_categories" },
	{ "example", &data, false, "what happened" },
	{ "place", &data, false, "where" },
	{ "date", &data, false, "when" },
	{ "cause", &data, false, "why" },
	{ "measure", &data, false, "what is done about it" },
	{ "responsible", &data, false, "by whom" },
	{ "due", &data, false, "until when" },
	END,
};
MAP(problem_line, "a line of a problem list", problem_line_keys);
LIST(problem_lines, problem_line, 0, 100);
#define FIELD_WORD data
#define FIELD_TEXT data
#define FIELD_WORDS data
#define FIELD_TEXTS data
#define FIELD_INT data
#define FIELD_LIMIT data
#define FIELD_MONEY data
#define FIELD_INSTANT data
#define FIELD_PROBLEMS problem_lines
static const struct pack_key test_step_keys[] = {
	{ "at", &local, true, "when" },
	{ "move", &id, false, "the move; its fields stand beside it" },
	{ "by", &id, false, "role of who makes it; absent: the first that may" },
	{ "as_unit", &label, false, "the actor's unit" },
	{ "refused", &id, false, "the code that must come back, such as bad_field" },
	{ "expect", &expect, false, "what must hold right after" },
#define X(id, name, type, is_private, most, list, title, about)                                    \
	{ name, &FIELD_##type, false, about },
	PACK_FIELD_ROWS(X)
#undef X
		END,
};
MAP(test_step, "a test step", test_step_keys);
LIST(test_steps, test_step, 1, 200);
static const struct pack_key test_keys[] = {
	{ "name", &label, true, "what it shows; the same name in a later folder replaces it" },
	{ "kind", &id, true, "the kind tried" },
	{ "steps", &test_steps, true, "in order of time" },
	END,
};
MAP(test, "a test", test_keys);
LIST(tests, test, 1, 1000);
static const struct pack_key tests_keys[] = {
	{ "tests", &tests, true, "tests of kinds" },
	END,
};
MAP(tests_file, "a file of tests", tests_keys);

/* --- files ------------------------------------------------------------------------------ */
#define NAME "[^./][^.]*"
const struct pack_place pack_places[] = {
	{ "pack.yaml", "^pack\\.yaml$", PLACE_PACK, &pack, "what this folder is" },
	{ "calendar/hours.yaml", "^calendar/hours\\.yaml$", PLACE_HOURS, &hours, "week and hours" },
	{ "calendar/statutory.yaml", "^calendar/statutory\\.yaml$", PLACE_STATUTE, &statute,
	  "statutory holidays" },
	{ "calendar/regions/*.yaml", "^calendar/regions/" NAME "\\.yaml$", PLACE_REGION, &region,
	  "days of a region" },
	{ "calendar/*.yaml", "^calendar/[0-9]{4}\\.yaml$", PLACE_NOTICE, &pack_shape_notice,
	  "a year's notice" },
	{ "lists.yaml", "^lists\\.yaml$", PLACE_LISTS, &lists, "lists of words" },
	{ "lists/*.yaml", "^lists/" NAME "\\.yaml$", PLACE_LISTS, &lists, "lists of words" },
	{ "rules/*.yaml", "^rules/" NAME "\\.yaml$", PLACE_RULES, &rules_file, "time limits" },
	{ "ladders.yaml", "^ladders\\.yaml$", PLACE_LADDERS, &ladders_file, "ladders of lights" },
	{ "ladders/*.yaml", "^ladders/" NAME "\\.yaml$", PLACE_LADDERS, &ladders_file,
	  "ladders of lights" },
	{ "kinds/*.yaml", "^kinds/" NAME "\\.yaml$", PLACE_KIND, &kind, "a kind of matter" },
	{ "pledges.yaml", "^pledges\\.yaml$", PLACE_PLEDGES, &pledges_file,
	  "limits promised on top of the kinds" },
	{ "pledges/*.yaml", "^pledges/" NAME "\\.yaml$", PLACE_PLEDGES, &pledges_file,
	  "limits promised on top of the kinds" },
	{ "schemes/*.yaml", "^schemes/" NAME "\\.yaml$", PLACE_SCHEME, &pack_shape_scheme,
	  "an appraisal" },
	{ "tests/*.yaml", "^tests/" NAME "\\.yaml$", PLACE_TESTS, &tests_file, "tests of kinds" },
};
const size_t pack_n_places = HY_COUNT(pack_places);

const struct pack_place *pack_place_of(hy_str path)
{
	for (size_t i = 0; i < pack_n_places; i++) {
		hy_str want = hy_str_of(pack_places[i].path);
		ptrdiff_t star = hy_str_find(want, HY_S("*"));
		if (star < 0) {
			if (hy_str_eq(path, want))
				return &pack_places[i];
			continue;
		}
		hy_str head = { want.p, (size_t)star };
		hy_str tail = { want.p + star + 1, want.n - (size_t)star - 1 };
		if (path.n <= head.n + tail.n || !hy_str_starts(path, head) ||
		    !hy_str_ends(path, tail))
			continue;
		hy_str name = { path.p + head.n, path.n - head.n - tail.n };
		if (name.p[0] != '/' && !memchr(name.p, '.', name.n))
			return &pack_places[i];
	}
	return NULL;
}
