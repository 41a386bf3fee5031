#ifndef DEMO_SCENE_H
#define DEMO_SCENE_H

/* scene -- where and what one matter is about: places and things that fill the slots of a text.
 *
 * A text holds slots in braces, as in "{路}路灯不亮"; every slot of a matter has one value, so
 * title, letter and answer speak of the same street. */

#include "demo/draw.h"

enum scene_slot {
	SLOT_AREA,
	SLOT_ROAD,
	SLOT_CROSS,
	SLOT_HOME,
	SLOT_VILLAGE,
	SLOT_NUMBER,
	SLOT_BLOCK,
	SLOT_SCHOOL,
	SLOT_SHOP,
	SLOT_FIRM,
	SLOT_PARK,
	SLOT_MARKET,
	SLOT_SITE,
	SLOT_LINE,
	SLOT_HOUR,
	SLOT_SINCE,
	SLOT_COUNT,
	SLOT_SUM,
	SLOT_HOSPITAL,
	SLOT_RIVER,
	SLOT_YEAR,
	SLOT_UNIT,
	SLOT_TITLE,
	SLOT_WHO,
	SLOT_DATE,
	SLOT_NO,
	SLOT__N
};
struct scene {
	hy_str v[SLOT__N];
};

struct scene scene_draw(struct hy_arena *a, struct draw *d, int year);
/* TEXT with its slots filled; an unknown slot stops the program: the texts are ours. */
hy_str scene_fill(struct hy_arena *a, const struct scene *s, const char *text);
/* The place in one line. */
hy_str scene_place(struct hy_arena *a, const struct scene *s);

#endif
