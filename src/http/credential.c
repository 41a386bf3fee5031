#include "http/credential.h"

#include <string.h>
#include <strings.h>

#define SCHEME "Bearer "

hy_str hy_cookie_in(hy_str header, hy_str name)
{
	hy_str found = { "", 0 }, pair, key;
	int n = 0;

	if (header.n && memchr(header.p, ',', header.n)) /* two headers: not from a browser */
		return found;
	while (hy_str_cut(&header, ';', &pair)) {
		pair = hy_str_trim(pair);
		if (!hy_str_cut(&pair, '=', &key) || !hy_str_eq(key, name))
			continue;
		found = pair;
		n++;
	}
	return n == 1 && found.n <= HY_COOKIE_MOST ? found : (hy_str){ "", 0 };
}

bool hy_cookie_ok(hy_str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!v.p[i] ||
		    (!strchr("-_.~", v.p[i]) && !(v.p[i] >= '0' && v.p[i] <= '9') &&
		     !(v.p[i] >= 'A' && v.p[i] <= 'Z') && !(v.p[i] >= 'a' && v.p[i] <= 'z')))
			return false;
	return v.n <= HY_COOKIE_MOST;
}

hy_str hy_bearer_in(hy_str header)
{
	size_t n = sizeof(SCHEME) - 1;

	if (header.n < n || strncasecmp(header.p, SCHEME, n) != 0)
		return (hy_str){ NULL, 0 };
	return hy_str_trim((hy_str){ header.p + n, header.n - n });
}
