#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H

/* password -- Argon2id of libsodium, what a password may be, and the workers that compute.
 *
 * One hash takes 64 MiB and about 50 ms, so it is computed by few threads with a short queue: a
 * flood of logins is turned away (HY_STORE_BUSY) and no other request waits for it. */

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
/* HASH empty: computes as long as for a real one, and is false. */
bool password_right(hy_str password, hy_str hash);

/* --- the workers ---------------------------------------------------------------------------- */
struct password_job {
	void (*run)(struct password_job *job); /* in a worker's thread; JOB is not touched after */
	struct password_job *next;
};
/* Starts THREADS (1..8) workers; QUEUE jobs may wait. */
enum hy_code password_workers_start(int threads, int queue, struct hy_err *e) HY_MUST;
/* Ends them when what was accepted is done. */
void password_workers_stop(void);
/* HY_STORE_BUSY when the queue is full or there are no workers. */
enum hy_code password_submit(struct password_job *job, struct hy_err *e) HY_MUST;

#endif
