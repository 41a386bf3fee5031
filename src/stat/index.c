#include "stat/index.h"

#include <math.h>

static bool is_positive(double v)
{
	return isfinite(v) && v > 0;
}

static enum hy_code check(const struct index_component *c, size_t n, struct hy_err *e)
{
	int64_t sum = 0;

	if (n < 1 || n > INDEX_MOST)
		return hy_fail(e, HY_BAD_FIELD, "components", "1 to %d are needed", INDEX_MOST);
	for (size_t i = 0; i < n; i++) {
		if (c[i].weight_bp < 1 || c[i].weight_bp > 10000)
			return hy_fail(e, HY_BAD_FIELD, "weight",
				       "that of component %zu must be from 1 to 10000 basis points",
				       i + 1);
		if (!is_positive(c[i].base) || !(c[i].base_se >= 0))
			return hy_fail(e, HY_BAD_FIELD, "base",
				       "component %zu needs a value over 0 in the base month",
				       i + 1);
		sum += c[i].weight_bp;
	}
	if (sum != 10000)
		return hy_fail(e, HY_BAD_FIELD, "weight",
			       "they add up to %lld basis points, not 10000", (long long)sum);
	return HY_OK;
}

/* How the components that are there have moved since the month before. */
static double movement(const struct index_component *c, size_t n, const struct index_value *before,
		       const struct index_value *now)
{
	double was = 0, is = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(now[i].value))
			continue;
		was += (double)c[i].weight_bp * before[i].value / c[i].base;
		is += (double)c[i].weight_bp * now[i].value / c[i].base;
	}
	return was > 0 ? is / was : NAN;
}

static enum hy_code impute(const struct index_component *c, size_t n,
			   const struct index_value *before, struct index_value *now,
			   int64_t *imputed_bp, struct hy_err *e)
{
	double moved = NAN;

	for (size_t i = 0; i < n; i++) {
		now[i].imputed = isnan(now[i].value);
		if (!now[i].imputed && !is_positive(now[i].value))
			return hy_fail(e, HY_BAD_FIELD, "value",
				       "that of component %zu must be over 0; use a share that is "
				       "not exhausted, or its complement",
				       i + 1);
		if (before && !is_positive(before[i].value))
			return hy_fail(e, HY_BAD_FIELD, "before",
				       "component %zu has no value in the month before", i + 1);
	}
	if (before)
		moved = movement(c, n, before, now);
	for (size_t i = 0; i < n; i++) {
		if (!now[i].imputed)
			continue;
		if (isnan(moved))
			return hy_fail(e, HY_BAD_FIELD, "value",
				       "component %zu is missing, and nothing says how it moved",
				       i + 1);
		now[i].value = before[i].value * moved;
		now[i].se = before[i].se;
		*imputed_bp += c[i].weight_bp;
	}
	return HY_OK;
}

enum hy_code index_month(const struct index_component *components, size_t n,
			 const struct index_value *before, struct index_value *now,
			 struct index_month *out, struct hy_err *e)
{
	struct index_month m = { 0 };
	double variance = 0;
	enum hy_code code = check(components, n, e);

	if (!code)
		code = impute(components, n, before, now, &m.imputed_bp, e);
	if (code)
		return code;
	for (size_t i = 0; i < n; i++) {
		const struct index_component *c = &components[i];
		double part = (double)c->weight_bp / 100 * now[i].value / c->base;
		double cv = now[i].se / now[i].value, base_cv = c->base_se / c->base;
		m.index += part;
		variance += part * part * (cv * cv + base_cv * base_cv);
	}
	m.se = sqrt(variance);
	m.publishable = m.imputed_bp <= INDEX_IMPUTED_MOST_BP;
	*out = m;
	return HY_OK;
}

double index_linked(double index_before, double matched_before, double matched_now)
{
	return index_before * matched_now / matched_before;
}
