#ifndef SERVICE_BOARD_H
#define SERVICE_BOARD_H

/* board -- who sits where and what a unit does, for everybody 三牌一栏: the post plates 岗位牌, the
 * board of whereabouts 去向牌, the signpost of items 导办牌 and the column of openness 公开栏.
 *
 * Everything comes from posts, absences and the catalogue as they are now.  Holders are told by
 * name alone; why somebody is away only as far as a visitor needs it: an illness is a leave.  The
 * setting board.public says whether the plates of posts are for everybody. */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"
#include "paper/paper.h"
#include "people/setting.h"
#include "service/item.h"

struct board_person {
	hy_str name; /* "" : the seat is vacant */
	bool away;
	enum absence_kind kind; /* never ABSENCE_SICK */
	hy_ms until;
};
struct board_plate {
	hy_str post, title, unit; /* codes, and what the post is called */
	const struct pack_text *role;
	struct board_person seat[2]; /* A, B */
	hy_str acting;		     /* who stands in for A now; "" nobody does */
};
struct board {
	hy_str unit, name;
	hy_ms now;
	struct board_plate *plates; /* of the unit and all below it, by unit and post */
	size_t n_plates;
	struct item_rows items; /* in force today, without those inside the office */
	struct item_fee_rows fees;
	const struct unit_book *book;
	hy_day today;
};
/* UNIT must be there (HY_NOT_FOUND).  WHOLE: with the plates even where they are not for everybody.
 */
enum hy_code board_read(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str unit,
			bool whole, struct board *out, struct hy_err *e) HY_MUST;
void board_json(struct hy_json *j, const struct board *b, const struct hy_zone *zone);

enum board_form { BOARD_PLATES, BOARD_WHEREABOUTS, BOARD_SIGNPOST, BOARD_OPEN, BOARD__FORMS };
extern const char *const board_form_names[]; /* "plates" "whereabouts" "signpost" "open" */
bool board_form_of(hy_str word, enum board_form *out) HY_MUST;
/* One of them as a paper to be put up; in Chinese. */
enum hy_code board_pdf(struct hy_arena *a, const struct board *b, const struct hy_zone *zone,
		       enum board_form form, struct paper_result *out, struct hy_err *e) HY_MUST;

extern const struct setting board_settings[];
extern const struct hy_route board_routes[];
extern const struct hy_command board_commands[];

#endif
