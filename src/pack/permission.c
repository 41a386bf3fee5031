#include "pack/permission.h"

const struct permission_row permission_rows[PERMISSION__N] = {
#define X(id, name, whom, cn, hant, english)                                                       \
	[PERMISSION_##id] = { HY_S_INIT(name),                                                     \
			      PERMISSION_##whom,                                                   \
			      { HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english) } },
	PERMISSION_ROWS(X)
#undef X
};

const char *const pack_reach_names[] = { "own", "below", "all", NULL };
const char *const pack_guard_names[] = { "normal", "protected", "sealed", NULL };

enum permission permission_of(hy_str name)
{
	for (int i = 1; name.n && i < PERMISSION__N; i++)
		if (hy_str_eq(permission_rows[i].name, name))
			return (enum permission)i;
	return PERMISSION_NONE;
}

enum pack_guard pack_guard_of(hy_str name)
{
	int i = 0;

	while (i < PACK__GUARDS && !hy_str_eq(name, hy_str_of(pack_guard_names[i])))
		i++;
	return (enum pack_guard)i;
}
