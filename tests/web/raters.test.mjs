// Raters: the office asks and gives out codes; somebody rates on a phone in a minute, once, also over a bad line.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, openPage, ROOT, startBrowser } from "./city.mjs";
import { manual } from "./manual.mjs";
import { askAs, openWork, settledWork, startDemo } from "./work.mjs";

const SCREENS = join(ROOT, "build/screens");
const PACKS = ["packs/base", "packs/demo-city", "tests/packs/raters"].flatMap((p) => ["--pack", p]);
let city, browser, month, code;

before(async () => {
	mkdirSync(SCREENS, { recursive: true });
	city = await startDemo(() => {}, PACKS);
	browser = await startBrowser();
	const { now } = await (await fetch(city.base + "/api/v1/institution")).json();
	month = now.slice(0, 7);
	const opened = await askAs(city.base, "efficacy_office", "/rounds", { scheme: "review", from: month + "-01" });
	assert.equal(opened.status, 201, JSON.stringify(opened));
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const shot = (page, name) => page.screenshot({ path: join(SCREENS, `raters-${name}.png`), fullPage: true });
const portal = (more) => openPage(browser, city.base, { nobody: true, size: "phone", ...more });

test("the office asks raters and gives out codes, which are shown once", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/raters" });
	await w.page.locator("form.card").getByText("去掉最高、最低各 1 张").waitFor();
	assert.deepEqual(await axe(w.page), []);
	for (const name of ["市城市管理局", "市公安局"]) {
		await w.page.getByRole("combobox", { name: "评哪些单位" }).fill(name);
		await w.page.getByRole("option", { name, exact: true }).click();
	}
	await w.page.keyboard.press("Escape");
	await w.page.getByRole("button", { name: "开始评议" }).click();
	await w.page.getByText(`review-${month}-s1`).waitFor();
	await w.page.getByRole("button", { name: "发评议码" }).click();
	await w.page.getByLabel("发几个").fill("4");
	await w.page.locator("form.filters").getByRole("button", { name: "发评议码" }).click();
	await w.page.locator(".slip-sheet li").first().waitFor();
	assert.equal(await w.page.locator(".slip-sheet li").count(), 4);
	code = await w.page.locator(".slip-sheet strong").first().innerText();
	assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
	await shot(w.page, "slips");
	assert.deepEqual(await axe(w.page), []);
	await w.page.emulateMedia({ media: "print" });
	await shot(w.page, "slips-print");
	await w.page.emulateMedia({ media: "screen" });
	await w.page.getByRole("button", { name: "已经收好" }).click();
	await w.page.getByText("正在评议").waitFor();
	await shot(w.page, "office");
	await manual(w.page, "raters-office");
	await w.page.reload();
	await settledWork(w.page);
	assert.ok(!(await w.page.content()).includes(code));
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("a rater's phone: a link, a minute, done; a broken line costs nothing; a second time is refused", async () => {
	const { page, complaints, close } = await portal({ path: "/rate#" + code.toLowerCase() });
	await page.waitForSelector(".rate-unit");
	assert.equal(new URL(page.url()).hash, ""); // the code stands in no history
	assert.equal(await page.locator(".rate-unit").count(), 2);
	await shot(page, "phone");
	assert.deepEqual(await axe(page), []);
	const began = Date.now();
	for (const unit of await page.locator(".rate-unit").all())
		for (const item of await unit.locator(".rate-item").all()) await item.getByText("好", { exact: true }).click();
	await page.locator(".rate-item").nth(1).getByText("不了解").click();
	assert.match(await page.innerText(".rate-send"), /已评完 2 个，共 2 个/);
	await page.route("**/api/v1/ratings", (r) => r.abort());
	await page.click('.ballot button[type="submit"]');
	await page.waitForSelector(".ballot .wrong");
	await page.unroute("**/api/v1/ratings");
	await page.reload(); // what was chosen is still there
	await page.waitForSelector(".rate-levels .on");
	assert.equal(await page.locator(".rate-levels .on").count(), 4);
	// It arrives, but its answer does not.
	await page.route("**/api/v1/ratings", async (r) => {
		await r.fetch();
		await r.abort();
	});
	await page.click('.ballot button[type="submit"]');
	await page.waitForSelector(".ballot .wrong");
	await page.unroute("**/api/v1/ratings");
	await page.click('.ballot button[type="submit"]');
	await page.waitForSelector('[data-test="taken"]');
	assert.ok(Date.now() - began < 60_000);
	await shot(page, "taken");
	assert.deepEqual(await axe(page), []);
	assert.equal(await page.evaluate(() => sessionStorage.getItem("huiyin.ballot")), null);
	await page.goto(city.base + "/rate");
	await page.waitForSelector("#r-code");
	await page.fill("#r-code", code);
	await page.click('.form button[type="submit"]');
	await page.getByText("这个评议码已经用过").waitFor();
	assert.deepEqual(complaints.filter((c) => !/ERR_FAILED/.test(c)), []);
	await close();
	const { surveys } = await askAs(city.base, "efficacy_office", `/rounds/review-${month}/surveys`);
	assert.deepEqual([surveys[0].returned, surveys[0].issued], [1, 4]);
});

test("a code that nobody gave out; and the form in every dress", async () => {
	for (const [lang, theme, size] of [["zh-Hant", "dark", "phone"], ["en", "light", "desktop"]]) {
		const { page, complaints, close } = await portal({ path: "/rate", lang, theme, size });
		await page.fill("#r-code", "2222 2222 2222 2222");
		await page.click('.form button[type="submit"]');
		await page.waitForSelector(".form .wrong");
		await shot(page, `code-${lang}-${theme}-${size}`);
		assert.deepEqual(await axe(page), []);
		assert.deepEqual(complaints.filter((c) => !/404/.test(c)), []);
		await close();
	}
	const { survey } = await askAs(city.base, "efficacy_office", `/rounds/review-${month}/surveys`, { panel: "panel", raters: "peers", from: month + "-01", until: month + "-28" });
	if (!survey?.now) return; // the month's last days
	const { codes } = await askAs(city.base, "efficacy_office", `/surveys/${survey.code}/codes`, { count: 1 });
	const { page, close } = await portal({ path: "/rate#" + codes[0], lang: "en", theme: "dark", size: "desktop" });
	await page.waitForSelector(".rate-unit");
	await shot(page, "form-en-dark-desktop");
	assert.deepEqual(await axe(page), []);
	await close();
});
