#ifndef MATTER_ATTACH_H
#define MATTER_ATTACH_H

/* attach -- files that belong to a matter.
 *
 * What a file is, its content says (huiyin-media, a program shut in by itself); types that are not
 * listed are refused.  Of a picture others see a copy without metadata, and the original is kept
 * sealed as evidence: to custodians where the city has them, opened like an identity
 * (`identity request --what HASH`).  Everything lies encrypted in pieces in the database, so that
 * backups, moves between engines and several servers have it without further ado; its key is
 * wrapped under one that the database does not hold.
 *
 * Event "file.added": data {file}; private {clean, hash, name, size, type}. */

#include "matter/matter_store.h"
#include "people/setting.h"

extern const struct hy_migration attach_migrations[];
extern const struct setting matter_settings[]; /* attach.* */

enum { ATTACH_MOST = 32 << 20 }; /* bytes of one file, whatever the setting says */

struct attach_file {
	int64_t id, n, size, view_size;
	hy_str type, hash, name; /* of the original; NAME is private */
	bool clean;		 /* a copy without metadata is what others see */
	bool sealed;		 /* the original's key is with the custodians */
	hy_ms at;
};

struct attach_new { /* a file that has arrived */
	int fd;
	int64_t size;
	hy_hash hash;
	hy_str name; /* as the sender calls it; may be empty */
	hy_str role, unit;
};
/* From a thread that may wait, not inside work: examines the file, scans it where attach.clamd is
 * set, stores its pieces and records it.  SPOOL is a folder for the copy on its way.  HY_BAD_INPUT
 * for a type that is not taken, a picture that cannot be read or a known virus; HY_TOO_LARGE;
 * HY_NOT_NOW when the matter has its number of files; HY_STORE_BUSY when the scanner does not
 * answer. */
enum hy_code attach_add(struct city *c, struct hy_arena *a, hy_str code, const struct attach_new *f,
			const char *spool, struct attach_file *out, struct hy_err *e) HY_MUST;

enum hy_code attach_list(struct hy_db *db, struct hy_arena *a, int64_t matter,
			 struct attach_file **out, size_t *n_out, struct hy_err *e) HY_MUST;
/* What others see of file N: the copy of a picture, the thing itself of anything else. */
enum hy_code attach_view(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t matter,
			 int64_t n, struct attach_file *file_out, hy_str *bytes_out,
			 struct hy_err *e) HY_MUST;
/* The original as it lies there: a line "huiyin-sealed-1 BLOB", then its pieces, each with its
 * length (4 bytes, big end first); `huiyin custodian unseal` opens it with the key that custodians
 * opened. Where nothing is sealed to custodians: the original itself (*SEALED_OUT false). */
enum hy_code attach_original(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t matter,
			     int64_t n, struct attach_file *file_out, hy_str *bytes_out,
			     bool *sealed_out, struct hy_err *e) HY_MUST;
/* Opens such pieces. */
enum hy_code attach_unseal(struct hy_arena *a, hy_str sealed, hy_str key_hex, hy_str *bytes_out,
			   struct hy_err *e) HY_MUST;

/* PARTS: the hash for whoever handles the matter; the sender's name for it, which may be the
 * sender's own, only for whoever may also read name and contact. */
enum { ATTACH_HASH = 1, ATTACH_NAME = 2 };
void attach_file_json(struct hy_json *j, const struct attach_file *f, const struct hy_calendar *cal,
		      unsigned parts);
/* NAME as it is kept: no path, no control characters; "" for what is too long or no UTF-8. */
hy_str attach_name(struct hy_arena *a, hy_str name);

enum hy_code attach_erase(struct hy_db *db, int64_t matter, struct hy_err *e) HY_MUST;
/* Pieces of uploads that were never finished, older than an hour. */
enum hy_code attach_sweep(struct hy_db *db, hy_ms now, struct hy_err *e) HY_MUST;
/* Is each file as its event says, and has each event its file?  With the log's key at hand what can
 * be opened is opened and compared with its hash; else only measured, as is what is sealed. */
enum hy_code attach_fsck(struct city *c, struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			 struct hy_err *e) HY_MUST;

/* --- what a file is (attach_look.c) ------------------------------------------------------------
 */
struct attach_look {
	hy_str type;
	bool clean;
	int fd; /* the copy, from 0 on, when clean; closed with the arena */
	int64_t size;
};
enum hy_code attach_look(struct hy_arena *a, int fd, const char *spool, struct attach_look *out,
			 struct hy_err *e) HY_MUST;
/* Asks clamd at SOCKET about the file. */
enum hy_code attach_scan(struct hy_arena *a, hy_str socket, int fd, struct hy_err *e) HY_MUST;

#endif
