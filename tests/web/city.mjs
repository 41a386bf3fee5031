// A demo city in a folder of its own, served by the real program, and a browser to look at it.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { copyOf } from "../copies.mjs";
import { bearer, logins, recovery } from "../logins.mjs";
import { storeOf } from "../store.mjs";

export const ROOT = resolve(import.meta.dirname || new URL(".", import.meta.url).pathname, "../..");
const HUIYIN = process.env.HUIYIN || join(ROOT, "build/huiyin");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PASSWORD = "lan se de hu die zai shan shang"; // the officer's
const sessions = new Map(); // cookies, by the address of their city

// Logs the officer in, CODE being his second factor; LINK lets him choose his password.
async function officer(base, link, code) {
	let cookie, csrf;
	const send = async (path, body) => {
		const headers = { "content-type": "application/json", ...(cookie && { cookie, "x-csrf-token": csrf }) };
		const answer = await fetch(base + "/api/v1" + path, { method: "POST", headers, body: JSON.stringify(body) });
		cookie = answer.headers.get("set-cookie")?.split(";")[0];
		if (cookie) ({ csrf } = await answer.json());
	};
	await send("/welcome", { link, password: PASSWORD });
	await send("/session", { login: "officer", password: PASSWORD });
	await send("/session/code", { code });
	const [name, value] = cookie.split("=");
	return { name, value };
}

// What is due by itself since the demo's last day is done in the first seconds: until the log stands still.
async function quiet(base) {
	const size = async () => (await (await fetch(base + "/log/checkpoint")).text()).split("\n")[1];
	for (let was, now = await size(), i = 0; was !== now && i < 20; i++) {
		was = now;
		await new Promise((done) => setTimeout(done, 2200));
		now = await size();
	}
}

export async function startCity(...make) {
	const dir = mkdtempSync(join(tmpdir(), "huiyin-web-")), store = storeOf(dir);
	const { tokens, link } = copyOf(make, dir, HUIYIN, (made) => {
		const place = ["--data", join(made, "data"), ...store];
		const run = (args) => execFileSync(HUIYIN, args, { cwd: ROOT, encoding: "utf8" });
		run([...make, ...place]);
		return { tokens: logins(run, place), link: JSON.parse(run(["account", "invite", "officer", ...place, "--json"])).link };
	});
	const place = ["--data", join(dir, "data"), ...store];
	const server = spawn(HUIYIN, ["serve", ...place, "--port", "0", "--log", "error", "--json"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
	const line = await new Promise((done, fail) => {
		server.stdout.once("data", (d) => done(String(d)));
		server.once("exit", (code) => fail(new Error("huiyin serve ended with " + code)));
	});
	const base = JSON.parse(line).url.replace(/\/$/, "");
	await quiet(base);
	sessions.set(base, await officer(base, link.split("#")[1], recovery.get(tokens.officer)[0]));
	return {
		base,
		tokens,
		get: async (path) => (await fetch(base + "/api/v1" + path, { headers: bearer(tokens.officer) })).json(),
		async stop() {
			const ended = new Promise((done) => server.once("exit", done));
			server.kill("SIGTERM");
			await ended;
			rmSync(dir, { recursive: true });
		},
	};
}

export const startBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

// A page that remembers every complaint: console errors, exceptions, breaches of the policy,
// requests that leave the server.
export async function openPage(browser, base, { size = "desktop", lang = "zh-CN", theme = "light", path = "/first/", nobody = false } = {}) {
	const context = await browser.newContext({ viewport: SIZES[size], hasTouch: size === "phone", colorScheme: theme, locale: { "zh-CN": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" }[lang], timezoneId: "America/New_York" });
	context.setDefaultTimeout(90_000); // a busy machine is slow, not wrong
	if (!nobody) await context.addCookies([{ ...sessions.get(base), url: base }]);
	const page = await context.newPage(), complaints = [], answered = [];
	page.on("console", (m) => ["error", "warning"].includes(m.type()) && complaints.push(`${m.type()}: ${m.text()} ${m.location().url}`));
	page.on("pageerror", (e) => complaints.push("exception: " + e.message));
	page.on("request", (r) => r.url().startsWith(base) || r.url().startsWith("data:") || complaints.push("leaves the server: " + r.url()));
	page.on("response", (r) => answered.push(r));
	await page.addInitScript(() => addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + " " + e.blockedURI)));
	const show = async (to) => {
		await page.goto(base + to);
		await settled(page);
	};
	await show(path);
	return { page, complaints, answered, show, close: () => context.close() };
}

export async function settled(page) {
	await page.waitForSelector("main:not([aria-busy]) h1");
	await page.waitForSelector("footer a");
}

// So many pages are looked at at once: one waits while another is drawn.
const AT_ONCE = Math.max(2, cpus().length);
// ACT(job) for each of JOBS, some at once; what they give, in the order of the jobs.
export async function together(jobs, act) {
	const given = [];
	let next = 0;
	const worker = async () => {
		while (next < jobs.length) {
			const i = next++;
			given[i] = await act(jobs[i]);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return given;
}

// A picture of the page, or with WHOLE of all that can be scrolled to.  It is taken of what stands there: the window is
// not made larger for it, so nothing is laid out or drawn anew.
export async function picture(page, path, whole = true) {
	const cdp = await page.context().newCDPSession(page);
	const { data } = await cdp.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true, captureBeyondViewport: whole, ...(whole && { clip: await page.evaluate(() => ({ x: 0, y: 0, width: innerWidth, height: document.documentElement.scrollHeight, scale: 1 })) }) });
	await cdp.detach();
	writeFileSync(path, Buffer.from(data, "base64"));
}

// What breaks a rule.  COLOURS "only": contrast alone, which takes most of the time; "not": all but that.
export async function axe(page, colours) {
	await page.evaluate(AXE); // by the debugger, which the page's policy does not bind
	const result = await page.evaluate((c) => globalThis.axe.run({ resultTypes: ["violations"], ...(c === "only" && { runOnly: { type: "rule", values: ["color-contrast"] } }), ...(c === "not" && { rules: { "color-contrast": { enabled: false } } }) }), colours);
	return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
}
