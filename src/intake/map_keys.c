#include "intake/map_keys.h"

#include "intake/map.h"

#define END                                                                                        \
	{                                                                                          \
		0                                                                                  \
	}
#define MAP(id, about_, rows)                                                                      \
	static const struct pack_shape id = {                                                      \
		.type = SHAPE_MAP, .about = about_, .name = #id, .keys = rows                      \
	}
#define LIST(id, item_, least_, most_)                                                             \
	static const struct pack_shape id = {                                                      \
		.type = SHAPE_LIST, .item = &item_, .least = least_, .most = most_                 \
	}
#define EITHER(id, one, many)                                                                      \
	static const struct pack_shape id = { .type = SHAPE_EITHER, .item = &one, .other = &many }

const char *const intake_encoding_names[] = { "auto", "utf-8", "gb18030", NULL };
const char *const intake_delimiter_names[] = { "comma", "semicolon", "tab", NULL };
const char intake_delimiters[] = ",;\t";

static const struct pack_shape id = { .type = SHAPE_ID };
static const struct pack_shape label = { .type = SHAPE_LINE, .least = 1, .most = 200 };
static const struct pack_shape pattern = { .type = SHAPE_LINE, .least = 1, .most = 2000 };
static const struct pack_shape one_byte = { .type = SHAPE_LINE, .least = 1, .most = 1 };
static const struct pack_shape flag = { .type = SHAPE_FLAG };
static const struct pack_shape offset = { .type = SHAPE_OFFSET };
static const struct pack_shape seconds = { .type = SHAPE_INT, .least = 0, .most = 31536000 };
static const struct pack_shape encoding = { .type = SHAPE_WORD, .words = intake_encoding_names };
static const struct pack_shape delimiter = { .type = SHAPE_WORD, .words = intake_delimiter_names };
LIST(labels, label, 1, 500);
LIST(few, label, 1, 20);
LIST(patterns, pattern, 1, 200);
EITHER(columns, label, few);
static const struct pack_shape table = { .type = SHAPE_KEYED, .item = &label, .other = &label };

/* --- conditions ------------------------------------------------------------------------ */
static const char *const found_words[] = { "found", NULL };
static const struct pack_shape found = { .type = SHAPE_WORD, .words = found_words };
static const struct pack_key when_keys[] = {
	{ "column", &label, false, "the column to look at" },
	{ "is", &labels, false, "the words it may hold; absent: anything but nothing" },
	{ "unit", &found, false, "when a unit was found" },
	END,
};
MAP(when_map, "a condition", when_keys);
EITHER(when, label, when_map);

/* --- fields ---------------------------------------------------------------------------- */
static const struct pack_key field_keys[] = {
	{ "column", &columns, false, "the column; of several the first one not empty" },
	{ "unit", &found, false, "the code of the unit found" },
	{ "values", &table, false, "what stands in the column: what it means" },
	{ "otherwise", &label, false, "for what is not in the table; absent: the row is refused" },
	{ "cut", &flag, false, "cut to what the field can hold instead of refusing the row" },
	{ "split", &one_byte, false, "character between the items of a list" },
	END,
};
MAP(field_map, "a field", field_keys);
EITHER(field, label, field_map);
static const struct pack_shape fields = { .type = SHAPE_KEYED, .item = &field };
static const struct pack_shape set = { .type = SHAPE_KEYED, .item = &pattern };

/* --- steps ------------------------------------------------------------------------------ */
#define STEP_KEYS                                                                                  \
	{ "at", &label, true, "the column with the time" },                                        \
		{ "by", &id, true, "the role of who did it" },                                     \
		{ "by_unit", &flag, false, "the unit found did it" },                              \
		{ "fields", &fields, false, "fields of the move and where they come from" },       \
	{                                                                                          \
		"set", &set, false, "fields that are the same in every row"                        \
	}
static const struct pack_key file_keys[] = { STEP_KEYS, END };
MAP(file, "the filing", file_keys);
static const struct pack_key move_keys[] = {
	{ "move", &id, true, "the move's id in the kind" },
	{ "when", &when, false, "the rows that have it; absent: those with a time" },
	STEP_KEYS,
	END,
};
MAP(move, "a move", move_keys);
LIST(moves, move, 1, 50);

/* --- the unit --------------------------------------------------------------------------- */
static const struct pack_key complete_keys[] = {
	{ "name", &pattern, true, "names that match are completed" },
	{ "from", &label, true, "the column with what is missing" },
	{ "find", &pattern, true, "what replaces the part that matched" },
	END,
};
MAP(complete, "a completion", complete_keys);
LIST(completes, complete, 1, 20);
static const struct pack_key unit_keys[] = {
	{ "column", &columns, true, "the column with the name, or those with the text" },
	{ "find", &patterns, false, "patterns in order; group 1 is the name" },
	{ "strip", &patterns, false, "patterns taken out of what was found" },
	{ "refuse", &patterns, false, "patterns of names that are none" },
	{ "complete", &completes, false, "names without their place" },
	{ "values", &table, false, "what was found: the unit's name" },
	{ "otherwise", &label, false, "the name for what is not in the table; absent: as it is" },
	{ "code", &label, false, "the column with the unit's code; absent: made of the name" },
	END,
};
MAP(unit, "the unit", unit_keys);

/* --- checks ------------------------------------------------------------------------------ */
static const char *const verdict_words[] = { "in_time", "late", NULL };
static const struct pack_shape verdict = { .type = SHAPE_WORD, .words = verdict_words };
static const struct pack_shape verdicts = { .type = SHAPE_KEYED,
					    .item = &verdict,
					    .other = &label };
static const struct pack_key check_keys[] = {
	{ "name", &label, true, "what is compared, for people" },
	{ "clock", &id, true, "the clock of the kind" },
	{ "due", &label, false, "the column with the source's deadline" },
	{ "within", &seconds, false, "how many seconds apart is the same; absent: 0" },
	{ "verdict", &label, false, "the column with the source's own verdict" },
	{ "values", &verdicts, false, "its words: in_time or late" },
	{ "by", &label, false, "the column by which the figures are shown apart" },
	{ "only", &when, false, "the rows that are compared; absent: all" },
	END,
};
MAP(check, "a check", check_keys);
LIST(checks, check, 1, 20);

static const struct pack_key map_keys[] = {
	{ "map", &id, true, "its id: the prefix of the keys under which rows are known" },
	{ "kind", &id, true, "the kind that is filed" },
	{ "zone", &offset, false, "offset of times that have none; absent: the calendar's zone" },
	{ "encoding", &encoding, false, "absent: auto" },
	{ "delimiter", &delimiter, false, "absent: comma" },
	{ "key", &columns, true, "the column or columns that name a row" },
	{ "times", &few, false, "how times are written; absent: iso" },
	{ "unit", &unit, false, "the responsible unit" },
	{ "file", &file, true, "the filing" },
	{ "moves", &moves, false, "what happened later" },
	{ "check", &checks, false, "comparisons with what the source says" },
	END,
};
const struct pack_shape intake_map_shape = {
	.type = SHAPE_MAP, .about = "a map", .name = "map", .keys = map_keys
};
