#ifndef HY_STORE_BACKUP_H
#define HY_STORE_BACKUP_H

/* backup -- one file that holds a city, whole and provable.
 *
 * A tar (pax) packed with zstd: manifest.json first, then the files it names with size and
 * SHA-256.  Sealed to a public key on request: the same bytes as a libsodium secretstream whose
 * key is in a sealed box.  Without sealing `tar --zstd -xf` opens it too.
 *
 *   huiyin-sealed-backup 1\n   public key (32)   sealed box of the stream's key (80)
 *   header of the stream (24)   chunks of 64 KiB + 17; the last one, shorter or not, has the
 *   final tag.  The first line and the public key are authenticated with the first chunk. */

#include "base/json.h"
#include "store/store.h"

/* --- a copy of the database -------------------------------------------------------- */
typedef void hy_backup_heard(void *arg, int64_t done, int64_t total); /* bytes */

/* Copies the snapshot that DB reads into FILE (made, or overwritten), as a store's database
 * file.  Nobody who writes waits for it.  HEARD may be NULL. */
enum hy_code hy_store_snapshot(struct hy_db *db, const char *file, hy_backup_heard *heard,
			       void *arg, struct hy_err *e) HY_MUST;
/* The names of the schema steps that DB has, sorted. */
struct hy_steps {
	hy_str *v;
	size_t n;
};
enum hy_code hy_store_steps(struct hy_arena *a, struct hy_db *db, struct hy_steps *out,
			    struct hy_err *e) HY_MUST;

/* --- keys -------------------------------------------------------------------------- */
struct hy_backup_key {
	unsigned char public[32], secret[32];
	bool has_secret;
};
/* Makes PATH (secret, 0600) and PATH.pub; HY_EXISTS when one of them is there. */
enum hy_code hy_backup_key_make(const char *path, struct hy_err *e) HY_MUST;
/* Reads either of the two. */
enum hy_code hy_backup_key_read(const char *path, struct hy_backup_key *out,
				struct hy_err *e) HY_MUST;
void hy_backup_key_wipe(struct hy_backup_key *k);

/* --- writing ----------------------------------------------------------------------- */
struct hy_backup_source {
	const char *name; /* in the backup: one of those below */
	const char *path; /* NULL: DATA */
	hy_str data;
};
/* Names a backup may hold, and nothing else: huiyin.db log.vkey log/checkpoint keys/log.key. */
extern const char *const hy_backup_names[];

/* Writes FILE durably, or leaves nothing behind.  ABOUT (canonical JSON object) becomes
 * "about" in the manifest.  TO NULL: not sealed.  HY_EXISTS when FILE is there. */
enum hy_code hy_backup_write(const char *file, const struct hy_backup_source *sources, size_t n,
			     hy_str about, const struct hy_backup_key *to, hy_backup_heard *heard,
			     void *arg, struct hy_err *e) HY_MUST;

/* --- reading ----------------------------------------------------------------------- */
struct hy_backup_facts {
	const json_t *about; /* lives in the arena */
	int64_t files, bytes;
	bool sealed;
};
/* Reads all of FILE and compares it with its manifest; INTO (an empty folder that exists) gets
 * the files, durably, NULL: nobody does.  KNOWS (may be NULL) is asked as soon as the manifest is
 * read, and may refuse by its own error.  HY_BAD_INPUT: no backup, changed or cut off. */
enum hy_code hy_backup_read(struct hy_arena *a, const char *file, const struct hy_backup_key *key,
			    const char *into,
			    enum hy_code (*knows)(const json_t *about, void *arg, struct hy_err *e),
			    hy_backup_heard *heard, void *arg, struct hy_backup_facts *out,
			    struct hy_err *e) HY_MUST;

#endif
