#include "people/consent.h"

enum hy_code consent_second(int64_t first, int64_t account, const char *began, const char *field,
			    struct hy_err *e)
{
	if (account == 0 || account != first)
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, field,
		       "whoever %s it does not approve it; ask a second person", began);
}

bool consent_of_two(int64_t first, int64_t second)
{
	return first > 0 && second > 0 && first != second;
}
