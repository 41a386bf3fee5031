// The server's interface, and what went wrong in words that help.
import { lang, t } from "./words.js";
import { learnClock } from "./time.js";

export class Problem extends Error {
	constructor(code, status, detail, field) {
		super(detail || code);
		Object.assign(this, { code, status, detail, field });
	}
}

let csrf = ""; // of the session; the server demands it for every change

async function ask(path, signal, { method = "GET", body } = {}) {
	const headers = { Accept: "application/json", "Accept-Language": lang() };
	if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
	if (body) headers["Content-Type"] = "application/json";
	let res;
	try {
		res = await fetch(path, { signal, method, headers, body: body && JSON.stringify(body) });
	} catch (e) {
		if (e.name === "AbortError") throw e;
		throw new Problem("offline", 0, "");
	}
	learnClock(res.headers.get("Date"));
	if (res.ok) return res;
	let p = {};
	try {
		p = await res.json();
	} catch (e) {
		/* not from us: the status says enough */
	}
	throw new Problem(p.code || "http_" + res.status, res.status, p.detail, p.field);
}

export function query(o) {
	const q = new URLSearchParams();
	for (const [key, value] of Object.entries(o))
		for (const v of Array.isArray(value) ? value : [value]) if (v !== "" && v !== null && v !== undefined) q.append(key, v);
	const text = q.toString();
	return text ? "?" + text : "";
}

function learnCsrf(answer) {
	if (answer && typeof answer.csrf === "string") csrf = answer.csrf;
	return answer;
}
export const get = async (path, o, signal) => learnCsrf(await (await ask("/api/v1" + path + query(o || {}), signal)).json());
export async function send(method, path, body) {
	const res = await ask("/api/v1" + path, undefined, { method, body });
	return res.status === 204 ? null : learnCsrf(await res.json());
}
export const text = async (path) => (await ask(path)).text();

// What seldom changes is asked for once; a failure is forgotten, so that it is tried again.
const kept = new Map();
export const forget = () => kept.clear();
export function keep(path, o) {
	const key = path + query(o || {});
	if (!kept.has(key)) {
		const p = get(path, o);
		kept.set(key, p);
		p.catch(() => kept.delete(key));
	}
	return kept.get(key);
}

export function problemWords(e) {
	if (!(e instanceof Problem)) return [t("err_page"), String(e && e.message)];
	const known = ["offline", "not_found", "no_route", "bad_field", "no_rule", "store_busy", "bad_login", "no_login", "need_factor", "forbidden", "too_many"];
	if (known.includes(e.code)) return [t("err_" + e.code), e.detail];
	return [e.status >= 500 ? t("err_server") : t("err_other"), e.detail || e.code];
}
