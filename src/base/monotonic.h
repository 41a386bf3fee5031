#ifndef HY_BASE_MONOTONIC_H
#define HY_BASE_MONOTONIC_H

/* monotonic -- time that only passes (CLOCK_MONOTONIC): for waiting and for how long something
 * took, never for when it happened. */

#include <stdint.h>
#include <time.h>

int64_t hy_monotonic_us(void);
static inline int64_t hy_monotonic_ms(void)
{
	return hy_monotonic_us() / 1000;
}
/* US from now, as pthread_cond_clockwait() takes it. */
struct timespec hy_monotonic_in(int64_t us);

#endif
