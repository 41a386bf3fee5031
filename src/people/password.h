#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H

/* password -- Argon2id of libsodium, and what a password may be.
 *
 * One hash takes 64 MiB and about 50 ms: a server computes it aside (hy_answer_aside: few threads,
 * a short queue), so a flood of logins is turned away and no other request waits for it. */

#include "base/arena.h"
#include "base/err.h"

enum { PASSWORD_LEAST = 12, PASSWORD_MOST = 200 /* characters */, PASSWORD_HASH = 128 };

/* May LOGIN in the city CITY take this PASSWORD?  HY_BAD_FIELD "password" says why not: too short,
 * common, made of the login's or the city's name, of digits in a row or of a walk on the
 * keyboard. LEAST is the setting password.least_characters. */
enum hy_code password_check(hy_str password, hy_str login, hy_str city, int64_t least,
			    struct hy_err *e) HY_MUST;
/* Is the dictionary of common passwords (cracklib) there? */
bool password_dictionary(void);

/* Both take 64 MiB and tens of milliseconds. */
enum hy_code password_hash(hy_str password, char out[PASSWORD_HASH], struct hy_err *e) HY_MUST;
/* The same with a salt that is a function of SEED: for demo cities, which are the same each time.
 */
enum hy_code password_hash_demo(hy_str password, hy_str seed, char out[PASSWORD_HASH],
				struct hy_err *e) HY_MUST;
/* HASH empty: computes as long as for a real one, and is false. */
bool password_right(hy_str password, hy_str hash);

#endif
