// Whole stories through both faces, against the real server: ./test pg plays them on PostgreSQL too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, startBrowser } from "./city.mjs";
import { askAs, openWork, startDemo } from "./work.mjs";

let city, browser;
before(async () => {
	city = await startDemo((run) => {
		run("setting", "set", "pow.bits", "12");
		run("setting", "set", "limit.lookup_per_minute", "3");
	}, [], ["--behind-proxy", "127.0.0.1"]);
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const portal = (more) => openPage(browser, city.base, { nobody: true, path: "/", size: "phone", ...more });
const field = (place, name) => place.locator(".field", { hasText: name }).locator("input, textarea, select").first();
const matter = (code) => askAs(city.base, "desk", "/matters/" + code);

// LOGIN makes a move of CODE in the workbench: FILL is what each field gets, a unit by its name.
async function make(login, code, move, fill = {}) {
	const w = await openWork(browser, city.base, { login, path: "/matters/" + code });
	await w.page.locator(".moves button", { has: w.page.getByText(move, { exact: true }) }).click();
	const drawer = w.page.getByRole("dialog");
	for (const [name, value] of Object.entries(fill)) {
		const input = field(drawer, name);
		const kind = await input.evaluate((e) => (e.getAttribute("role") === "combobox" ? "unit" : e.tagName));
		if (kind === "SELECT") await input.selectOption({ label: value });
		else await input.fill(value);
		if (kind === "unit") await w.page.getByRole("option", { name: new RegExp(`(^|· )${value}$`) }).click();
	}
	await drawer.locator(".preview dl").waitFor(); // what it will do is shown before
	await drawer.getByRole("button", { name: move, exact: true }).click();
	await drawer.waitFor({ state: "detached" });
	assert.deepEqual(w.complaints, []);
	await w.close();
	return matter(code);
}

// A citizen files on a phone: WORDS, of the KIND.
async function file(words, kind, unit) {
	const { page, complaints, close } = await portal({ path: "/file" });
	await page.fill("#f-body", words);
	const on = () => page.click('.form button[type="submit"]');
	await on();
	await page.check(`input[name="kind"][value="${kind}"]`, { force: true });
	if (unit) await page.selectOption('select[aria-describedby="h-about"]', { label: unit });
	await on();
	await page.waitForSelector('input[name="who"]:checked');
	await on();
	await page.waitForSelector(".facts");
	await on();
	await page.waitForSelector('[data-test="code"]');
	const own = { code: await page.innerText('[data-test="code"]'), secret: await page.innerText('[data-test="secret"]') };
	assert.deepEqual(complaints, []);
	await close();
	return own;
}
async function follow({ code, secret }) {
	const w = await portal({ path: "/follow" });
	await w.page.fill("#k-code", code);
	await w.page.fill('input[inputmode="numeric"]', secret);
	await w.page.click('.form button[type="submit"]');
	await w.page.waitForSelector(".stand");
	return w;
}
const main = (m) => m.clocks.find((c) => c.main && !c.verdict) ?? m.clocks.find((c) => c.main);

test("filed on a phone, dispatched, handed off, answered, rated badly, reopened, settled", async () => {
	const own = await file("公园门口的路灯不亮，晚上看不见路。", "hotline"), { code } = own;
	let m = await make("desk", code, "派单", { 承办单位: "市城市管理局" });
	assert.equal(m.unit, "cgj");
	const due = main(m).due_at;
	m = await make("unit_head", code, "移交", { 承办单位: "市城市管理局西岸分局", 理由: "职责在他单位" });
	assert.equal(m.unit, "cgj-xi");
	assert.equal(main(m).due_at, due, "the citizen's clock goes on");
	await make("unit_head", code, "签收");
	await make("unit_head", code, "答复", { 正文: "已安排检查。" });
	const one = await follow(own);
	assert.match(await one.page.innerText(".reply"), /已安排检查/);
	await one.page.click('.deed:has-text("评一评")');
	await one.page.check('input[name="level"][value="1"]', { force: true });
	await one.page.click('.deed-form button[type="submit"]');
	await one.page.waitForSelector("text=谢谢您的评价");
	await one.page.click('.deed:has-text("申请重办")');
	await one.page.selectOption(".deed-form select", "not_solved");
	await one.page.click('.deed-form button[type="submit"]');
	await one.page.waitForSelector("text=已经转去重办");
	assert.deepEqual(one.complaints, []);
	await one.close();
	m = await matter(code);
	assert.deepEqual([m.state, m.rating], ["rework", 1]);
	await make("unit_head", code, "联系核实", { 正文: "已到现场，确实不亮。" });
	await make("unit_head", code, "答复", { 正文: "灯泡已换，今晚亮了。" });
	m = await make("efficacy_office", code, "办结", { 理由: "已解决" });
	assert.deepEqual([m.open, m.timeline.map((e) => e.move)], [false, ["file", "dispatch", "hand_off", "sign", "reply", "rate", "reopen", "contact", "reply", "close"]]);
	const two = await follow(own);
	const text = await two.page.innerText("main");
	assert.match(text, /灯泡已换/);
	assert.ok(!text.includes("已到现场"), "what is said inside stays inside");
	await two.close();
});

test("an expert review pauses the clock of a licence, and the bar shows it", async () => {
	const { code } = await askAs(city.base, "desk", "/matters", { kind: "licence", data: { title: "户外广告设施设置许可", unit: "cgj" } });
	await make("desk", code, "受理");
	const due = main(await matter(code)).due_at;
	let m = await make("handler", code, "特别程序暂停计时", { 理由: "专家评审", 文号: "告知书4号", 计划天数: "5", 批准人职务: "科室负责人" });
	assert.deepEqual([m.state, m.paused], ["paused", true]);
	assert.ok(!main(m).due_at || main(m).due_at >= due);
	const w = await openWork(browser, city.base, { login: "handler", path: "/matters/" + code });
	await w.page.locator("main").getByText("专家评审").first().waitFor();
	await w.close();
	m = await make("handler", code, "恢复计时");
	assert.deepEqual([m.state, m.paused, main(m).pauses.length], ["accepted", false, 1]);
});

test("who complains of a unit is not seen by that unit's people", async () => {
	const title = "窗口收了材料不给回执", own = await file(`${title}，问了三次都不理。`, "complaint", "市城市管理局"), { code } = own;
	assert.equal((await matter(code)).about_unit, "cgj");
	// The demo's handler belongs to that unit and those below it; the desk to none.
	const words = "/matters?words=" + encodeURIComponent(title);
	const desk = await openWork(browser, city.base, { login: "desk", path: words });
	await desk.page.locator("main tbody").getByText(code).waitFor();
	await desk.close();
	const w = await openWork(browser, city.base, { login: "handler", path: words });
	assert.ok(!(await w.page.innerText("main")).includes(code), "it is not found");
	await w.show("/matters/" + code).catch(() => {}); // there is no heading of a matter
	await w.page.locator("main [role=alert]").first().waitFor();
	assert.ok(!(await w.page.innerText("main")).includes(title), "nor opened");
	await w.close();
	const { page, close } = await follow(own);
	assert.match(await page.innerText("h1"), /窗口收了材料/);
	await close();
});

// Behind a proxy, since this machine itself is never asked for a proof.
test("a door that is knocked at too often asks for a proof of work, which the browser makes by itself", async () => {
	const from = { "x-forwarded-for": "198.51.100.7" };
	const knock = async (n) => (await fetch(city.base + "/api/v1/lookup", { method: "POST", headers: { "content-type": "application/json", ...from }, body: JSON.stringify({ code: `TS-2026-9${String(n).padStart(5, "0")}`, secret: "0000000000000000" }) })).json();
	let said = {};
	for (let i = 0; i < 200 && said.code !== "need_proof"; i++) said = await knock(i);
	assert.equal(said.code, "need_proof");
	const { page, complaints, close } = await portal({ path: "/follow" }), sent = [];
	await page.setExtraHTTPHeaders(from);
	page.on("request", (r) => r.url().endsWith("/api/v1/lookup") && sent.push(r.headers()["x-proof-of-work"]));
	await page.fill("#k-code", "TS-2026-999999");
	await page.fill('input[inputmode="numeric"]', "0000000000000000");
	let over = false; // somebody goes on knocking meanwhile
	const hammer = (async () => {
		for (let i = 1000; !over; i++) await knock(i);
	})();
	await page.click('.form button[type="submit"]');
	await page.waitForSelector("text=编号和查询码对不上"); // the answer, not the obstacle
	over = true;
	await hammer;
	assert.equal(sent[0], undefined);
	assert.match(sent.at(-1), /^1\.12\.[0-9]+\.[0-9a-f]{32}\.[0-9a-f]{32}\.\d+$/);
	assert.deepEqual(complaints.filter((c) => !/429|404/.test(c)), []);
	await close();
});
