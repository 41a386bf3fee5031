#ifndef DEMO_TEXTS_H
#define DEMO_TEXTS_H

/* texts -- what people write and offices answer in the demo city.  All of it is ours. */

#include "demo/scene.h"
#include "matter/matter.h"

struct demo_subject {
	const char *title;  /* with slots */
	const char *detail; /* a sentence or two, with slots */
	const char *cls;    /* a class of the pack */
	const char *unit;   /* for whom it is meant */
	char season;	    /* 'w' winter, 's' summer, 'e' September; 0: any time */
	const char *item;   /* of the demo's catalogue (packs/demo-city/items); NULL: none */
};
struct demo_subjects {
	const char *kind;
	const struct demo_subject *v;
	int n;
};
extern const struct demo_subjects demo_subjects[];	  /* citizens'; ends with { 0 } */
extern const struct demo_subjects demo_office_subjects[]; /* offices'; ends with { 0 } */

/* One for KIND, likelier one of SEASON; BURST: only of that season when there is one. */
const struct demo_subject *demo_subject(struct draw *d, hy_str kind, char season, bool burst);

hy_str demo_body(struct hy_arena *a, struct draw *d, const struct scene *s, hy_str kind,
		 const struct demo_subject *about);
/* The text of a move of ACT; CARE 0..100 is how good the unit is, OUTCOME its ground or "". */
hy_str demo_text(struct hy_arena *a, struct draw *d, const struct scene *s, hy_str kind,
		 enum pack_act act, hy_str move, hy_str cls, int care);
hy_str demo_reason(struct hy_arena *a, struct draw *d, const struct scene *s, enum pack_act act,
		   hy_str ground);
hy_str demo_basis(hy_str kind, hy_str ground);
hy_str demo_remedy(struct hy_arena *a, struct draw *d, hy_str kind, hy_str ground);
hy_str demo_paper(struct hy_arena *a, const struct scene *s, enum pack_act act);
/* What is missing from an application, N of it. */
const char *demo_missing(struct draw *d);

#endif
