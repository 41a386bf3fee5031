// Mail, webhooks and calendars on the screen.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, ROOT, startBrowser } from "./city.mjs";
import { askAs, openWork, settledWork, startDemo } from "./work.mjs";

const shots = join(ROOT, "build/shots");
let city, browser;
before(async () => {
	city = await startDemo((run) => run("setting", "set", "mail.on", "true"));
	browser = await startBrowser();
	mkdirSync(shots, { recursive: true });
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

test("a system administrator makes a webhook, sees its secret once and what a test came to", async () => {
	const { page, complaints, close } = await openWork(browser, city.base, { login: "sysadmin", path: "/outgoing" });
	await page.getByRole("button", { name: "新建推送" }).click();
	const form = page.getByRole("dialog", { name: "新建推送" });
	await form.getByLabel("名称").fill("短信网关");
	await form.getByLabel("推送到").fill("https://127.0.0.1:1/huiyin");
	await form.getByLabel("哪些事").fill("card.decide"); // so that the test alone is posted
	await page.screenshot({ path: join(shots, "outgoing-make.png") });
	await form.getByRole("button", { name: "新建推送" }).click();
	const secret = page.getByRole("dialog", { name: "推送的密钥" });
	assert.match(await secret.locator("input").inputValue(), /^[0-9a-f]{64}$/);
	await secret.getByRole("button", { name: "我已保存好" }).click();
	await page.getByRole("button", { name: "试推" }).click();
	await page.getByText("private address").first().waitFor();
	await page.getByRole("button", { name: "每次尝试" }).first().click();
	await page.locator("ol li code").first().waitFor();
	await page.screenshot({ path: join(shots, "outgoing.png"), fullPage: true });
	assert.deepEqual(await axe(page), []);
	await page.getByRole("button", { name: "关闭" }).click();
	await page.getByRole("button", { name: "打开" }).waitFor();
	await page.getByRole("button", { name: "删除" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "删除" }).click();
	await page.getByText("还没有推送").waitFor();
	assert.deepEqual((await askAs(city.base, "sysadmin", "/hooks")).hooks, []);
	assert.deepEqual(complaints, []);
	await close();
});

test("an official sets an address for digests and takes a calendar to the phone", async () => {
	const { page, complaints, close } = await openWork(browser, city.base, { login: "handler", path: "/me", size: "phone" });
	await page.getByLabel("我的邮箱").fill("wang@city.example");
	await page.locator("section", { has: page.getByRole("heading", { name: "邮件提醒和日历" }) }).getByRole("button", { name: "保存" }).click();
	await page.getByText("已保存").waitFor();
	assert.equal((await askAs(city.base, "handler", "/mail/own")).address, "wang@city.example");
	await page.getByRole("button", { name: "生成订阅地址" }).click();
	const link = await page.getByLabel("订阅地址，只显示这一次").inputValue();
	// One that surely waits for the handler's unit, whatever the demo left there.
	const { roles } = await askAs(city.base, "handler", "/access");
	const filed = await askAs(city.base, "desk", "/matters", { kind: "complaint", data: { title: "日历里的一件", channel: "visit" } });
	const moved = await askAs(city.base, "desk", `/matters/${filed.code}/moves`, { move: "dispatch", data: { unit: roles.find((r) => r.unit).unit } }, { "if-match": filed.tag });
	assert.equal(moved.status, 200, JSON.stringify(moved));
	const calendar = await (await fetch(link)).text();
	assert.match(calendar, /^BEGIN:VCALENDAR\r\n/);
	assert.match(calendar, /BEGIN:VEVENT/);
	await page.screenshot({ path: join(shots, "own-mail-phone.png"), fullPage: true });
	await page.getByRole("button", { name: "停用" }).click();
	await page.getByRole("button", { name: "生成订阅地址" }).waitFor();
	assert.equal((await fetch(link)).status, 404);
	assert.deepEqual(complaints, []);
	await close();
});

test("a citizen asks for mail when there is news, and takes it back", async () => {
	const filed = await (await fetch(city.base + "/api/v1/public/matters", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ kind: "complaint", data: { title: "路灯不亮", body: "整条街都不亮" } }),
	})).json();
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN", reducedMotion: "reduce" });
	const page = await context.newPage();
	await page.goto(`${city.base}/follow#${filed.code}.${filed.secret}`);
	const news = page.locator("section", { has: page.getByRole("heading", { name: "有进展时发邮件" }) });
	await news.getByLabel("您的邮箱").fill("li@home.example");
	await page.screenshot({ path: join(shots, "news.png"), fullPage: true });
	await news.getByRole("button", { name: "登记" }).click();
	await news.getByText("发到 l***@home.example").waitFor();
	await news.getByRole("button", { name: "不用了" }).click();
	await news.getByLabel("您的邮箱").waitFor();
	await context.close();
});
