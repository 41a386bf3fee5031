#ifndef HY_STORE_BACKUP_SEAL_H
#define HY_STORE_BACKUP_SEAL_H

/* backup_seal -- the bytes of a backup on their way to and from the file, sealed or plain. */

#include "store/backup.h"

struct backup_sink;
struct backup_tap;

/* FILE must not exist; it is made under a temporary name beside it. */
enum hy_code backup_sink_open(const char *file, const struct hy_backup_key *to,
			      struct backup_sink **out, struct hy_err *e) HY_MUST;
enum hy_code backup_sink_put(struct backup_sink *s, const void *p, size_t n,
			     struct hy_err *e) HY_MUST;
/* Flushes and gives the file its name. */
enum hy_code backup_sink_finish(struct backup_sink *s, struct hy_err *e) HY_MUST;
/* Removes what is not finished; NULL inside is allowed. */
void backup_sink_close(struct backup_sink **s);

enum hy_code backup_tap_open(const char *file, const struct hy_backup_key *key,
			     struct backup_tap **out, struct hy_err *e) HY_MUST;
/* The next bytes, valid until the next call; none at the end. */
enum hy_code backup_tap_get(struct backup_tap *t, hy_str *out, struct hy_err *e) HY_MUST;
bool backup_tap_sealed(const struct backup_tap *t);
int64_t backup_tap_at(const struct backup_tap *t);   /* bytes of the file read */
int64_t backup_tap_size(const struct backup_tap *t); /* of the file */
void backup_tap_close(struct backup_tap **t);

#endif
