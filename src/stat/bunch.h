#ifndef STAT_BUNCH_H
#define STAT_BUNCH_H

/* bunch -- do cases bunch in one unit more than elsewhere, or is it chance?
 *
 * Each unit's share is held against that of all others together: with K of M there, the share
 * expected is (K + 1/2)/(M + 1), never 0 or 1.  The chance that a unit has as many or more by luck
 * is the exact upper tail of the binomial.  As every unit is asked, the chances are adjusted after
 * Holm: of all units that are called out, with probability 1 - ALPHA not one is there by luck.  No
 * random numbers: anybody can reckon it again. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bunch {
	int64_t yes, of;	 /* given: 0 <= YES <= OF <= 10,000,000 */
	bool tested;		 /* it has cases, and so do the others */
	double elsewhere;	 /* the share expected */
	double chance, adjusted; /* 0..1 */
	bool more;		 /* adjusted <= ALPHA */
};
/* At most 100,000 units. */
void bunch_test(struct bunch *v, size_t n, double alpha);

#endif
