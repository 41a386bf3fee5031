#include "pack/figure.h"

#include "base/map.h"

_Static_assert(FACT__COUNT <= 64, "facts are bits of one word");

const char *const figure_unit_names[] = {
	"matters",	     "basis_points",	   "times", "working_days", "calendar_days",
	"working_days_x100", "calendar_days_x100", "cards"
};
const char *const figure_direction_names[] = { "", "higher", "lower", "neither" };

const struct figure *figure_by_id(hy_str id)
{
	for (size_t i = 0; i < n_figures; i++)
		if (hy_str_eq(hy_str_of(figures[i].id), id))
			return &figures[i];
	return NULL;
}

hy_str figure_near(struct hy_arena *a, hy_str id)
{
	struct hy_map ids = { .a = a };

	for (size_t i = 0; i < n_figures; i++)
		hy_map_put(&ids, hy_str_of(figures[i].id), (void *)(uintptr_t)&figures[i]);
	return hy_map_near(&ids, id);
}

enum figure_population figure_population(const struct figure *f)
{
	if (f->fact == FACT_ANNULLED)
		return OF_ANNULLED;
	if (f->fact >= FACT_CARD_WARNING)
		return OF_CARDS;
	return f->fact >= FACT_OPEN ? OF_OPEN : OF_RECEIVED;
}

const char *fact_figure(enum fact fact)
{
	for (size_t i = 0; i < n_figures; i++)
		if (figures[i].measure == FIGURE_COUNT && figures[i].fact == fact)
			return figures[i].id;
	return NULL;
}
