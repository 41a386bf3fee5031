#ifndef OUTGOING_CURL_PART_H
#define OUTGOING_CURL_PART_H

/* curl_part -- what both ways out share of libcurl. */

#include <curl/curl.h>

#include "outgoing/outgoing.h"

/* A handle with what is always so (see outgoing.h).  HY_BROKE when there is no memory. */
enum hy_code curl_part_begin(CURL **out, const char *protocols, const char *ca_file,
			     int64_t connect_ms, int64_t total_ms, char reason[CURL_ERROR_SIZE],
			     struct hy_err *e) HY_MUST;

static inline void curl_part_end(CURL **c)
{
	curl_easy_cleanup(*c);
	*c = NULL;
}
#define SCOPED_CURL __attribute__((cleanup(curl_part_end))) CURL *

static inline void curl_part_list_end(struct curl_slist **l)
{
	curl_slist_free_all(*l);
	*l = NULL;
}
#define SCOPED_LIST __attribute__((cleanup(curl_part_list_end))) struct curl_slist *

/* Adds a copy of TEXT; false when there is no memory. */
bool curl_part_add(struct curl_slist **l, const char *text);

#endif
