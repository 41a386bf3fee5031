/* /api/v1/custodians: who keeps a key to what is sealed; offered by themselves, named by a second
 * person.  Keys that open something never come here. */
#include "matter/api.h"
#include "matter/city.h"
#include "matter/custodian_json.h"

struct change {
	struct city *c;
	struct custodian k;
	struct custodian_by by;
	int64_t id;
	bool others; /* may name and take away others */
};

static enum hy_code one_json(struct hy_json *j, struct hy_db *db, const struct custodian *k,
			     struct hy_err *e)
{
	hy_str login = HY_S("");
	enum hy_code code = custodian_login(j->b->a, db, k, &login, e);

	if (!code)
		custodian_json(j, k, login);
	return code;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct custodians all = { 0 };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = custodian_list(b.a, db, &all, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kbool(&j, "complete", custodian_complete(&all));
	hy_json_key(&j, "custodians");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < all.n; i++)
		code = one_json(&j, db, &all.v[i], e);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static struct change *change_of(struct hy_request *r, enum permission p)
{
	const struct actor *who = api_actor(r);
	const struct access_as as = access_as(who, p);
	struct change *x = hy_new(hy_request_arena(r), struct change);

	x->c = api_city(r);
	x->by = (struct custodian_by){
		.role = as.role, .unit = as.unit, .account = who->account, .address = who->address
	};
	x->others = access_may(who, PERMISSION_SEALED_NAME);
	return x;
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	const struct change *x = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct custodian k;
	enum hy_code code = custodian_by_id(b.a, db, x->id, &k, e);

	if (!code)
		code = one_json(&j, db, &k, e);
	if (!code)
		hy_answer_json(r, k.state == CUSTODIAN_OFFERED ? 201 : 200, &b);
	return code;
}

struct offer_body {
	hy_str group, key, label;
};
static const struct hy_field offer_fields[] = {
	HY_FIELD_WORD(struct offer_body, group, true, "a|b"),
	HY_FIELD_TEXT(struct offer_body, key, true, 1, 100),
	HY_FIELD_TEXT(struct offer_body, label, true, 1, 100),
	{ 0 },
};

static enum hy_code offer_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *x = in_out;

	return custodian_add(city_record(x->c), db, &x->k, &x->by, city_now(x->c), &x->id, e);
}

static enum hy_code offer(struct hy_request *r, struct hy_err *e)
{
	const struct offer_body *body = hy_request_body(r);
	struct change *x = change_of(r, PERMISSION_SEALED_OPEN);

	x->k = (struct custodian){ .group = body->group.p[0],
				   .label = hy_str_trim(body->label),
				   .account = x->by.account };
	enum hy_code code = custodian_key_read(body->key, &x->k.key, e);
	return code ? code : hy_answer_after(r, offer_work, change_answer, x, e);
}

static enum hy_code number_of(struct hy_request *r, struct change *x, struct hy_err *e)
{
	if (hy_str_int(hy_request_param(r, "id"), &x->id))
		return HY_OK;
	return hy_fail(e, HY_NOT_FOUND, "id", "custodians have numbers");
}

static enum hy_code name_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *x = in_out;

	return custodian_name(city_record(x->c), db, x->id, &x->by, city_now(x->c), e);
}

static enum hy_code name(struct hy_request *r, struct hy_err *e)
{
	struct change *x = change_of(r, PERMISSION_SEALED_NAME);
	enum hy_code code = number_of(r, x, e);

	return code ? code : hy_answer_after(r, name_work, change_answer, x, e);
}

static enum hy_code remove_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *x = in_out;
	struct custodian k;
	enum hy_code code = custodian_by_id(hy_db_arena(db), db, x->id, &k, e);

	if (!code && !x->others && k.account != x->by.account)
		return hy_fail(e, HY_FORBIDDEN, "id",
			       "is another person's key; the security administrator takes it away");
	return code ? code
		    : custodian_remove(city_record(x->c), db, x->id, &x->by, city_now(x->c), e);
}

static enum hy_code take_away(struct hy_request *r, struct hy_err *e)
{
	struct change *x = change_of(r, PERMISSION_SEALED_KEYS);
	enum hy_code code = number_of(r, x, e);

	return code ? code : hy_answer_after(r, remove_work, change_answer, x, e);
}

const struct hy_route custodian_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/custodians",
	  .permission = "sealed.keys",
	  .summary = "Who keeps a key to what is sealed, and whether something can be sealed",
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/custodians",
	  .permission = "sealed.open",
	  .summary =
		  "Offer the public half of one's own key; it counts when a second person names it",
	  .body = offer_fields,
	  .body_size = sizeof(struct offer_body),
	  .run = offer },
	{ .method = "POST",
	  .path = "/api/v1/custodians/{id}/name",
	  .permission = "sealed.name",
	  .summary = "Name a custodian who has offered a key, as the second person",
	  .run = name },
	{ .method = "POST",
	  .path = "/api/v1/custodians/{id}/remove",
	  .permission = "sealed.keys",
	  .summary = "Seal nothing more to a custodian, or turn an offer down; one's own key too",
	  .run = take_away },
	{ 0 },
};
