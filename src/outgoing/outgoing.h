#ifndef OUTGOING_OUTGOING_H
#define OUTGOING_OUTGOING_H

/* outgoing -- what the program asks of other servers: an HTTP request, a letter by SMTP.
 *
 * Knows no feature and no database; alone includes curl/curl.h.  Each call blocks its thread for
 * at most the time it is given: never inside the store's writer, never in a thread that answers.
 * Safe from any number of threads.  What is bounded here: time, the size of the answer, the size
 * of its headers (64 KiB), redirects.  What is always so: certificates and names are verified, TLS
 * is 1.2 or newer, no protocol but HTTP(S) and SMTP(S), no cookies, no proxy, no .netrc, nothing
 * from the environment, no compressed answers.
 *
 * An error is HY_IO with a detail that names host and reason, HY_TOO_LARGE, HY_TOO_SLOW, or
 * HY_BAD_FIELD for a request that cannot be sent ("url", "header", "address" ...).  The detail is
 * for operators: who answers strangers shows them less.  No detail ever holds a header, a body, a
 * password, or more of an address than its host. */

#include "base/arena.h"
#include "base/err.h"

/* For the end of the program: what runs ends within about a second, what is begun later fails. */
void outgoing_stop(void);

/* --- HTTP ------------------------------------------------------------------------------------ */
struct outgoing_header {
	hy_str name, value;
};
struct outgoing_request {
	const char *method; /* NULL: "GET"; also HEAD, POST, PUT, PATCH, DELETE */
	hy_str url;	    /* http:// or https://, without user, password and fragment */
	const struct outgoing_header *headers;
	size_t n_headers;
	hy_str body;	     /* of POST, PUT and PATCH; may be empty */
	size_t most;	     /* the answer's body has at most so many bytes; 0: 1 MiB */
	int64_t connect_ms;  /* until the connection (and its TLS) stands; 0: 10 s */
	int64_t total_ms;    /* for everything; 0: 30 s */
	int redirects;	     /* how many are followed; 0: none, 3xx is an answer as others.
				From https none leads to http */
	const char *ca_file; /* trusted instead of the system's, PEM; NULL: the system's */
	bool https_only;     /* refuses http:// */
	bool elsewhere;	     /* refuses to connect to this machine and to private addresses (looked
				at after the name was resolved, and at each redirect) */
};
struct outgoing_answer {
	int status; /* 100..599, of the last answer */
	hy_str body;
	const struct outgoing_header *headers; /* of the last answer; names in lower case */
	size_t n_headers;
};
/* HY_OK whatever the status is.  The answer lives in A. */
enum hy_code outgoing_fetch(struct hy_arena *a, const struct outgoing_request *r,
			    struct outgoing_answer *out, struct hy_err *e) HY_MUST;
/* The value of the first header of that name, given in lower case; empty when there is none. */
hy_str outgoing_header(const struct outgoing_answer *answer, const char *name);
/* Can a request be sent to this address?  Looks at its form only. */
enum hy_code outgoing_url_check(hy_str url, bool https_only, const char *field,
				struct hy_err *e) HY_MUST;

/* --- mail ------------------------------------------------------------------------------------ */
/* One address as it goes between servers, local@domain: ASCII, without quotes and comments, at
 * most 254 bytes, so that nothing in it can end a line or a header. */
bool outgoing_address_ok(hy_str address);

struct outgoing_letter {
	hy_str from_name; /* UTF-8; may be empty */
	hy_str from;	  /* an address, as the next one */
	hy_str to;
	hy_str subject;	   /* UTF-8, one line */
	hy_str message_id; /* "local@domain", without the angles: the same at each try */
	int64_t date_ms;   /* UTC */
	hy_str text;	   /* UTF-8, lines end with LF */
};
/* The letter as RFC 5322 and MIME: headers after RFC 2047, the text as utf-8 in base64, marked
 * as sent by a machine (RFC 3834), lines of at most 78 bytes.  HY_BAD_FIELD names what is wrong. */
enum hy_code outgoing_letter(struct hy_arena *a, const struct outgoing_letter *l, hy_str *out,
			     struct hy_err *e) HY_MUST;

enum outgoing_tls {
	OUTGOING_STARTTLS,	 /* required: without it nothing is sent, not even the password */
	OUTGOING_STARTTLS_MAYBE, /* when the server offers it, and then verified */
	OUTGOING_TLS,		 /* from the first byte, port 465 */
	OUTGOING_PLAIN		 /* none: for a server on this machine */
};
struct outgoing_server {
	hy_str host;
	int port;
	enum outgoing_tls tls;
	hy_str user, password; /* AUTH when a user is given (only over TLS but for PLAIN) */
	hy_str hello;	       /* what this machine calls itself; empty: "localhost" */
	const char *ca_file;   /* NULL: the system's */
	int64_t connect_ms;    /* 0: 15 s */
	int64_t total_ms;      /* 0: 60 s */
};
enum outgoing_fate {
	OUTGOING_TAKEN, /* the server said 250 behind the last byte: it is its letter now */
	OUTGOING_LATER, /* not now: no connection, no TLS, login refused, 4xx; try again */
	OUTGOING_NEVER	/* this letter or its recipient was refused for good (5xx) */
};
struct outgoing_delivery {
	enum outgoing_fate fate;
	int status;	/* the server's last three digits; 0: it said nothing */
	char said[256]; /* for the log of deliveries: the server's last line, or what failed */
};
/* Delivers MESSAGE (of outgoing_letter()) to one recipient.  BOUNCE is where the servers on the
 * way write to when they cannot deliver; empty: nobody ("<>").  HY_OK whatever the fate is;
 * HY_BAD_FIELD for an address or a host that cannot be one. */
enum hy_code outgoing_deliver(const struct outgoing_server *s, hy_str bounce, hy_str to,
			      hy_str message, struct outgoing_delivery *out,
			      struct hy_err *e) HY_MUST;

#endif
