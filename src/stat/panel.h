#ifndef STAT_PANEL_H
#define STAT_PANEL_H

/* panel -- what several assessors' scores say together, and how far they agree.
 *
 * The official score is the trimmed mean of integers; everything else here is a diagnosis to be
 * published beside it, never applied silently. */

#include "base/arena.h"
#include "base/err.h"

enum { PANEL_MOST = 5000 }; /* scores, units or assessors in one call */

/* The mean without the DROP lowest and the DROP highest, as the fraction SUM / COUNT, so that
 * nothing is rounded here.  HY_BAD_FIELD when nothing would be left. */
struct panel_mean {
	int64_t sum;
	int64_t count;
};
enum hy_code panel_trimmed(const int64_t *scores, size_t n, size_t drop, struct panel_mean *out,
			   struct hy_err *e) HY_MUST;
/* Its standard error after Tukey and McLaughlin (1963), from the winsorised variance; DF are the
 * degrees of freedom.  At least two scores must be left. */
enum hy_code panel_trimmed_se(const int64_t *scores, size_t n, size_t drop, double *se_out,
			      int *df_out, struct hy_err *e) HY_MUST;

/* --- leniency -------------------------------------------------------------------------------
 * score = general mean + unit + assessor, least squares, assessors' effects adding up to 0.  With
 * a complete table it changes no rank. */
#define PANEL_NONE INT64_MIN /* this assessor did not score this unit */
struct panel_fit {
	double mean;	  /* of the adjusted units */
	double *unit;	  /* adjusted mean of each unit */
	double *unit_se;  /* its standard error */
	double *assessor; /* effect of each assessor: over 0 is lenient */
	double variance;  /* of the residuals */
	int df;
};
/* SCORES[u * assessors + a]; arrays of OUT live in A.  HY_BAD_FIELD when some units share no
 * assessor, directly or through others, with the rest: then they cannot be compared. */
enum hy_code panel_fit(struct hy_arena *a, const int64_t *scores, size_t units, size_t assessors,
		       struct panel_fit *out, struct hy_err *e) HY_MUST;

/* --- agreement ------------------------------------------------------------------------------ */
enum panel_level { PANEL_NOMINAL, PANEL_ORDINAL, PANEL_INTERVAL, PANEL_RATIO };
/* Krippendorff's alpha (2011): 1 is agreement, 0 is chance.  Same table; at least one unit with two
 * scores and two different values.  Read: from 0.8 good, from 0.667 tentative. */
enum hy_code panel_alpha(struct hy_arena *a, const int64_t *scores, size_t units, size_t assessors,
			 enum panel_level level, double *out, struct hy_err *e) HY_MUST;

/* Shrout and Fleiss (1979), of a complete table with at least two units and two assessors. */
struct panel_icc {
	double one[3];	/* ICC(1,1), ICC(2,1), ICC(3,1): of a single assessor */
	double mean[3]; /* ICC(1,k), ICC(2,k), ICC(3,k): of the mean of all */
};
enum hy_code panel_icc(const int64_t *scores, size_t units, size_t assessors, struct panel_icc *out,
		       struct hy_err *e) HY_MUST;
/* Spearman and Brown: how many assessors like these make the mean's reliability WANTED; ONE is the
 * reliability of a single one, both between 0 and 1. */
int panel_assessors_needed(double one, double wanted);
/* Kendall's coefficient of concordance with correction for ties; complete table. */
enum hy_code panel_concordance(struct hy_arena *a, const int64_t *scores, size_t units,
			       size_t assessors, double *out, struct hy_err *e) HY_MUST;

#endif
