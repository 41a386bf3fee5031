// The monthly index in the workbench: a demo round of the efficacy year, looked at by a leader's office.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { programme } from "../../examples/programme.mjs";
import { axe, ROOT, startBrowser } from "./city.mjs";
import { manual } from "./manual.mjs";
import { openWork, settledWork } from "./work.mjs";

const HUIYIN = process.env.HUIYIN || join(ROOT, "build/huiyin");
const SCREENS = join(ROOT, "build/screens");
let dir, browser, server, base;

before(async () => {
	mkdirSync(SCREENS, { recursive: true });
	dir = mkdtempSync(join(tmpdir(), "huiyin-index-"));
	const place = ["--data", join(dir, "city")];
	await programme(HUIYIN, "packs/efficacy-year", place, 4000);
	server = spawn(HUIYIN, ["serve", ...place, "--port", "0", "--log", "error", "--json"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
	base = JSON.parse(await new Promise((done) => server.stdout.once("data", (d) => done(String(d))))).url.replace(/\/$/, "");
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	if (server) {
		const ended = new Promise((done) => server.once("exit", done));
		server.kill("SIGTERM");
		await ended;
	}
	rmSync(dir, { recursive: true, force: true });
});

test("the month's index, its components, and one unit beside the city", async () => {
	const w = await openWork(browser, base, { login: "efficacy_office", path: "/index" });
	await w.page.locator(".index-now b").waitFor();
	assert.match(await w.page.innerText("main"), /2026-04 = 100/);
	assert.match(await w.page.innerText(".index-now"), /±/);
	const city = await w.page.innerText(".index-now b");
	// The line of the base month is 100.00; the last is what stands above.
	await w.page.locator("select").last().selectOption("2026-04");
	await w.page.getByText("100.00").first().waitFor();
	assert.equal(await w.page.innerText(".index-now b"), "100.00");
	await w.page.locator("select").last().selectOption({ index: 0 });
	assert.equal(await w.page.innerText(".index-now b"), city);
	const first = w.page.locator("table").last().locator("tbody button").first();
	const name = await first.innerText();
	await first.click();
	assert.equal(await first.getAttribute("aria-pressed"), "true");
	assert.match(w.page.url(), /unit=/);
	await w.page.waitForTimeout(300);
	await w.page.screenshot({ path: join(SCREENS, "index-zh-CN-light-desktop.png"), fullPage: true });
	await manual(w.page, "index-month", 1000);
	assert.deepEqual(await axe(w.page), []);
	await w.page.reload(); // an address that can be passed on
	await settledWork(w.page);
	assert.equal(await w.page.locator("tr.here button").innerText(), name);
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("on a phone, in the dark, in English", async () => {
	const w = await openWork(browser, base, { login: "efficacy_office", path: "/index", size: "phone", lang: "en", theme: "dark" });
	await w.page.locator(".index-now b").waitFor();
	await w.page.screenshot({ path: join(SCREENS, "index-en-dark-phone.png") });
	assert.deepEqual(await axe(w.page), []);
	assert.deepEqual(w.complaints, []);
	await w.close();
});
