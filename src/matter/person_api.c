/* /api/v1/persons: the data of one person, for the officer who answers for it. */
#include "matter/person.h"

struct person_body {
	hy_str contact, name, basis;
};
static const struct hy_field data_fields[] = {
	HY_FIELD_TEXT(struct person_body, contact, true, 1, 200),
	HY_FIELD_TEXT(struct person_body, name, false, 1, 100),
	{ 0 },
};
static const struct hy_field erase_fields[] = {
	HY_FIELD_TEXT(struct person_body, contact, true, 1, 200),
	HY_FIELD_TEXT(struct person_body, name, false, 1, 100),
	HY_FIELD_TEXT(struct person_body, basis, true, 4, 500),
	{ 0 },
};

struct asking {
	struct city *c;
	enum permission needs;
	struct person_found found;
	struct matter_erasing by;
	struct person_erased done;
	struct hy_buf b;
};

/* The reading, before anybody has to wait for it. */
static enum hy_code find(struct hy_request *r, enum permission needs, struct asking **out,
			 struct hy_err *e)
{
	const struct person_body *body = hy_request_body(r);
	const struct access_as as = access_as(api_actor(r), needs);
	const struct access_scope scope = api_scope(r, needs);
	const struct person_key key = { body->contact, body->name };
	struct asking *x = hy_new(hy_request_arena(r), struct asking);
	struct hy_json j;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	x->c = api_city(r);
	x->by = (struct matter_erasing){ .at = city_now(x->c),
					 .basis = body->basis,
					 .role = as.role,
					 .unit = as.unit,
					 .account = api_actor(r)->account,
					 .address = hy_request_address(r) };
	x->b = hy_buf_on(hy_request_arena(r));
	if (!code)
		code = person_find(x->c, db, x->b.a, &scope, &key, &x->found, e);
	if (!code && needs == PERMISSION_PERSON_DATA) {
		j = hy_json_on(&x->b);
		code = person_data_json(&j, x->c, db, &x->found, e);
	}
	hy_store_give(&db);
	*out = x;
	return code;
}

static enum hy_code data_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct asking *x = in_out;

	return person_noted(x->c, db, &x->found, &x->by, e);
}

static enum hy_code data_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct asking *x = in_out;

	(void)db;
	(void)e;
	hy_answer_json(r, 200, &x->b);
	return HY_OK;
}

static enum hy_code data_aside(struct hy_request *r, struct hy_err *e)
{
	struct asking *x = NULL;
	enum hy_code code = find(r, PERMISSION_PERSON_DATA, &x, e);

	return code ? code : hy_answer_after(r, data_work, data_answer, x, e);
}

static enum hy_code data(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, data_aside, e);
}

static enum hy_code erase_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct asking *x = in_out;

	return person_erase(x->b.a, x->c, db, &x->found, &x->by, &x->done, e);
}

static enum hy_code erase_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	struct asking *x = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)db;
	(void)e;
	person_erased_json(&j, &x->done);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code erase_aside(struct hy_request *r, struct hy_err *e)
{
	struct asking *x = NULL;
	enum hy_code code = find(r, PERMISSION_PERSON_ERASE, &x, e);

	return code ? code : hy_answer_after(r, erase_work, erase_answer, x, e);
}

static enum hy_code erase(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, erase_aside, e);
}

const struct hy_route person_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/persons/data",
	  .permission = "person.data",
	  .summary = "Everything that is kept of one person, to be given to them",
	  .body = data_fields,
	  .body_size = sizeof(struct person_body),
	  .pace = HY_PACE_HEAVY,
	  .run = data },
	{ .method = "POST",
	  .path = "/api/v1/persons/erase",
	  .permission = "person.erase",
	  .summary = "Erase what is kept of one person in finished matters; the log still verifies",
	  .body = erase_fields,
	  .body_size = sizeof(struct person_body),
	  .pace = HY_PACE_HEAVY,
	  .run = erase,
	  .idempotent_key = true },
	{ 0 },
};
