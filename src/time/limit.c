#include "time/clock.h"

static const hy_str units[] = {
	[HY_WORKING_DAY] = HY_S_INIT("wd"),  [HY_CALENDAR_DAY] = HY_S_INIT("cd"),
	[HY_MONTH] = HY_S_INIT("mo"),	     [HY_CLOCK_HOUR] = HY_S_INIT("h"),
	[HY_WORKING_HOUR] = HY_S_INIT("wh"),
};

bool hy_limit_read(hy_str s, struct hy_limit *out)
{
	size_t digits = 0;
	int64_t n;

	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (digits == 0 || (digits > 1 && s.p[0] == '0'))
		return false;
	if (!hy_str_int((hy_str){ s.p, digits }, &n) || n > 3650)
		return false;
	hy_str unit = { s.p + digits, s.n - digits };
	for (size_t i = 0; i < HY_COUNT(units); i++)
		if (hy_str_eq(unit, units[i])) {
			*out = (struct hy_limit){ .unit = (enum hy_unit)i, .n = (int)n };
			return true;
		}
	return false;
}

hy_str hy_limit_text(struct hy_arena *a, struct hy_limit l)
{
	return hy_printf(a, "%d" HY_FMT, l.n, HY_ARG(units[l.unit]));
}
