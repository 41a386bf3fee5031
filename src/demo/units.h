#ifndef DEMO_UNITS_H
#define DEMO_UNITS_H

/* units -- who answers in the demo city, and how well.  All invented. */

#include "demo/draw.h"

struct demo_unit {
	const char *code, *name, *parent; /* parent: a code that stands above; "" at the top */
	int pace;    /* how much of a limit it uses up in the middle, in percent */
	int care;    /* 0..100: how good its answers are */
	bool branch; /* takes a part of what is meant for its parent */
};
extern const struct demo_unit demo_units[]; /* parents before children; ends with { 0 } */
int demo_units_count(void);
int demo_unit_index(hy_str code); /* -1: none */

/* The unit that gets a matter meant for CODE: the unit itself or one below it. */
int demo_unit_for(struct draw *d, const char *code);
/* Another one than I that may be asked for help: never an office that only passes on. */
int demo_unit_other(struct draw *d, int i);

/* Official number N (0..11) of unit I, for ever the same. */
hy_str demo_official(struct hy_arena *a, const hy_hash *seed, int unit, int n);
/* A name out of the same lists for somebody who asks. */
hy_str demo_person(struct hy_arena *a, struct draw *d);
/* Their surname with 先生 or 女士 */
const char *demo_surname(struct draw *d);

#endif
