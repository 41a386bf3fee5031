// The workbench in a browser: a demo city served by the real program, people of the demo logged in.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyOf } from "../copies.mjs";
import { storeOf } from "../store.mjs";
import { ROOT, SIZES } from "./city.mjs";

const HUIYIN = process.env.HUIYIN || join(ROOT, "build/huiyin");
export const DEMO_PASSWORD = "huiyin-demo";
export const WORK_SIZES = { ...SIZES, tablet: { width: 820, height: 1180 } };
const LOCALES = { "zh-CN": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };

// PREPARE gets a function that runs huiyin on the city, before it is served; MORE goes to huiyin demo, SERVE to huiyin serve.
export async function startDemo(prepare = () => {}, more = [], serve = []) {
	const dir = mkdtempSync(join(tmpdir(), "huiyin-work-")), data = join(dir, "data");
	const run = (...args) => execFileSync(HUIYIN, args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	const place = ["--data", data, ...storeOf(dir)];
	copyOf(["demo", more], dir, HUIYIN, (made) => void run("demo", "--matters", "1500", "--data", join(made, "data"), ...place.slice(2), ...more));
	prepare((...args) => run(...args, ...place));
	let server;
	const start = async (port, ...clock) => {
		server = spawn(HUIYIN, ["serve", ...place, "--port", port, "--log", "error", "--json", ...serve, ...clock], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
		const line = await new Promise((done, fail) => {
			server.stdout.once("data", (d) => done(String(d)));
			server.once("exit", (code) => fail(new Error("huiyin serve ended with " + code)));
		});
		return JSON.parse(line).url.replace(/\/$/, "");
	};
	const end = async () => {
		const ended = new Promise((done) => server.once("exit", done));
		server.kill("SIGTERM");
		await ended;
	};
	const base = await start("0");
	return {
		base,
		// The same city at the same address, at another time; everybody logs in anew.
		async at(clock) {
			await end();
			for (const key of [...cookies.keys()]) if (key.startsWith(base)) cookies.delete(key);
			await start(new URL(base).port, "--clock", clock);
		},
		// The whole log, beside the server.
		check: () => run("verify", "--quiet", "--data", data),
		async stop() {
			await end();
			rmSync(dir, { recursive: true });
		},
	};
}

const cookies = new Map(); // one login for each person and city: passwords are tried aside, and slowly
function cookieOf(base, login) {
	const key = base + login;
	if (!cookies.has(key)) cookies.set(key, logIn(base, login));
	return cookies.get(key);
}
async function logIn(base, login) {
	const r = await fetch(base + "/api/v1/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login, password: DEMO_PASSWORD }) });
	const [name, value] = r.headers.get("set-cookie").split(";")[0].split("=");
	return { name, value, url: base };
}

// Asks the API as LOGIN; with a BODY it is a POST.
export async function askAs(base, login, path, body, more = {}) {
	const c = await cookieOf(base, login), headers = { cookie: `${c.name}=${c.value}`, ...more };
	if (body) {
		headers["content-type"] = "application/json";
		headers["x-csrf-token"] = (await (await fetch(base + "/api/v1/session", { headers })).json()).csrf;
	}
	const r = await fetch(base + "/api/v1" + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
	return { status: r.status, tag: r.headers.get("etag"), ...(await r.json()) };
}

// A page of LOGIN (nobody without), that remembers every complaint.
export async function openWork(browser, base, { login, size = "desktop", lang = "zh-CN", theme = "light", path = "/" } = {}) {
	const context = await browser.newContext({ viewport: WORK_SIZES[size], hasTouch: size === "phone", colorScheme: theme, locale: LOCALES[lang], timezoneId: "America/New_York", reducedMotion: "reduce" });
	context.setDefaultTimeout(90_000); // a busy machine is slow, not wrong
	if (login) await context.addCookies([await cookieOf(base, login)]);
	const page = await context.newPage(), complaints = [];
	page.on("console", (m) => ["error", "warning"].includes(m.type()) && complaints.push(`${m.type()}: ${m.text()} ${m.location().url}`));
	page.on("pageerror", (e) => complaints.push("exception: " + e.message));
	page.on("request", (r) => r.url().startsWith(base) || /^(data|blob|chrome|chrome-extension):/.test(r.url()) || complaints.push("leaves the server: " + r.url()));
	await page.addInitScript(() => addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + " " + e.blockedURI)));
	const show = async (to) => {
		await page.goto(base + "/work/#" + to);
		await settledWork(page);
	};
	await show(path);
	return { page, context, complaints, show, close: () => context.close() };
}

export async function settledWork(page) {
	await page.waitForSelector("main h1");
	await page.waitForFunction(() => !document.querySelector("main .waiting, main [aria-busy='true']"));
	await page.waitForLoadState("networkidle");
}
