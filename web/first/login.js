// Logging in: password, second factor, one-time links, one's sessions.
import { forget, get, problemWords, send } from "./api.js";
import { h, swap } from "./dom.js";
import { t } from "./words.js";
import { title } from "./app.js";

export let me = { state: "none", login: "", name: "" };
export async function learnMe() {
	me = await get("/session");
	return me;
}

const field = (name, words, more) => h("label", { class: "entry" }, h("span", null, words), h("input", { name, id: "in-" + name, required: true, autocomplete: "off", ...more }));
const codeField = () => field("code", t("in_code"), { inputmode: "numeric", minlength: 6, maxlength: 12, autocomplete: "one-time-code" });

// A form that says what went wrong above its button. DO gets the values.
function form(words, fields, button, act) {
	const wrong = h("p", { class: "wrong", role: "alert" });
	const push = h("button", { type: "submit", class: "button" }, button);
	return h("form", { class: "sign", onsubmit: async (e) => {
		e.preventDefault();
		swap(wrong);
		push.disabled = true;
		try {
			await act(Object.fromEntries(new FormData(e.target)));
		} catch (problem) {
			const [head, detail] = problemWords(problem);
			swap(wrong, head, detail ? h("small", null, " " + detail) : null);
		}
		push.disabled = false;
	} }, h("h1", { tabindex: "-1" }, words), fields, wrong, push);
}

async function enter(answer) {
	me = answer;
	forget();
}

// What is still to come before one is in; NEXT draws the page again.
export function loginView(next) {
	title(t("in_title"));
	if (me.state === "totp" || (me.state === "open" && me.has_second_factor))
		return form(t("in_second"), [h("p", null, t("in_second_why")), codeField()], t("in_go"), async (v) => {
			await enter(await send("POST", "/session/code", v));
			next();
		});
	if (me.state === "enrol" || me.state === "open") return enrol(next);
	return form(t("in_title"), [h("p", null, t("in_why")),
		field("login", t("in_login"), { autocomplete: "username", maxlength: 40, autocapitalize: "none", spellcheck: "false" }),
		field("password", t("in_password"), { type: "password", autocomplete: "current-password", maxlength: 200 })], t("in_go"), async (v) => {
		await enter(await send("POST", "/session", v));
		next();
	});
}

function enrol(next) {
	const place = h("div");
	const start = form(t("in_enrol"), [h("p", null, t("in_enrol_why"))], t("in_begin"), async () => {
		const { secret, qr } = await send("POST", "/session/factor");
		swap(place, form(t("in_enrol"), [h("p", null, t("in_scan")),
			h("img", { class: "qr", src: "data:image/svg+xml," + encodeURIComponent(qr), alt: t("in_qr"), width: 220, height: 220 }),
			h("p", null, t("in_secret"), " ", h("code", null, secret)), codeField()], t("in_go"), async (v) => {
			const { recovery_codes: codes } = await send("POST", "/session/factor/code", v);
			await learnMe();
			swap(place, h("section", { class: "sign" }, h("h1", { tabindex: "-1" }, t("in_codes")), h("p", null, t("in_codes_why")),
				h("ul", { class: "codes" }, codes.map((c) => h("li", null, h("code", null, c)))),
				h("button", { type: "button", class: "button", onclick: next }, t("in_kept"))));
		}));
	});
	place.append(start);
	return place;
}

// The link's secret stands behind the #: no server and no log sees it before it is used.
export async function welcome({ go }) {
	title(t("in_welcome"));
	const link = location.hash.slice(1);
	const what = await send("POST", "/welcome/look", { link });
	const roles = { sysadmin: "in_sysadmin", secadmin: "in_secadmin", audadmin: "in_audadmin" };
	const first = what.login ? [h("p", null, t("in_for", what.login))] : [h("p", null, t("in_first"), " ", t(roles[what.role])),
		field("login", t("in_login"), { autocomplete: "username", minlength: 2, maxlength: 40, autocapitalize: "none" }), field("name", t("in_name"), { maxlength: 100 })];
	return form(t("in_welcome"), [first, h("p", null, t("in_rule")),
		field("password", t("in_new"), { type: "password", autocomplete: "new-password", minlength: 12, maxlength: 200 })], t("in_set"), async (v) => {
		await send("POST", "/welcome", { link, ...v });
		me = { state: "none" };
		go("/first/login", { replace: true });
	});
}

export const login = async ({ go }) => {
	await learnMe();
	if (me.state === "open") go("/first/", { replace: true });
	return loginView(() => go("/first/", { replace: true }));
};

export async function logout(next) {
	await send("DELETE", "/session");
	forget();
	await learnMe();
	next();
}

export async function sessions({ again }) {
	title(t("in_sessions"));
	const list = (await get("/sessions")).sessions;
	const end = (id) => async () => {
		await send("DELETE", "/sessions/" + id);
		again();
	};
	return h("section", { class: "sign wide" }, h("h1", { tabindex: "-1" }, t("in_sessions")), h("p", null, t("in_sessions_why")),
		h("ul", { class: "places" }, list.map((x) => h("li", null,
			h("b", null, x.this ? t("in_this") : x.agent || t("in_unknown")), h("span", null, x.address), h("span", null, t("in_since", x.since.slice(0, 16).replace("T", " "))),
			x.this ? null : h("button", { type: "button", class: "button quiet", onclick: end(x.id) }, t("in_end"))))),
		h("p", null, h("button", { type: "button", class: "button quiet", onclick: end("others") }, t("in_end_others")), " ",
			me.has_second_factor ? null : h("a", { class: "button quiet", href: "/first/factor" }, t("in_begin"))));
}

export const factor = async ({ go }) => enrol(() => go("/first/sessions"));
