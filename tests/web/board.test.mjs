// What supervision looks at: lateness by hour, the flow between units, the wall, notices, data quality; each opens.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, startBrowser } from "./city.mjs";
import { askAs, openWork, settledWork, startDemo } from "./work.mjs";

let city, browser;
before(async () => {
	city = await startDemo((run) => run("card", "raise"));
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});
const body = (page) => page.locator("main");
const rows = (page) => page.locator("main .grid tbody tr").count();
const number = async (place) => Number((await place.textContent()).replace(/[^\d]/g, ""));

// The list behind a mark, all pages of it.
async function listed(page) {
	await settledWork(page);
	for (let more = body(page).getByRole("button", { name: "再看一些" }); await more.count(); ) {
		const had = await rows(page);
		await more.click();
		await page.waitForFunction((n) => document.querySelectorAll("main .grid tbody tr").length > n, had);
	}
	return rows(page);
}

test("lateness by hour and the flow between units open as many matters as they say", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/board" });
	const { groups } = await askAs(city.base, "efficacy_office", "/supervision?by=hour");
	assert.ok(groups.length > 20 && groups.every((g) => /^[1-7]-[0-2]\d$/.test(g.key)));
	const hour = body(w.page).locator(".hours td button").first();
	const late = await number(hour);
	await hour.click();
	await w.page.getByRole("heading", { name: "超期答复数" }).waitFor();
	assert.equal(await listed(w.page), late);

	await w.show("/board");
	const link = body(w.page).locator(".flow td button").first();
	const [, from, to] = /^(.*) 转到 (.*)：\d+ 次$/.exec(await link.getAttribute("aria-label"));
	const times = await number(link);
	await link.click();
	await w.page.getByRole("heading", { name: `${from} → ${to}` }).waitFor();
	await listed(w.page);
	const each = await w.page.locator("main .grid tbody tr td:last-child").allTextContents();
	assert.equal(each.reduce((a, b) => a + Number(b), 0), times, "each time is one of a matter");
	await body(w.page).locator(".title-cell a").first().click();
	await w.page.locator(".matter-head").waitFor();
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("a wall shows what has come by itself, and says when it is cut off", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/" });
	await w.page.goto(city.base + "/work/#/board?wall=1"); // never idle: it listens
	await body(w.page).locator(".pulse.live").waitFor();
	const open = body(w.page).locator(".headline button").first().locator("b");
	await open.waitFor();
	const before = await number(open);
	await askAs(city.base, "desk", "/matters", { kind: "complaint", data: { title: "墙上的一件", body: "请处理", channel: "visit" } });
	await w.page.waitForFunction((n) => Number(document.querySelector(".headline b").textContent.replace(/[^\d]/g, "")) === n, before + 1, { timeout: 20_000 });
	assert.deepEqual(await axe(w.page), []);
	// Without a way to the server it says so, and comes back.
	await w.context.setOffline(true);
	await body(w.page).getByText("连接断了，正在重连").waitFor({ timeout: 90_000 });
	await w.context.setOffline(false);
	await body(w.page).locator(".pulse.live").waitFor({ timeout: 90_000 });
	await w.close();
});

test("notices: the list, one with its paper and its proof of service, and the matter behind it", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/notices?form=rectification" });
	await body(w.page).locator(".grid tbody tr").first().waitFor();
	const code = (await body(w.page).locator(".grid tbody .code").first().textContent()).trim();
	assert.match(code, /^ZG-/);
	await body(w.page).locator(".title-cell a").first().click();
	await w.page.getByRole("heading", { name: "整改通知书" }).waitFor();
	const paper = async () => {
		const at = await body(w.page).getByRole("link", { name: "下载" }).getAttribute("href");
		const r = await w.context.request.get(city.base + at);
		return [r.status(), r.headers()["content-type"], (await r.body()).subarray(0, 5).toString(), r.headers()["x-frame-options"]];
	};
	assert.deepEqual(await paper(), [200, "application/pdf", "%PDF-", "SAMEORIGIN"]);
	await body(w.page).getByRole("button", { name: "送达回证" }).click();
	assert.match(await body(w.page).getByRole("link", { name: "下载" }).getAttribute("href"), /form=receipt$/);
	assert.deepEqual(await paper(), [200, "application/pdf", "%PDF-", "SAMEORIGIN"]);
	assert.deepEqual(await axe(w.page), []);
	await body(w.page).getByRole("link", { name: code, exact: true }).click();
	await w.page.locator(".matter-head").waitFor();
	await w.show("/notices?form=supervision");
	await body(w.page).locator(".grid tbody tr, .empty").first().waitFor();
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("data quality of each unit: every number opens as many matters as it says", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/quality" });
	const total = body(w.page).locator("tfoot a").first();
	const n = await number(total.locator("b"));
	await total.click();
	await w.page.locator("main h1").waitFor();
	assert.equal(await listed(w.page), n);
	await w.page.goBack();
	const one = body(w.page).locator("tbody td a").first();
	const m = await number(one.locator("b"));
	await one.click();
	await w.page.locator("main h1").waitFor();
	assert.equal(await listed(w.page), m);
	await w.show("/quality");
	await w.page.locator("input[type=date]").first().fill("1990-01-01");
	await w.page.locator("input[type=date]").nth(1).fill("1990-01-02");
	await body(w.page).getByRole("button", { name: "查找" }).click();
	await body(w.page).getByText("这段时间没有登记的件").waitFor();
	assert.deepEqual(w.complaints, []);
	await w.close();
});
