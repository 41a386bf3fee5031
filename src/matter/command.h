#ifndef MATTER_COMMAND_H
#define MATTER_COMMAND_H

/* command -- what the command-line files of this room share, and their tables. */

#include "base/command.h"
#include "matter/matter_store.h"
#include "people/unit_table.h"

extern const struct hy_command attach_commands[];
extern const struct hy_command calendar_commands[];
extern const struct hy_command city_commands[];
extern const struct hy_command grant_commands[];
extern const struct hy_command custodian_commands[];
extern const struct hy_command identity_commands[];
extern const struct hy_command matter_commands[];
extern const struct hy_command pack_commands[];
extern const struct hy_command person_commands[];
extern const struct hy_command post_commands[];
extern const struct hy_command search_commands[];
extern const struct hy_command unit_commands[];

/* Two rows of a command's options. */
#define DATA_OPTION                                                                                \
	{ "--data", "DIR", "the city's folder", .otherwise = "data" },                             \
	{                                                                                          \
		"--store", "ADDRESS", "the city's database, postgresql://...; default: the folder" \
	}

/* Opens the city of --data; READ_ONLY needs no lock. */
enum hy_code command_city(const struct hy_run *run, bool read_only, struct city **out,
			  struct hy_err *e) HY_MUST;

/* The city of --data and a snapshot of it. */
enum hy_code command_read(const struct hy_run *run, struct city **out, struct hy_db **db_out,
			  struct hy_err *e) HY_MUST;

/* The day of the option NAME; HY_NO_DAY when it is not given. */
enum hy_code command_day(const struct hy_run *run, const char *name, hy_day *out,
			 struct hy_err *e) HY_MUST;

/* The folder of the packs shipped with the program: $HUIYIN_PACKS, or packs/ beside the source
 * tree the program was built in, or the installed share folder. */
enum hy_code command_packs_dir(struct hy_arena *a, hy_str *out, struct hy_err *e) HY_MUST;

/* The packs of --pack (repeated), or packs/base; ends with NULL. */
enum hy_code command_packs(const struct hy_run *run, const char *const **out,
			   struct hy_err *e) HY_MUST;

/* Prints every message as file:line:column. */
void command_messages(const struct hy_run *run, const struct pack_messages *msgs);

/* The list of dates that a new institution moved: lines, or an open JSON object whose array
 * "moved" the caller ends. */
struct command_moved {
	const struct hy_run *run;
	const struct hy_calendar *cal;
	struct hy_buf text;
	struct hy_json json;
	int n;
};
void command_moved_begin(struct command_moved *l, const struct hy_run *run,
			 const struct hy_calendar *cal);
void command_moved(void *list, const struct city_moved *m); /* for city_activate(), city_notice() */

/* `unit import|export` and `post import|export`. */
enum hy_code command_table_in(struct hy_run *run, enum table_kind kind, struct hy_err *e) HY_MUST;
enum hy_code command_table_out(struct hy_run *run, enum table_kind kind, struct hy_err *e) HY_MUST;

/* Notes that WHAT was taken out as a file.  While a server holds the folder nothing can be written
 * to it from here: then a remark says so. */
/* As whom the lines of a list are read: what goes into a FILE is redacted, unless --unredacted says
 * otherwise. */
#define UNREDACTED_OPTION                                                                          \
	{                                                                                          \
		"--unredacted", NULL, "with --open: titles as they were written, also in a file"   \
	}
const struct actor *command_reader(const struct hy_run *run, bool file);
void command_note_export(const struct hy_run *run, const char *what);

/* B to run->out, with a newline when it lacks one. */
void command_print(const struct hy_run *run, const struct hy_buf *b);

#endif
