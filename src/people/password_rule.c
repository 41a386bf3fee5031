/* What a password may be: long, and not what is tried first. */
#include "people/password.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include <crack.h>

enum { WALK_LEAST = 4, PIECE_COUNTS = 1, CHARACTERS_LEFT = 8, BYTES_MOST = 800 };

/* Rows of keys and of the alphabet: four in a row, in either direction, are a walk. */
static const char *const rows[] = {
	"01234567890",
	"abcdefghijklmnopqrstuvwxyz",
	"qwertyuiop[]",
	"asdfghjkl;'",
	"zxcvbnm,./",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
	"qazwsxedcrfvtgbyhnujmikolp",
	"!@#$%^&*()",
};
/* What people put into passwords here; each counts as little as a walk does. */
static const char *const pieces[] = {
	"password", "passw0rd", "p@ssw0rd", "admin",   "huiyin",  "qwerty", "welcome",
	"woaini",   "5201314",	"1314520",  "1314521", "letmein", "abc123", "zhongguo",
};

static bool follows(char a, char b)
{
	if (a == b)
		return true;
	for (size_t i = 0; i < HY_COUNT(rows); i++)
		for (const char *p = rows[i]; p[1]; p++)
			if ((p[0] == a && p[1] == b) || (p[0] == b && p[1] == a))
				return true;
	return false;
}

/* How many bytes at the beginning of S are one walk or one repeated character. */
static size_t walk(hy_str s)
{
	size_t n = 1;

	while (n < s.n && follows(s.p[n - 1], s.p[n]))
		n++;
	return n;
}

static size_t starts_with(hy_str s, hy_str piece, size_t least)
{
	return piece.n >= least && hy_str_starts(s, piece) ? piece.n : 0;
}

/* The length of what S begins with and what anybody would guess; 0: nothing. */
static size_t guessed(hy_str s, hy_str login, hy_str city)
{
	size_t n = walk(s);

	if (n < WALK_LEAST)
		n = 0;
	if (!n)
		n = starts_with(s, login, 3);
	if (!n)
		n = starts_with(s, city, 3);
	for (size_t i = 0; !n && i < HY_COUNT(pieces); i++)
		n = starts_with(s, hy_str_of(pieces[i]), 1);
	return n;
}

static hy_str lower(char *out, size_t most, hy_str s)
{
	size_t n = s.n < most ? s.n : most;

	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
	return (hy_str){ out, n };
}

/* How many characters are left when each guessed piece counts as one. */
static size_t left(hy_str password, hy_str login, hy_str city)
{
	char p[BYTES_MOST], l[64];
	hy_str rest = lower(p, sizeof(p), password);
	size_t count = 0;

	login = lower(l, sizeof(l), login);
	while (rest.n) {
		size_t n = guessed(rest, login, city);
		if (n)
			count += PIECE_COUNTS;
		else
			count += ((unsigned char)rest.p[0] & 0xc0) != 0x80;
		n = n ? n : 1;
		rest = (hy_str){ rest.p + n, rest.n - n };
	}
	return count;
}

static bool only_digits(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

bool password_dictionary(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.pwd", GetDefaultCracklibDict());
	return access(path, R_OK) == 0;
}

/* The library keeps its state in statics, and without its dictionary it ends the program. */
static const char *in_dictionary(hy_str password, hy_str login)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char p[BYTES_MOST + 1], l[64];

	if (!password_dictionary())
		return NULL;
	snprintf(p, sizeof(p), HY_FMT, HY_ARG(password));
	snprintf(l, sizeof(l), HY_FMT, HY_ARG(login));
	pthread_mutex_lock(&lock);
	const char *why = FascistCheckUser(p, GetDefaultCracklibDict(), l, "");
	pthread_mutex_unlock(&lock);
	memset(p, 0, sizeof(p));
	return why;
}

enum hy_code password_check(hy_str password, hy_str login, hy_str city, int64_t least,
			    struct hy_err *e)
{
	if (!hy_str_utf8(password, NULL))
		return hy_fail(e, HY_BAD_FIELD, "password", "must be UTF-8 text");
	size_t n = hy_str_chars(password);
	if ((int64_t)n < least)
		return hy_fail(e, HY_BAD_FIELD, "password",
			       "has %zu characters; at least %lld are needed, a sentence of your "
			       "own is best",
			       n, (long long)least);
	if (n > PASSWORD_MOST || password.n >= BYTES_MOST)
		return hy_fail(e, HY_BAD_FIELD, "password", "may have %d characters",
			       PASSWORD_MOST);
	if (only_digits(password))
		return hy_fail(e, HY_BAD_FIELD, "password", "must not be digits alone");
	if (left(password, login, city) < CHARACTERS_LEFT)
		return hy_fail(e, HY_BAD_FIELD, "password",
			       "is made of what is tried first: the login, the city's name, rows "
			       "of keys, repetitions, common words; take a sentence of your own");
	if (in_dictionary(password, login))
		return hy_fail(e, HY_BAD_FIELD, "password",
			       "is among common passwords or close to one; take a sentence of "
			       "your own");
	return HY_OK;
}
