#ifndef HY_BASE_LOG_H
#define HY_BASE_LOG_H

/* log -- one JSON line per record on stderr, for the operator.  Never personal data,
 * never secrets: callers pass ids and codes, not what people wrote. */

#include "base/str.h"

enum hy_log_level { HY_LOG_ERROR, HY_LOG_WARN, HY_LOG_INFO, HY_LOG_DEBUG };

/* Records above LEVEL are dropped; the default is HY_LOG_WARN. */
void hy_log_level(enum hy_log_level level);

/* Writes {"at":…,"level":…,"event":EVENT,"text":…}.  EVENT is a stable short name. */
void hy_log(enum hy_log_level level, const char *event, const char *fmt, ...) HY_PRINTF(3, 4);

#endif
